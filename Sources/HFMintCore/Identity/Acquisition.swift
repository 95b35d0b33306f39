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

/// A token endpoint inside the CI system.
package struct HTTPAcquisition: Equatable, Sendable {
    package let provider: String
    package let request: HTTPRequest
    /// The header that proves the job to the endpoint, and the variable that holds its secret.
    package let header: String
    package let prefix: String
    package let credential: Environment.Key
    /// The member of the answer that holds the token.
    package let member: String
    /// Words in a 403 that mean "ask again": GitHub says them of jobs that are about to start.
    package let transientRefusals: [String]
    /// What to do about a refusal that is final.
    package let refusalHint: String

    package init(
        provider: String,
        request: HTTPRequest,
        header: String = "Authorization",
        prefix: String = "Bearer ",
        credential: Environment.Key,
        member: String,
        transientRefusals: [String] = [],
        refusalHint: String
    ) {
        self.provider = provider
        self.request = request
        self.header = header
        self.prefix = prefix
        self.credential = credential
        self.member = member
        self.transientRefusals = transientRefusals
        self.refusalHint = refusalHint
    }
}
