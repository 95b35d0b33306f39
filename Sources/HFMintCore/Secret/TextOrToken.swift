/// A piece of a text: a string, a token, or another secret.
package enum TextOrToken: Sendable {
    case text(String)
    case token(BearerToken)
    case secret(SharedSecret)

    var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .token(let token): token.secret.byteCount
        case .secret(let shared): shared.secret.byteCount
        }
    }
}

extension [TextOrToken] {
    /// The length of all pieces together.
    var byteCount: Int { reduce(0) { $0 + $1.byteCount } }
}

extension Secret {
    /// Joins the pieces in memory that never grows, and so leaves no copy behind.
    package init(joining pieces: [TextOrToken]) {
        var buffer = SecretBuffer(capacity: pieces.byteCount)
        buffer.append(pieces)
        self = buffer.seal()
    }
}

extension SecretBuffer {
    /// Appends the pieces one after the other; traps if they do not fit.
    mutating func append(_ pieces: [TextOrToken]) {
        for piece in pieces { append(piece) }
    }

    /// Appends the piece; traps if it does not fit.
    mutating func append(_ piece: TextOrToken) {
        switch piece {
        case .text(let text): append(text)
        case .token(let token): append(token.secret)
        case .secret(let shared): append(shared.secret)
        }
    }
}
