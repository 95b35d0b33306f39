/// The HTTP API of an issuer, a sink or a log-in: one base URL, one credential, JSON in and out.
///
/// A rotation reaches servers and programs through this folder. ``call(_:_:headers:body:effect:accepting:bodyLimit:)``
/// sends one request and returns an ``Answer``, whose values are read by their paths. An answer that the caller does
/// not accept is looked up in its server's table of ``KnownAnswer``, and thrown as a ``StepFailure``, which tells what
/// may be done next and names the server's short code (`VendorCode`). ``CommandProgram`` does the same with a user's
/// program. Nothing here tries a call twice, follows a redirect, or puts other bytes of an answer into a message.
///
/// ```swift
/// let answer = try api.call(.get, "/variables/\(key)", accepting: [200, 404]).asJSON()
/// guard answer.status == 200 else { return nil }
/// return answer.secret("value")
/// ```
struct API: Sendable {
    /// The issuer or sink as the manifest names it, for messages: `okta:0oa1b2`.
    let name: String
    let base: HTTPURL
    var authorization: Authorization
    /// The answers of this kind of server whose status alone does not say what they mean.
    let answers: [KnownAnswer]
    /// The words that stand in a message in place of the call, by the status of a refusal.
    var refusals: [Int: String] = [:]
    var trust: TrustAnchors?
    /// How fast its server may be asked; nil if nothing is known of that.
    var pace: SharedPace?
    let context: Context

    /// How a call proves who sends it; each call reads the secret anew, and wipes it afterwards.
    enum Authorization: Sendable {
        case none
        /// A secret in memory, sent in the header `Authorization`.
        case given(prefix: String, SharedSecret)
        case header(String, prefix: String, SecretSource)
        /// AWS Signature Version 4; `session` is nil for the keys of an IAM user.
        case aws(region: String, service: String, id: SecretSource, key: SecretSource, session: SecretSource?)
        /// A bearer token that the closure returns, which may make a call for it.
        case token(@Sendable () throws(StepFailure) -> SharedSecret)
    }

    /// The byte limit of an answer that carries more than one value: the largest secret of Kubernetes, AWS and Vault,
    /// and the JSON around it.
    static let largeBody = 4 << 20

    /// What a refusal means of a place that is written.
    static let placeRefusals = [
        401: "the credential is not accepted", 403: "the credential may not do this",
        404: "there is no such place, or the credential may not see it",
    ]

    enum Body: Sendable {
        case none
        case json(JSONValue, type: String = "application/json")
        /// Form fields in pieces, some of them secret.
        case form([TextOrToken])
        /// A JSON text in pieces, one of them JSON that is secret as a whole.
        case jsonText([TextOrToken])
    }

    /// Whether a call may be sent again when its answer is lost.
    enum Effect: Sendable {
        /// The call changes nothing, or has the same effect twice as once.
        case repeatable
        /// The call may act twice if it is sent twice: a lost answer is ``StepFailure/Kind/ambiguous``.
        case once
    }

    /// Returns the URL of `path` in the one spelling that names it in messages.
    func spelling(of path: String) -> String { "\(base.spelling)\(path)" }

    /// Sends one request once, and returns its answer.
    ///
    /// - Parameters:
    ///   - path: a percent-encoded path below the base URL, with a slash at its beginning.
    ///   - accepting: the statuses that are returned, unless the answer itself says that the trouble passes.
    ///   - bodyLimit: how many bytes the answer may have.
    /// - Throws: a failure for every other answer, and where none came. It tells whether the server may have acted.
    func call(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: Body = .none,
        effect: Effect = .repeatable, accepting: Set<Int> = [200], bodyLimit: Int = 64 << 10
    ) throws(StepFailure) -> Answer {
        var request = HTTPRequest(
            method, base.below(path), headers: [HTTPHeader("Accept", "application/json")] + headers)
        request.limits.bodyByteCount = bodyLimit
        let answer = Answer(try send(request, body, effect), of: name)
        let said = answers.meaning(of: answer)
        if said == nil || said == .refused {
            if accepting.contains(answer.status) { return answer }
            if let why = refusals[answer.status] { throw refused("\(why) (\(answer.statusAndCode))") }
        }
        let meaning = said ?? .byStatus(answer.status)
        throw meaning.failure(
            after: effect, wait: answer.secondsToWait(now: context.clock.now()),
            "\(name): \(method.rawValue) on \(base.origin.host) answered \(answer.status)\(answer.codeInBrackets)"
                + (answers.row(for: answer)?.reason.map { ": \($0)" } ?? movedTo(answer)))
    }

    func refused(_ why: String) -> StepFailure { StepFailure(.refused, "\(name): \(why)") }

    func retry(_ why: String) -> StepFailure { .transient("\(name): \(why)") }

    /// Returns the digest of a client secret in hexadecimal, as the journal holds it.
    func sha256(_ secret: borrowing Secret) throws(StepFailure) -> String {
        try context.sha256(secret) { refused($0.message) }
    }

    /// Returns the words for a redirect, which hfmint never follows: the manifest does not name its destination.
    private func movedTo(_ answer: borrowing Answer) -> String {
        guard answer.response.isRedirect else { return "" }
        let there = answer.response.redirectDestination(from: base.origin.authority)
        return ": it was moved or renamed, and is now at \(there ?? "a place that cannot be shown")"
    }

    private func send(_ request: HTTPRequest, _ body: Body, _ effect: Effect) throws(StepFailure) -> HTTPResponse {
        var request = request
        request.actsOnce = effect == .once
        try pace?.wait(for: name)
        let credential = try credential()
        do throws(TransportError) {
            let response = try context.send(
                request, credential: credential, body: HTTPBody(body.content), limits: request.limits, trust: trust)
            pace?.note(response)
            return response
        } catch {
            pace?.noteLost()
            let message = "\(name): \(request.url.origin.host): \(error.reason)"
            // A server whose answer is too large or compressed has acted. It would compress the next answer as well.
            let isAnswered =
                request.method != .get && (error.kind == .tooLarge || error.kind == .encoded && effect == .once)
            // The next run may be allowed to use the network.
            let passes = error.isTransient || error.kind == .forbidden
            guard passes || isAnswered else { throw StepFailure(.refused, message) }
            let mayHaveActed = effect == .once && error.mayHaveBeenSent
            throw StepFailure(mayHaveActed ? .ambiguous : .transient(retryAfterSeconds: nil), message)
        }
    }

    private func credential() throws(StepFailure) -> HTTPCredential {
        switch authorization {
        case .none: return .none
        case .given(let prefix, let shared):
            return .header(name: "Authorization", prefix: prefix, shared.secret.duplicate())
        case .header(let header, let prefix, let source):
            return .header(name: header, prefix: prefix, try source.read(for: name))
        case .aws(let region, let service, let id, let key, let session):
            let id = try id.text(for: name)
            let key = try key.read(for: name)
            guard let session else {
                return .awsSignature(region: region, service: service, keyID: id, key: key, sessionToken: nil)
            }
            return .awsSignature(
                region: region, service: service, keyID: id, key: key, sessionToken: try session.read(for: name))
        case .token(let token):
            return .header(name: "Authorization", prefix: "Bearer ", try token().secret.duplicate())
        }
    }
}

extension API.Body {
    fileprivate var content: HTTPBody.Content? {
        switch self {
        case .none: nil
        case .json(let value, let type): HTTPBody.Content(type: type, bytes: value.rendered())
        case .form(let pieces):
            HTTPBody.Content(type: "application/x-www-form-urlencoded", bytes: Secret(joining: pieces))
        case .jsonText(let pieces): HTTPBody.Content(type: "application/json", bytes: Secret(joining: pieces))
        }
    }
}

extension TransportError {
    /// Whether the server may have received the request: false only where no connection came about.
    fileprivate var mayHaveBeenSent: Bool {
        switch kind {
        case .resolve, .connect, .forbidden, .proxy, .proxyRefused, .proxyUnusable, .proxyUntrusted, .tls, .tlsVersion:
            false
        default: true
        }
    }
}
