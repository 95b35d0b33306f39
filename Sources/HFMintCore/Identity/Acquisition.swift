/// How an ID token is had: a value, so that it can be printed and compared before anything is done.
package enum Acquisition: Equatable, Sendable {
    case http(HTTPAcquisition)
    /// A program of the user's that prints the token.
    case command(ChildCommand)
    /// A program of the provider's that prints the token.
    case program(ProgramAcquisition)
    case variable(Environment.Key)
    case file(String)
    /// A token that came over standard input, which can be read only once.
    case held(SharedSecret)

    /// Whether asking again gives another token, with another expiry.
    package var canMintAgain: Bool {
        switch self {
        case .http, .command, .program, .file: true
        case .variable, .held: false
        }
    }

    /// Whether the provider itself is asked, and not what somebody handed in.
    package var asksProvider: Bool {
        switch self {
        case .http, .program: true
        case .command, .variable, .file, .held: false
        }
    }

    /// The source as a message names it.
    package var source: String {
        switch self {
        case .http(let http): http.host
        case .command: "the ID token command"
        case .program(let program): "`\(program.name)`"
        case .variable(let key): key.name
        case .file(let path): "'\(path)'"
        case .held: "standard input"
        }
    }
}
