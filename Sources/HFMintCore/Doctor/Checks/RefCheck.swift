extension Check {
    static let ref = Check.ofClaims(id: "ref", title: "whether the job runs on a branch") { claims, examination in
        guard let ref = claims["ref"] else { return .skip("the ID token has no `ref`") }
        if let branch = claims.branch { return .ok("on the branch '\(branch)'") }
        guard examination.expectation("branch") == nil else { return .ok("on '\(ref)'; see `expect`") }
        return .warn(
            "on \(refNoun(ref, claims)), so a publisher that pins `branch` cannot match",
            next: "run the job on the branch, or add a publisher that pins ref=\(ref)")
    }

    /// Returns "the tag 'v1'" for `refs/tags/v1`.
    static func refNoun(_ ref: String, _ claims: Claims) -> String {
        let kinds = [("refs/tags/", "tag"), claims.meaning.proposals].compactMap(\.self)
        let names = kinds.compactMap { start, noun in ref.after(start).map { "the \(noun) '\($0)'" } }
        return names.first ?? "'\(ref)'"
    }
}
