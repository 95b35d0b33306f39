extension Check {
    static let ambientToken = Check(
        id: "ambient-token", title: "whether a token that lies in the environment would win over hfmint's"
    ) { examination in
        let environment = examination.context.environment
        let keys = [Environment.Key.hfToken, .legacyHubToken]
        let findings = keys.compactMap { finding($0, environment, examination.now) }
        return findings.isEmpty ? [.ok("none: neither HF_TOKEN nor HUGGING_FACE_HUB_TOKEN is set")] : findings
    }

    private static func finding(_ key: Environment.Key, _ environment: Environment, _ now: Timestamp) -> Finding? {
        guard let token = AmbientToken(key, environment) else { return nil }
        let remove = "unset \(key.name) where it is set: `env:`, `secrets.`, or the CI system's variables"
        if let expiry = token.expiry, expiry.utf8.lexicographicallyPrecedes(now.rfc3339.utf8) {
            return .fail(
                "\(key.name) holds a token that expired at \(expiry), and wins over HF_TOKEN_PATH",
                next: "exchange again in this step, or unset \(key.name)")
        }
        return switch token.kind {
        case .repository?, .user?, .ticket?:
            .ok("\(key.name) holds a short-lived token (\(token.kind?.rawValue ?? "")…)")
        case .unknown?:
            .warn(
                "\(key.name) holds a long-lived token, which wins over the one that hfmint delivers",
                next: "\(remove); then invalidate it at https://huggingface.co/settings/tokens")
        case nil:
            .warn(
                "\(key.name) holds something that is no token of the Hub's, and wins over the one that hfmint delivers",
                next: remove)
        }
    }
}

/// The kind and the expiry of a token in a variable, without its bytes.
private struct AmbientToken {
    /// The kind, or nil if the variable holds anything but a token of the Hub.
    let kind: HubToken.Kind?
    /// The time in RFC 3339 and UTC, or nil if it is not known.
    let expiry: String?

    init?(_ key: Environment.Key, _ environment: Environment) {
        switch environment.secret(key) {
        case .none: return nil
        case .some(let secret):
            let claimed = HubToken.claimedExpiry(of: secret)?.rfc3339
            let isToken = secret.reveal { HubToken.isWellFormed($0) }
            kind = isToken ? HubToken(secret: secret, expiresAt: Timestamp(secondsSince1970: 0), sha256: "").kind : nil
            expiry = claimed ?? Self.noted(environment)
        }
    }

    /// Returns the expiry that `hfmint exchange` wrote beside the token, or nil.
    private static func noted(_ environment: Environment) -> String? {
        guard let text = environment[Environment.Key(VariableName.hfToken.expiresAt)], text.utf8.count == 20,
            text.utf8.allSatisfy({ $0.isASCIIDigit || "-:TZ".utf8.contains($0) })
        else { return nil }
        return text
    }
}
