extension Check {
    static let exchange = Check.single(id: "exchange", title: "what the Hub answers to an exchange") { examination in
        switch examination.exchange {
        case .notTried(let reason): .skip(reason)
        case .failed(let error): refused(error, examination)
        case .granted(let token): granted(token, examination)
        }
    }

    private static func granted(_ token: Examination.TriedToken, _ examination: Examination) -> Finding {
        let resource = examination.resource?.canonical ?? ""
        let lifetime = inWords(seconds: token.expiresAt - examination.now)
        return .ok(
            "the Hub gave a token for \(resource) (\(token.kind.rawValue)…), good for \(lifetime); it was thrown away",
            facts: [Finding.Fact("expires_at", token.expiresAt.rfc3339), Finding.Fact("sha256", token.sha256)])
    }

    /// Reports a refusal without the suggested publisher, which stands at the end of the report.
    private static func refused(_ error: MintError, _ examination: Examination) -> Finding {
        var error = error
        error.publisher = []
        guard examination.isRefused, let resource = examination.resource, let endpoint = examination.endpoint else {
            return .fail(error, next: "this is safe to try again")
        }
        let failed = suspects(.fail, examination)
        guard failed.isEmpty else {
            return .fail(error.message, next: "fix \(failed.joined(separator: " and ")) first", details: error.facts)
        }
        let warned = suspects(.warn, examination)
        let start = warned.isEmpty ? "" : "look at \(warned.joined(separator: " and ")) first; then "
        return .fail(
            error.message,
            next: start
                + "compare the publishers at \(resource.settingsURL(on: endpoint)) with what --suggest prints; the"
                + " Hub says the same where '\(resource.canonical)' does not exist",
            details: error.facts)
    }

    /// Returns the checks with this status whose finding can explain a refusal.
    private static func suspects(_ status: Finding.Status, _ examination: Examination) -> [String] {
        [Check.expect, .ref, .reusableWorkflow, .clock, .expiry].filter { check in
            check.run(examination).contains { $0.status == status }
        }.map { "`\($0.id)`" }
    }
}
