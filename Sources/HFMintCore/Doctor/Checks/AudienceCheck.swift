extension Check {
    static let audience = Check.ofClaims(
        id: "audience", title: "whether the ID token is meant for the Hub"
    ) { claims, examination in
        guard let authority = try? examination.authority.get() else { return [.skip("the endpoint is not usable")] }
        let found = claims.audiences.map { String(decoding: $0, as: UTF8.self) }
        let facts = [
            Finding.Fact("expected", authority.audience), Finding.Fact("got", found.joined(separator: " ")),
        ]
        let list = found.map { "'\($0)'" }.joined(separator: ", ")
        guard claims.audiences.contains(where: { $0.equals(authority.audience) }) else {
            let got = found.isEmpty ? "it names none" : "got \(list)"
            return [
                .fail(
                    "the ID token is for another audience: expected '\(authority.audience)', \(got)",
                    next: advice(found, authority.audience), facts: facts)
            ]
        }
        guard found.count == 1 else {
            return [
                .warn(
                    "the ID token is for several audiences: \(list); whoever gets it for one can use it for the others",
                    next: "ask for one whose `aud` is \(authority.audience) alone", facts: facts)
            ]
        }
        return [.ok(found[0], facts: facts)]
    }

    private static func advice(_ found: [String], _ wanted: String) -> String {
        let known = fixedAudiences.first { fixed in found.contains { fixed.fits(Array($0.utf8)) } }
        return known?.advice ?? "ask for an ID token whose `aud` is \(wanted)"
    }
}

/// An audience that a provider gives when nobody asks for another one, or always.
private struct FixedAudience: Sendable {
    let fits: @Sendable ([UInt8]) -> Bool
    let advice: String

    init(prefix: String, _ advice: String) {
        fits = { $0.starts(with: prefix.utf8) }
        self.advice = advice
    }

    init(_ fits: @escaping @Sendable ([UInt8]) -> Bool, _ advice: String) {
        self.fits = fits
        self.advice = advice
    }
}

/// Seen in the providers' documentation; each can be another provider's only by a strange choice.
private let fixedAudiences: [FixedAudience] = [
    FixedAudience(
        prefix: "api://AzureADTokenExchange",
        "Azure DevOps gives every token this audience, which the Hub does not take; run the job elsewhere,"
            + " or keep a token of the Hub as a secret variable"),
    FixedAudience(
        prefix: "ari:cloud:bitbucket::",
        "Bitbucket's default; in the step write `oidc: { audiences: [https://huggingface.co] }` instead of `oidc: true`"
    ),
    FixedAudience(
        prefix: "https://buildkite.com/",
        "Buildkite's default; ask with `buildkite-agent oidc request-token --audience https://huggingface.co`"),
    FixedAudience(
        prefix: "https://vercel.com/",
        "Vercel fixes the audience of VERCEL_OIDC_TOKEN, and the Hub does not take it; run the job in a CI system"),
    FixedAudience(
        prefix: "https://github.com/",
        "GitHub's default; leave the request to hfmint, or add `&audience=https://huggingface.co` to it"),
    FixedAudience(
        prefix: "https://kubernetes.default.svc",
        "the API server's own token; mount a projected one: `serviceAccountToken: { audience: https://huggingface.co }`"
    ),
    // https://circleci.com/docs/openid-connect-tokens/: the organization's UUID
    FixedAudience(
        isUUID,
        "CircleCI fixes the audience of CIRCLE_OIDC_TOKEN; ask with"
            + " `circleci run oidc get --claims '{\"aud\":\"https://huggingface.co\"}'`"),
]

@Sendable private func isUUID(_ text: [UInt8]) -> Bool {
    text.count == 36
        && text.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == ASCII.minus : byte.hexDigitValue != nil
        }
}
