/// A question of the web server, made of the parameters that its configuration sets.
///
/// Only parameters outside `HTTP_` are trusted, because a client cannot name those. Each occurs once. Of the client's
/// headers, only its credential and the encoding of its body are read, and never `X-Forwarded-*`.
package final class ServeRequest: Sendable {
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
    package let body: SharedSecret?

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

    /// Returns the same request with its body.
    func with(_ body: SharedSecret) -> ServeRequest {
        ServeRequest(
            route: route, uri: uri, method: method, host: host, id: id, peer: peer, authorization: authorization,
            contentType: contentType, contentEncoding: contentEncoding, contentLength: contentLength, body: body)
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

        /// Returns the parameter that is called so, or nil for any other.
        static func called(_ name: Span<UInt8>) -> Name? {
            for (known, length) in lengths where length == name.count {
                if name.equals(known.rawValue, in: name.indices) { return known }
            }
            return nil
        }

        /// Few names have the same length, and to compare bytes takes longer.
        private static let lengths = allCases.map { (name: $0, length: $0.rawValue.utf8.count) }
    }

    /// The parameters that are read, and where their values stand.
    private typealias Values = [(name: Name, range: Range<Int>)]

    /// Reads the parameters of a request.
    ///
    /// - Throws: ``Malformed`` if one is missing, repeated, unknown, or not what it should be. The reason quotes no
    ///   value.
    convenience init(_ parameters: FastCGIParameters, in bytes: Span<UInt8>) throws(Malformed) {
        let values = try Self.values(parameters, bytes)
        let word = try Self.word(.route, values, bytes, limit: 16)
        guard let route = ServeRoute(rawValue: word) else { throw Malformed("HFMINT_ROUTE names no route") }
        guard let uri = try Self.value(.uri, values) else { throw Malformed("HFMINT_URI is missing") }
        let authorization = try Self.value(.authorization, values)
        self.init(
            route: route, uri: bytes.bytes(in: uri), method: try Self.word(.method, values, bytes, limit: 32),
            host: try Self.word(.host, values, bytes, limit: 255),
            id: try Self.word(.id, values, bytes, limit: 128),
            peer: try Self.word(.peer, values, bytes, limit: 64),
            authorization: authorization.map { SharedSecret(Secret(copying: bytes.extracting($0))) },
            contentType: Self.text(try Self.value(.contentType, values), bytes),
            contentEncoding: Self.text(try Self.value(.contentEncoding, values), bytes),
            contentLength: try Self.length(try Self.value(.contentLength, values), bytes))
    }

    private static func values(_ parameters: FastCGIParameters, _ bytes: Span<UInt8>) throws(Malformed) -> Values {
        var values: Values = []
        values.reserveCapacity(Name.allCases.count)
        for pair in parameters.pairs {
            if let name = Name.called(bytes.extracting(pair.name)) {
                values.append((name, pair.value))
            } else if bytes.equals("HFMINT_", in: pair.name.prefix("HFMINT_".utf8.count)) {
                throw Malformed("a parameter HFMINT_* is unknown")
            }
        }
        return values
    }

    /// Returns where the value of a parameter stands, or nil if it is missing or empty.
    private static func value(_ name: Name, _ values: Values) throws(Malformed) -> Range<Int>? {
        var found: Range<Int>?
        for value in values where value.name == name {
            guard found == nil else { throw Malformed("\(name.rawValue) occurs twice") }
            found = value.range
        }
        return found?.isEmpty == false ? found : nil
    }

    /// Returns the value of a parameter that must be there, in visible ASCII.
    private static func word(
        _ name: Name, _ values: Values, _ bytes: Span<UInt8>, limit: Int
    ) throws(Malformed) -> String {
        guard let range = try value(name, values) else { throw Malformed("\(name.rawValue) is missing") }
        guard range.count <= limit else { throw Malformed("\(name.rawValue) is too long") }
        guard bytes.extracting(range).isASCIIVisible else {
            throw Malformed("\(name.rawValue) is not visible ASCII")
        }
        return bytes.extracting(range).text
    }

    private static func text(_ range: Range<Int>?, _ bytes: Span<UInt8>) -> String? {
        guard let range, range.count <= 255 else { return nil }
        return bytes.extracting(range).text
    }

    private static func length(_ range: Range<Int>?, _ bytes: Span<UInt8>) throws(Malformed) -> Int? {
        guard let range else { return nil }
        guard range.count <= 15, range.allSatisfy({ bytes[$0].isASCIIDigit }) else {
            throw Malformed("CONTENT_LENGTH is not a number")
        }
        return range.reduce(0) { $0 * 10 + Int(bytes[$1] - UInt8(ascii: "0")) }
    }
}
