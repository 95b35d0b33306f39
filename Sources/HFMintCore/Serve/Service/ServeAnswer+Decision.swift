extension ServeAnswer {
    /// Makes the answer to a request that may pass; nil if the token has bytes that no header holds.
    ///
    /// - Parameters:
    ///   - token: what goes upstream, or nil for what anybody may read.
    ///   - actor: the caller's subject.
    init?(_ allowed: RequestDecision.Allowed, _ token: SharedSecret?, actor: String?) {
        var headers: [Header] = []
        headers.reserveCapacity(3)
        if let token {
            guard let value = Value(bearer: token) else { return nil }
            headers.append(Header(.upstreamAuthorization, value))
        }
        if let role = allowed.admission?.role.name { headers.append(Header(.role, Value(lossy: role))) }
        if let actor { headers.append(Header(.actor, Value(lossy: actor))) }
        self.init(.ok, headers)
    }

    /// Makes the answer to a request that may not pass.
    ///
    /// A client that has no good credential is asked for one. git asks its helpers only if it is offered Basic.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc6750#section-3>, <https://git-scm.com/docs/gitcredentials>
    init(_ refused: RequestDecision.Refused, to request: ServeRequest) {
        let isUnauthorized = refused.code.status == 401
        var headers = [
            Header(.errorCode, Value(lossy: refused.code.rawValue)),
            Header(.errorMessage, Value(lossy: refused.message)),
            Header(.requestID, Value(lossy: request.id)),
        ]
        if isUnauthorized {
            headers.append(
                Header(
                    .challenge, Value(lossy: request.isOfGit ? "Basic realm=\"hfmint\", charset=\"UTF-8\"" : "Bearer")))
        }
        self.init(isUnauthorized ? .unauthorized : .forbidden, headers)
    }

    /// Makes a plain answer, which nobody may keep.
    static func text(
        _ text: String, _ status: Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> ServeAnswer {
        ServeAnswer(
            status, [Header(.contentType, Value(lossy: type)), Header(.cacheControl, Value(lossy: "no-store"))],
            body: [.text(text.withoutTokens)])
    }
}

extension RequestDecision.Refused {
    /// The words that `huggingface_hub` shows; of a 401 it takes this one sentence for a wrong credential, and any
    /// other for a repository that is not there.
    ///
    /// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_http.py>
    fileprivate var message: String {
        switch code {
        case .credentialUnknown, .credentialExpired: "Invalid credentials in Authorization header"
        case .unavailable: "hfmint: the request \(clause); try again"
        default: "hfmint: the request \(clause)"
        }
    }
}

extension ServeRequest {
    /// Whether git or git-lfs sent it, by the paths that only they ask for.
    fileprivate var isOfGit: Bool {
        let path = uri.prefix { $0 != UInt8(ascii: "?") }
        return ["/info/refs", "/git-upload-pack", "/git-receive-pack"].contains {
            path.suffix($0.utf8.count).elementsEqual($0.utf8)
        }
            || Array(path).span.range(of: "/info/lfs/") != nil
    }
}
