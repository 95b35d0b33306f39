/// The request that is open on a connection, as far as it has arrived.
final class FastCGIRequest {
    let id: UInt16
    let role: FastCGIRole
    let keepsConnection: Bool

    private(set) var parameters = SecretBuffer(capacity: 0)
    private var body = SecretBuffer(capacity: 0)
    /// How many bytes of a body the headers of its records announce so far.
    var inputCount = 0
    var hasWholeBody = false
    var contentLength: Int?
    /// The request until it is handed over.
    var request: ServeRequest?
    var reply: ServeReply?

    init(_ id: UInt16, _ role: FastCGIRole, keepsConnection: Bool) {
        self.id = id
        self.role = role
        self.keepsConnection = keepsConnection
    }

    func addParameters(_ bytes: Span<UInt8>) {
        parameters.makeRoom(for: bytes.count)
        parameters.append(bytes)
    }

    func addBody(_ bytes: Span<UInt8>) {
        body.makeRoom(for: bytes.count)
        body.append(bytes)
    }

    /// Makes the request of its parameters, and wipes them.
    func makeRequest(_ limits: FastCGIService.Limits) throws(FastCGIFault) -> Result<ServeRequest, Malformed> {
        try parameters.take { span throws(FastCGIFault) in
            let pairs = try FastCGIParameters(span, maximumCount: limits.parameterCount)
            do throws(Malformed) {
                return .success(try ServeRequest(pairs, in: span))
            } catch {
                return .failure(error)
            }
        }
    }

    func takeBody() -> SharedSecret {
        let secret = body.finish()
        body = SecretBuffer(capacity: 0)
        return SharedSecret(secret)
    }
}
