/// A way by which a Hub token reaches the next step.
package enum DeliveryMethod: Equatable, Sendable {
    /// ``shell``, and ``env`` too if the CI system has a file that reaches later steps.
    case auto
    case shell
    case env
    case output
    case environmentFile(String?)
    case tokenFile(String?)
    case stdout

    /// Every method, without a path.
    private static let all: [DeliveryMethod] = [
        .auto, .shell, .env, .output, .environmentFile(nil), .tokenFile(nil), .stdout,
    ]

    package static let names = all.map(\.name)

    /// The names, with a mark where a path may follow.
    package static let words = all.map { $0.takesPath ? "\($0.name)[=PATH]" : $0.name }

    /// Reads a method as users write it, such as `env-file=PATH`.
    package init(parsing text: String) throws(MintError) {
        if let method = Self.all.first(where: { $0.name == text }) {
            self = method
            return
        }
        let parts = text.utf8.split(separator: ASCII.equals, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch (parts[0], parts.count == 2 ? parts[1] : "") {
        case ("env-file", "-"), ("token-file", "-"):
            // Other programs mean stdout by `-`; hfmint prints a token only where the user asks for `stdout` by name.
            throw .usage(
                "'\(text)' names no file", hint: "'--deliver stdout' prints the token; './-' is a file of that name")
        case ("env-file", let path) where !path.isEmpty: self = .environmentFile(path)
        case ("token-file", let path) where !path.isEmpty: self = .tokenFile(path)
        default:
            throw .usage(
                "'\(text)' is not a delivery", hint: "give one of \(Self.words.joined(separator: ", "))")
        }
    }

    /// The path that the user names; `nil` if there is none.
    package var path: String? {
        switch self {
        case .environmentFile(let path), .tokenFile(let path): path
        case .auto, .shell, .env, .output, .stdout: nil
        }
    }

    private var takesPath: Bool {
        switch self {
        case .environmentFile, .tokenFile: true
        case .auto, .shell, .env, .output, .stdout: false
        }
    }

    /// The method's word, without a path.
    package var name: String {
        switch self {
        case .auto: "auto"
        case .shell: "shell"
        case .env: "env"
        case .output: "output"
        case .environmentFile: "env-file"
        case .tokenFile: "token-file"
        case .stdout: "stdout"
        }
    }

    /// Whether the method needs a file for each token in the job's directory.
    var usesTokenFiles: Bool { handsPathsOn || self == .tokenFile(nil) }

    /// Whether the method needs the ephemeral environment file in the job's directory.
    var usesEnvironmentFile: Bool { handsPathsOn || self == .environmentFile(nil) }

    /// Whether the method needs the job's directory.
    var usesJobFiles: Bool { usesTokenFiles || usesEnvironmentFile }

    private var handsPathsOn: Bool { [.auto, .shell, .env, .output].contains(self) }
}
