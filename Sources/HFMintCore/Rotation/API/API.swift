/// The HTTP API of an issuer or a sink: one base URL, one credential, JSON in and out.
struct API: Sendable {
    /// Which issuer or sink this is, as the manifest names it, for messages: `okta:0oa1b2`.
    let name: String
    private let base: HTTPURL
    private let authorization: Authorization
    private let trust: TrustAnchors?
    private let answers: [KnownAnswer]
    private let refusals: [Int: String]
    private let context: Context

    /// How the API knows who asks; the secret is read anew at each call and wiped after it.
    enum Authorization: Sendable {
        case none
        /// A secret that is at hand, in the header `Authorization`.
        case given(prefix: String, SharedSecret)
        case header(String, prefix: String, SecretReference, folder: String)
        /// AWS Signature Version 4.
        case aws(region: String, service: String, AWSKeys)
        /// A token that another call gives.
        case token(@Sendable () throws(StepFailure) -> SharedSecret)
    }

    /// Where the two or three parts of an AWS credential are.
    struct AWSKeys: Sendable {
        let id: SecretReference
        let key: SecretReference
        /// Absent for the keys of an IAM user.
        let session: SecretReference?
        let folder: String
    }

    /// What one answer may have where it carries more than one value: as much as Kubernetes, AWS and Vault let one
    /// secret be, and JSON around it.
    static let largeBody = 4 << 20

    /// - Parameters:
    ///   - answers: what this kind of server says in ways of its own.
    ///   - refusals: what a no means that has this status, in place of the call that was answered so.
    init(
        _ name: String, base: HTTPURL, authorization: Authorization, answers: [KnownAnswer],
        refusals: [Int: String] = [:], trust: TrustAnchors? = nil, context: Context
    ) {
        self.name = name
        self.base = base
        self.authorization = authorization
        self.answers = answers
        self.refusals = refusals
        self.trust = trust
        self.context = context
    }

    enum Body: Sendable {
        case none
        /// Pieces of a JSON text, of which some are secret.
        case json([TextOrToken])
        case form([TextOrToken])
        /// With a content type of its own.
        case other(type: String, [TextOrToken])

        /// A JSON text without any secret.
        static func json(_ value: JSONValue) -> Body {
            .json([.text(value.rendered().reveal { String(decoding: $0.bytes, as: UTF8.self) })])
        }
    }

    /// Whether a call may be sent again when its answer is lost.
    enum Effect: Sendable {
        /// It changes nothing, or the same call twice is the same as once.
        case repeatable
        /// Sent twice it may act twice: a lost answer is ``StepFailure/Kind/ambiguous``.
        case once
    }

    /// Sends one request, once.
    ///
    /// - Parameters:
    ///   - path: below the base URL, beginning with a slash, percent-encoded.
    ///   - accepting: the statuses that are answers, unless this one says that it passes; every other one is thrown.
    ///   - bodyLimit: how many bytes the answer may have.
    /// - Throws: for what passes, and where no answer came, a failure that tells whether it may have acted.
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

    func retry(_ why: String) -> StepFailure { StepFailure(.transient(retryAfterSeconds: nil), "\(name): \(why)") }

    func failure(_ error: MintError) -> StepFailure { StepFailure(error, at: name) }

    /// hfmint never follows: the manifest does not name where a redirect leads.
    private func movedTo(_ answer: borrowing Answer) -> String {
        guard (300...399).contains(answer.status) else { return "" }
        let location = answer.response.header("location")
        let there = location.flatMap { destination(ofRedirect: $0, from: base.origin.authority) }
        return ": it was moved or renamed, and is now at \(there ?? "a place that cannot be shown")"
    }

    private func send(_ request: HTTPRequest, _ body: Body, _ effect: Effect) throws(StepFailure) -> HTTPResponse {
        var request = request
        request.actsOnce = effect == .once
        let credential = try credential()
        do throws(TransportError) {
            return try context.send(
                request, credential: credential, body: HTTPBody(body.content), limits: request.limits, trust: trust)
        } catch {
            let message = "\(name): \(request.url.origin.host): \(error.reason)"
            // Whatever was asked for is done by the time that an answer is too large, or compressed; what is
            // compressed once is so again.
            let isAnswered =
                request.method != .get && (error.kind == .tooLarge || error.kind == .encoded && effect == .once)
            // Another run may be allowed to use the network.
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
        case .header(let header, let prefix, let reference, let folder):
            return .header(name: header, prefix: prefix, try read(reference, folder))
        case .aws(let region, let service, let keys):
            let id = try read(keys.id, keys.folder).reveal { String(decoding: $0.bytes, as: UTF8.self) }
            let key = try read(keys.key, keys.folder)
            guard let session = keys.session else {
                return .awsSignature(region: region, service: service, keyID: id, key: key, sessionToken: nil)
            }
            return .awsSignature(
                region: region, service: service, keyID: id, key: key, sessionToken: try read(session, keys.folder))
        case .token(let token):
            return .header(name: "Authorization", prefix: "Bearer ", try token().secret.duplicate())
        }
    }

    private func read(_ reference: SecretReference, _ folder: String) throws(StepFailure) -> Secret {
        do throws(MintError) {
            return try reference.read(relativeTo: folder, in: context)
        } catch {
            throw failure(error)
        }
    }
}

extension API.Body {
    fileprivate var content: HTTPBody.Content? {
        switch self {
        case .none: nil
        case .json(let pieces): HTTPBody.Content(type: "application/json", bytes: Secret(joining: pieces))
        case .form(let pieces):
            HTTPBody.Content(type: "application/x-www-form-urlencoded", bytes: Secret(joining: pieces))
        case .other(let type, let pieces): HTTPBody.Content(type: type, bytes: Secret(joining: pieces))
        }
    }
}

extension TransportError {
    /// Whether the server may have received the request: `false` only where no connection came about.
    fileprivate var mayHaveBeenSent: Bool {
        switch kind {
        case .resolve, .connect, .forbidden, .proxy, .proxyRefused, .proxyUnusable, .proxyUntrusted, .tls, .tlsVersion:
            false
        default: true
        }
    }
}
