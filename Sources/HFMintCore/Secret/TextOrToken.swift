/// A piece of a text: a string, a token, or another secret.
package enum TextOrToken: Sendable {
    case text(String)
    case token(BearerToken)
    case secret(SharedSecret)

    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .token(let token): token.secret.byteCount
        case .secret(let shared): shared.secret.byteCount
        }
    }
}

extension Secret {
    /// Joins the pieces in memory that never grows, and so leaves no copy behind.
    package init(joining pieces: [TextOrToken]) {
        var buffer = SecretBuffer(capacity: pieces.reduce(0) { $0 + $1.byteCount })
        for piece in pieces {
            switch piece {
            case .text(let text): buffer.append(text)
            case .token(let token): buffer.append(token.secret)
            case .secret(let shared): buffer.append(shared.secret)
            }
        }
        self = buffer.finish()
    }
}
