/// How an ID token is had: a value, so that it can be printed and compared before anything is done.
package enum Acquisition: Equatable, Sendable {
    case http(HTTPAcquisition)
    /// A program that prints the token.
    case command(ChildCommand)
    case variable(Environment.Key)
    case file(String)
    /// A token that came over standard input, which can be read only once.
    case held(SharedSecret)

    /// Whether asking again gives another token, with another expiry.
    package var canMintAgain: Bool {
        switch self {
        case .http, .command, .file: true
        case .variable, .held: false
        }
    }

    /// The source as a message names it.
    package var source: String {
        switch self {
        case .http(let http): http.request.url.origin.host
        case .command: "the ID token command"
        case .variable(let key): key.name
        case .file(let path): "'\(path)'"
        case .held: "standard input"
        }
    }
}
