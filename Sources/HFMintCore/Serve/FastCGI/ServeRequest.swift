/// A question of the web server, made of the parameters that its configuration sets.
///
/// Only parameters outside `HTTP_` are trusted, because a client cannot name those. Each occurs once. Of the client's
/// headers, only its credential and the encoding of its body are read, and never `X-Forwarded-*`.
package struct ServeRequest: Sendable {
    package let route: ServeRoute
    /// The target as the client sent it, with its query, unchecked.
    package let uri: [UInt8]
    /// Visible ASCII, as are ``host``, ``id`` and ``peer``.
    package let method: String
    /// The server's name that the configuration has for this location.
    package let host: String
    /// The web server's id of the request, for the record.
    package let id: String
    /// The client's address, for the record.
    package let peer: String
    /// The value of `Authorization`, or nil if the client sent none.
    package let authorization: SharedSecret?
    package let contentType: String?
    package let contentEncoding: String?
    /// What `CONTENT_LENGTH` announces, or nil if it is absent or empty.
    package let contentLength: Int?
    /// The body, if the route reads one: see ``ServeRoute/bodyLimit``.
    package internal(set) var body: SharedSecret?

    package init(
        route: ServeRoute, uri: [UInt8], method: String, host: String, id: String, peer: String,
        authorization: SharedSecret? = nil, contentType: String? = nil, contentEncoding: String? = nil,
        contentLength: Int? = nil, body: SharedSecret? = nil
    ) {
        self.route = route
        self.uri = uri
        self.method = method
        self.host = host
        self.id = id
        self.peer = peer
        self.authorization = authorization
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.contentLength = contentLength
        self.body = body
    }
}

extension ServeRequest {
    private enum Name: String, CaseIterable {
        case route = "HFMINT_ROUTE"
        case uri = "HFMINT_URI"
        case method = "HFMINT_METHOD"
        case host = "HFMINT_HOST"
        case id = "HFMINT_REQUEST_ID"
        case peer = "HFMINT_PEER"
        case authorization = "HTTP_AUTHORIZATION"
        case contentType = "CONTENT_TYPE"
        case contentEncoding = "HTTP_CONTENT_ENCODING"
        case contentLength = "CONTENT_LENGTH"
    }

    /// Reads the parameters of a request.
    ///
    /// - Throws: ``Malformed`` if one is missing, repeated, unknown, or not what it should be. The reason quotes no
    ///   value.
    init(_ parameters: FastCGIParameters, in bytes: Span<UInt8>) throws(Malformed) {
        for pair in parameters.pairs where bytes.equals("HFMINT_", in: pair.name.prefix("HFMINT_".utf8.count)) {
            guard Name.allCases.contains(where: { bytes.equals($0.rawValue, in: pair.name) }) else {
                throw Malformed("a parameter HFMINT_* is unknown")
            }
        }
        let word = try Self.word(.route, parameters, bytes, limit: 16)
        guard let route = ServeRoute(rawValue: word) else { throw Malformed("HFMINT_ROUTE names no route") }
        guard let uri = try Self.value(.uri, parameters, bytes) else { throw Malformed("HFMINT_URI is missing") }
        let authorization = try Self.value(.authorization, parameters, bytes)
        self.init(
            route: route, uri: bytes.bytes(in: uri), method: try Self.word(.method, parameters, bytes, limit: 32),
            host: try Self.word(.host, parameters, bytes, limit: 255),
            id: try Self.word(.id, parameters, bytes, limit: 128),
            peer: try Self.word(.peer, parameters, bytes, limit: 64),
            authorization: authorization.map { SharedSecret(Secret(copying: bytes.extracting($0))) },
            contentType: Self.text(try Self.value(.contentType, parameters, bytes), bytes),
            contentEncoding: Self.text(try Self.value(.contentEncoding, parameters, bytes), bytes),
            contentLength: try Self.length(try Self.value(.contentLength, parameters, bytes), bytes))
    }

    /// Returns where the value of a parameter stands, or nil if it is missing or empty.
    private static func value(
        _ name: Name, _ parameters: FastCGIParameters, _ bytes: Span<UInt8>
    ) throws(Malformed) -> Range<Int>? {
        var found: Range<Int>?
        for pair in parameters.pairs where bytes.equals(name.rawValue, in: pair.name) {
            guard found == nil else { throw Malformed("\(name.rawValue) occurs twice") }
            found = pair.value
        }
        return found?.isEmpty == false ? found : nil
    }

    /// Returns the value of a parameter that must be there, in visible ASCII.
    private static func word(
        _ name: Name, _ parameters: FastCGIParameters, _ bytes: Span<UInt8>, limit: Int
    ) throws(Malformed) -> String {
        guard let range = try value(name, parameters, bytes) else { throw Malformed("\(name.rawValue) is missing") }
        guard range.count <= limit else { throw Malformed("\(name.rawValue) is too long") }
        guard range.allSatisfy({ bytes[$0].isASCIIVisible }) else {
            throw Malformed("\(name.rawValue) is not visible ASCII")
        }
        return String(decoding: bytes.bytes(in: range), as: UTF8.self)
    }

    private static func text(_ range: Range<Int>?, _ bytes: Span<UInt8>) -> String? {
        guard let range, range.count <= 255 else { return nil }
        return String(decoding: bytes.bytes(in: range), as: UTF8.self)
    }

    private static func length(_ range: Range<Int>?, _ bytes: Span<UInt8>) throws(Malformed) -> Int? {
        guard let range else { return nil }
        guard range.count <= 15, range.allSatisfy({ bytes[$0].isASCIIDigit }) else {
            throw Malformed("CONTENT_LENGTH is not a number")
        }
        return range.reduce(0) { $0 * 10 + Int(bytes[$1] - UInt8(ascii: "0")) }
    }
}
