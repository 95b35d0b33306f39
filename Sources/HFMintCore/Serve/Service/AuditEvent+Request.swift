/// The record of an answer to a web server.
///
/// Its `reason` is one line of `name=value`, always all of them and in one order, with `-` for what there is not. A
/// value holds no blank, so that a line is taken apart at its blanks:
///
///     code=- right=write method=POST host=hub.acme.example path=/api/models/acme/model/commit/main \
///     grant=hfmint.json5:grants[1] credential=serve.credentials[0] peer=10.0.0.7 us=84
///
/// It holds no query, no body and no token. `docs/serve.md` says what each name means, so none of them changes.
extension AuditEvent {
    /// What is recorded of a request besides its answer.
    package struct Request: Sendable {
        package let method: [UInt8]
        /// A name of the manifest's `serve.hosts`.
        package let host: String
        /// The path and the query, as the client sent them; the query is not recorded.
        package let target: [UInt8]
        /// The claims of the caller, verified by hfmint, or nil if no identity is known.
        package let claims: Claims?
        /// The client's address.
        package let peer: String
        /// The id that the web server gave the request.
        package let id: String
        /// SHA-256 of what the caller showed, in hexadecimal, or nil without a credential.
        package let tokenSHA256: String?
        /// How long the answer took.
        package let microseconds: Int

        package init(
            method: [UInt8], host: String, target: [UInt8], claims: Claims?, peer: String, id: String,
            tokenSHA256: String?, microseconds: Int
        ) {
            self.method = method
            self.host = host
            self.target = target
            self.claims = claims
            self.peer = peer
            self.id = id
            self.tokenSHA256 = tokenSHA256
            self.microseconds = microseconds
        }
    }

    /// Makes the record of a decision.
    ///
    /// - Parameter isEnforced: whether a no is answered with a no; if not, the code has `(not-enforced)` behind it.
    package static func request(
        _ decision: RequestDecision, about request: Request, isEnforced: Bool = true
    ) -> AuditEvent {
        switch decision {
        case .allowed(let allowed):
            let admission = allowed.admission
            let reason = reason(
                request, code: nil, right: allowed.right, grant: admission?.grant,
                credential: admission?.credential.place)
            return AuditEvent(
                .requestAllowed, request, role: admission?.role.name, resource: allowed.resource, .allowed, reason)
        case .refused(let refused):
            let code = refused.code.rawValue + (isEnforced ? "" : "(not-enforced)")
            let reason = reason(
                request, code: code, right: refused.route?.rights.last, grant: refused.denied?.nearest, credential: nil)
            return AuditEvent(
                .requestRefused, request, role: refused.denied?.role, resource: refused.route?.resource,
                refused.code == .unavailable ? .failed : .denied, reason)
        }
    }

    private init(
        _ kind: Kind, _ request: Request, role: String?, resource: Resource?, _ decision: Verdict, _ reason: String
    ) {
        self.init(
            kind, actor: request.claims.map { Actor($0, verified: .hfmint) }, role: role,
            resource: resource?.canonical, decision: decision, reason: reason, tokenSHA256: request.tokenSHA256,
            requestID: request.id)
    }

    /// The most bytes of a path that are recorded.
    static let pathLimit = 512
    /// The most bytes of any other value.
    private static let valueLimit = 255

    private static func reason(
        _ request: Request, code: String?, right: Access?, grant: Grant?, credential: ManifestPlace?
    ) -> String {
        let path = request.target.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let values: [(String, String)] = [
            ("code", value(code?.utf8)), ("right", right?.rawValue ?? "-"), ("method", value(request.method)),
            ("host", value(request.host.utf8)), ("path", value(path, limit: pathLimit)),
            ("grant", value(grant.map { "\($0.place.file):\($0.place.path)" }?.utf8)),
            ("credential", value(credential?.path.utf8)), ("peer", value(request.peer.utf8)),
            ("us", "\(request.microseconds)"),
        ]
        return values.map { "\($0)=\($1)" }.joined(separator: " ")
    }

    /// Returns `bytes` without a blank or anything that is not visible ASCII, which becomes `%XX`.
    ///
    /// What is longer than `limit` is cut, and says how long it was: `/api/models…(8192)`.
    private static func value(_ bytes: (some Collection<UInt8>)?, limit: Int = valueLimit) -> String {
        guard let bytes, !bytes.isEmpty else { return "-" }
        var kept: [UInt8] = []
        kept.reserveCapacity(min(bytes.count, limit))
        for byte in bytes {
            guard kept.count + (byte.isASCIIVisible ? 1 : 3) <= limit else {
                return "\(String(decoding: kept, as: UTF8.self))…(\(bytes.count))"
            }
            if byte.isASCIIVisible {
                kept.append(byte)
            } else {
                kept.append(ASCII.percent)
                kept += [byte].hexadecimal.utf8.map(\.asciiUppercased)
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
