package import HFMintCore

/// A GitHub job and the Hub, both scripted.
package struct ExchangeWorld {
    package static let mint = "GET \(GitHubJob.requestURL)&audience=https%3A%2F%2Fhuggingface.co"
    package static let exchange = "POST https://huggingface.co/oauth/token"
    package static let probe = "HEAD https://huggingface.co/"

    package let machine: FakeMachine

    package init(machine: FakeMachine) {
        self.machine = machine
    }

    package init(_ script: [ScriptedTransport.Exchange], environment: Environment = GitHubJob.permitted) {
        self.init(machine: FakeMachine(environment, script: script))
    }

    /// Returns the provider's answer: an ID token with these claims.
    package static func minted(
        _ claims: [String: ClaimValue] = ["aud": "https://huggingface.co"]
    ) -> ScriptedTransport.Exchange {
        .answer(mint, 200, #"{"value":"\#(unsignedJWT(claims))"}"#)
    }

    package func exchanger(
        _ options: IDTokenSource.Options = .init(), allowsUntrustedEvent: Bool = false,
        timeLimit: Duration = .seconds(90), cache: TokenCache? = nil, job: Provider.Job? = nil
    ) throws -> Exchanger {
        Exchanger(
            authority: try Authority(endpointOption: nil, audienceOption: nil, environment: [:]),
            source: try IDTokenSource(
                options, of: try Provider.chosen(options.provider, else: Provider.detected(in: machine.context.job)),
                audience: "https://huggingface.co", in: machine.context),
            job: job, allowsUntrustedEvent: allowsUntrustedEvent, timeLimit: timeLimit, cache: cache,
            audit: machine.audit, context: machine.context)
    }

    package func token(_ exchanger: Exchanger, for resource: String = "acme/model") throws -> HubToken {
        try exchanger.token(for: try Resource(parsing: resource, endpoint: .huggingFace))
    }

    /// Returns the error of an exchange that must fail.
    package func error(_ exchanger: Exchanger) throws -> MintError {
        do {
            _ = try token(exchanger)
        } catch let error as MintError {
            return error
        }
        unscripted("a token, where the exchange must fail")
        throw CancellationError()
    }
}

/// Returns the Hub's answer to a request that it grants.
package func granted(_ token: String = "hf_jwt_abc.def.ghi", expiresIn: Int = 3_600) -> String {
    """
    {"access_token":"\(token)","token_type":"bearer","expires_in":\(expiresIn),\
    "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}
    """
}
