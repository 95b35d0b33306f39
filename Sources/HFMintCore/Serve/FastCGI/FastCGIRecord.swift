/// The header of a FastCGI record.
///
/// The folder speaks FastCGI 1.0 with a web server, as pure code over bytes. ``FastCGIService`` gives each connection a
/// ``FastCGIConversation``. That reads records by ``FastCGIRecordReader``, parameters by ``FastCGIParameters``, makes a
/// ``ServeRequest`` of them, and writes the ``ServeAnswer`` by ``FastCGIWriter``. Nothing here decides about access.
///
/// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S3.3>
struct FastCGIHeader: Equatable {
    static let byteCount = 8
    static let version: UInt8 = 1

    /// The type as a number, because a peer may send any.
    let type: UInt8
    let requestID: UInt16
    let contentLength: Int
    let paddingLength: Int

    /// - Parameter bytes: eight bytes.
    init(_ bytes: Span<UInt8>) throws(FastCGIFault) {
        guard bytes[0] == Self.version else { throw .version }
        type = bytes[1]
        requestID = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        contentLength = Int(bytes[4]) << 8 | Int(bytes[5])
        paddingLength = Int(bytes[6])
    }
}

/// The types of records.
///
/// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S8>
enum FastCGIType: UInt8 {
    case beginRequest = 1
    case abortRequest = 2
    case endRequest = 3
    case parameters = 4
    case input = 5
    case output = 6
    case error = 7
    case data = 8
    case getValues = 9
    case getValuesResult = 10
    case unknownType = 11
}

/// What the web server wants.
///
/// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S6>
package enum FastCGIRole: UInt16, Sendable {
    /// The answer goes to the client, or decides a sub-request of nginx and its like.
    case responder = 1
    /// The answer 200 lets the request pass; any other goes to the client.
    case authorizer = 2
}

/// How a request ended.
///
/// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S5.5>
enum FastCGIStatus: UInt8 {
    case complete = 0
    case cannotMultiplex = 1
    case overloaded = 2
    case unknownRole = 3
}

/// Why a connection is closed without an answer: its bytes are not those of a web server that keeps to the protocol.
///
/// The raw value is a clause for the log. It quotes nothing that arrived.
package enum FastCGIFault: String, Error, CaseIterable, Sendable {
    case version = "a record is not of FastCGI's version 1"
    case managementID = "a record of a request has the id 0"
    case requestID = "a management record has the id of a request"
    case type = "a record has a type that no web server sends"
    case beginLength = "a request begins with a record that is not 8 bytes long"
    case repeatedBegin = "a request began before the one before it had ended"
    case valuesLength = "a question for the responder's values is too long"
    case parametersAfterEnd = "parameters came after the end of the parameters"
    case inputBeforeParameters = "a body came before the end of the parameters"
    case inputAfterEnd = "a body went on after its end"
    case inputLength = "a body is not as long as CONTENT_LENGTH says"
    case pair = "a parameter is cut off by the end of the parameters"
    case pairCount = "there are too many parameters"
    case parametersSize = "the parameters are too large"
}
