/// The HTTP API of one sink.
///
/// Every call of a sink may be sent twice: it asks, or it makes something so that was so already.
struct SinkAPI: Sendable {
    let target: String
    private let api: API

    /// Where an answer carries more than one value: what Kubernetes, AWS and Vault let one secret be, and JSON around it.
    static let largeBody = 4 << 20

    init(
        _ target: String, base: HTTPURL, _ authorization: API.Authorization, answers: [KnownAnswer],
        trust: TrustAnchors? = nil, in context: Context
    ) {
        self.target = target
        api = API(
            target, base: base, authorization: authorization, answers: answers, trust: trust, context: context)
    }

    /// - Parameter accepting: the statuses that are answers; every other one is thrown.
    func call(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: API.Body = .none,
        accepting: Set<Int> = [200], bodyLimit: Int = 64 << 10
    ) throws(StepFailure) -> HTTPResponse {
        let response = try api.call(
            method, path, headers: headers, body: body, effect: .repeatable,
            accepting: accepting.union([401, 403, 404]), bodyLimit: bodyLimit)
        guard !accepting.contains(response.status) else { return response }
        throw refusal(response)
    }

    /// The same, for an answer that is JSON.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: API.Body = .none,
        accepting: Set<Int> = [200], bodyLimit: Int = 64 << 10
    ) throws(StepFailure) -> SinkAnswer {
        try answer(
            call(method, path, headers: headers, body: body, accepting: accepting, bodyLimit: bodyLimit))
    }

    func answer(_ response: consuming HTTPResponse) throws(StepFailure) -> SinkAnswer {
        let status = response.status
        guard let answer = SinkAnswer(status, response.body) else { throw retry("answered \(status) with no JSON") }
        return answer
    }

    func refused(_ why: String) -> StepFailure { api.refused(why) }

    func retry(_ why: String) -> StepFailure { StepFailure(.transient(retryAfterSeconds: nil), "\(target): \(why)") }

    private func refusal(_ response: borrowing HTTPResponse) -> StepFailure {
        switch response.status {
        case 401: refused("the credential is not accepted (\(response.statusAndCode))")
        case 404: refused("there is no such place, or the credential may not see it (\(response.statusAndCode))")
        default: refused("the credential may not do this (\(response.statusAndCode))")
        }
    }
}

/// A JSON answer, of which any value may be secret.
struct SinkAnswer: ~Copyable {
    let status: Int
    let body: Secret
    let root: JSONNode

    /// `nil` where it is no JSON.
    init?(_ status: Int, _ body: consuming Secret) {
        // As large as the body was allowed to be.
        guard let root = try? body.reveal({ span throws(Malformed) in try readJSON(span, limits: .event) }) else {
            return nil
        }
        self.status = status
        self.root = root
        self.body = body
    }

    func node(_ path: [String]) -> JSONNode? {
        path.reduce(root) { (node: JSONNode?, name) in node?[name] }
    }

    /// A string that is not secret.
    func string(_ path: String...) -> String? {
        let node = node(path)
        return body.reveal { span in node?.string(in: span).map { String(decoding: $0, as: UTF8.self) } }
    }

    func integer(_ path: String...) -> Int? {
        let node = node(path)
        return body.reveal { span in node?.integer(in: span) }
    }

    func bool(_ path: String...) -> Bool? {
        if case .bool(let value) = node(path)?.value { value } else { nil }
    }

    func secret(_ path: String...) -> Secret? {
        let node = node(path)
        return body.reveal { span in node?.secret(in: span) }
    }
}

extension String {
    /// A version or a time as a server wrote it, if it can be one: something short that any log may hold.
    var plain: String? { (1...64).contains(utf8.count) && utf8.allSatisfy(\.isASCIIVisible) ? self : nil }
}
