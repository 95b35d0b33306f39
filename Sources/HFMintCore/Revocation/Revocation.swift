/// A token leaked: reports it to the Hub, then sees whether it died.
///
/// The Hub answers 202 whether or not it knew the token, so a 202 is never called a revocation.
/// <https://huggingface.co/docs/hub/security-tokens>
package struct Revocation: Sendable {
    /// What was seen, never what was hoped for.
    package enum Outcome: String, Sendable {
        /// The same route answered 2xx before, and 401 twice after.
        case dead
        /// The Hub took the report, and no more is known.
        case accepted
        /// The Hub's route cannot take a token of this length.
        case cannotBeRevoked = "cannot-be-revoked"
    }

    /// The longest token that the route takes, by the Hub's OpenAPI description.
    package static let longestToken = 200

    private let endpoint: Origin
    private let route: String
    private let deadline: Duration
    private let context: Context

    /// - Parameter resource: the repository that the token is for, where it is known: its own route is then asked
    ///   whether the token works, because the general one does not take a repository's token.
    package init(endpoint: Origin, resource: Resource?, deadlineSeconds: Int, context: Context) {
        self.endpoint = endpoint
        if let resource, let kind = resource.kind.apiName {
            route = "/api/\(kind)/\(resource.namespace)/\(resource.name)/auth-check"
        } else {
            route = "/api/whoami-v2"
        }
        deadline = context.clock.uptime() + .seconds(deadlineSeconds)
        self.context = context
    }

    package func report(_ token: borrowing Secret) throws(MintError) -> Outcome {
        guard token.byteCount <= Self.longestToken else { return .cannotBeRevoked }
        let worked = status(of: token).map { (200...299).contains($0) } ?? false
        try submit(token)
        return worked && died(token) ? .dead : .accepted
    }

    private func submit(_ token: borrowing Secret) throws(MintError) {
        try Attempts(until: deadline).repeating(in: context) { attempts throws(MintError) in
            try submitOnce(token, attempts.limits(context.clock))
        }
    }

    private func submitOnce(_ token: borrowing Secret, _ limits: HTTPLimits) throws(MintError) {
        let request = HTTPRequest(.post, HTTPURL(endpoint, "/api/credentials/revoke"))
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                request, body: .json(token.enclosed(by: "{\"credentials\":[\"", and: "\"]}")), limits: limits)
        } catch {
            throw .transport(error, to: endpoint.host, doing: .serviceUnavailable)
        }
        guard response.status != 202 else { return }
        throw MintError(
            response.isTransient ? .serviceUnavailable : .exchangeRejected,
            "\(endpoint.host) did not take the report (\(response.status))",
            hint: "invalidate the token at \(endpoint)/settings/tokens", isTransient: response.isTransient,
            retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
    }

    /// Two refusals in a row, within a few seconds.
    private func died(_ token: borrowing Secret) -> Bool {
        var refusals = 0
        for _ in 0..<5 {
            refusals = status(of: token) == 401 ? refusals + 1 : 0
            if refusals == 2 { return true }
            let wait = Duration.milliseconds(refusals == 0 ? 1_000 : 200)
            guard context.clock.uptime() + wait < deadline else { return false }
            context.clock.sleep(for: wait)
        }
        return false
    }

    private func status(of token: borrowing Secret) -> Int? {
        let proof = HTTPCredential.header(name: "Authorization", prefix: "Bearer ", token.duplicate())
        let limits = Attempts(until: deadline).limits(context.clock)
        return try? context.send(HTTPRequest(.get, HTTPURL(endpoint, route)), credential: proof, limits: limits).status
    }
}

extension Resource.Kind {
    /// The Hub's word for it in the paths of its API; `nil` where no auth-check is known.
    fileprivate var apiName: String? {
        switch self {
        case .model: "models"
        case .dataset: "datasets"
        case .space: "spaces"
        case .kernel, .bucket, .user: nil
        }
    }
}
