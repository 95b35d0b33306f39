/// What git's configuration holds that decides who answers for the Hub.
///
/// Asked of git itself, in this directory, so that includes and conditions count. No header is kept.
package struct GitFindings: Equatable, Sendable {
    /// One setting, and the file that it comes from.
    package struct Setting: Equatable, Sendable {
        /// As git prints it: `file:/home/ci/.gitconfig`, `command line:`.
        package let origin: String
        package let key: String
        /// Of a helper; of a header there is none.
        package let value: String?

        package init(origin: String, key: String, value: String? = nil) {
            self.origin = origin
            self.key = key
            self.value = value
        }
    }

    package enum Header: Equatable, Sendable { case none, authorization, other }

    package var version: String?
    /// Every `credential…helper`, in the order in which git asks them.
    package var helpers: [Setting]
    /// Every `http…extraHeader`.
    package var headers: [Setting]
    /// What git would send to each of the Hub's origins beside a credential.
    package var sent: [String: Header]

    package init(version: String? = nil, helpers: [Setting] = [], headers: [Setting] = [], sent: [String: Header] = [:])
    {
        self.version = version
        self.helpers = helpers
        self.headers = headers
        self.sent = sent
    }
}

extension GitFindings {
    /// `nil` where there is no git.
    init?(asking origins: [String], in context: Context) {
        guard let version = Self.output(of: ["--version"], in: context) else { return nil }
        self.init(version: version.reveal { Self.firstLine($0) })
        let config = ["config", "-z", "--show-origin"]
        helpers = Self.settings(
            config + ["--get-regexp", "^credential\\.(.*\\.)?helper$"], hasValues: true, in: context)
        headers = Self.settings(
            config + ["--name-only", "--get-regexp", "^http\\.(.*\\.)?extraheader$"], hasValues: false, in: context)
        guard !headers.isEmpty else { return }
        for origin in origins {
            sent[origin] = Self.header(
                Self.output(of: ["config", "-z", "--get-urlmatch", "http.extraHeader", origin + "/"], in: context))
        }
    }

    /// What git prints, or `nil` if it is not there, fails, or takes too long.
    ///
    /// Through a shell that throws git's complaints away: they quote file names, and we quote nothing unescaped.
    private static func output(of arguments: [String], in context: Context) -> Secret? {
        let command = ChildCommand(
            ["/bin/sh", "-c", "exec git \"$@\" 2>/dev/null", "git"] + arguments, milliseconds: 5_000)
        guard let result = try? context.processes.run(command), result.status == 0 else { return nil }
        return result.output.duplicate()
    }

    /// `origin NUL key LF value NUL`, or without values `origin NUL key NUL`.
    private static func settings(_ arguments: [String], hasValues: Bool, in context: Context) -> [Setting] {
        guard let output = output(of: arguments, in: context) else { return [] }
        let parts = output.reveal { $0.bytes }.split(separator: 0, omittingEmptySubsequences: false)
        return stride(from: 0, to: parts.count - 1, by: 2).map { index in
            let entry = parts[index + 1].split(
                separator: ASCII.lineFeed, maxSplits: 1, omittingEmptySubsequences: false)
            return Setting(
                origin: String(decoding: parts[index], as: UTF8.self),
                key: String(decoding: entry.first ?? [], as: UTF8.self),
                value: hasValues ? String(decoding: entry.dropFirst().first ?? [], as: UTF8.self) : nil)
        }
    }

    private static func header(_ output: consuming Secret?) -> Header {
        switch consume output {
        case .none: return .none
        case .some(let value):
            return value.reveal { text in
                let bytes = text.bytes.prefix { $0 != 0 }
                if bytes.isEmpty { return .none }
                let name = bytes.prefix { $0 != ASCII.colon }.map(\.asciiLowercased)
                return name.equals("authorization") ? .authorization : .other
            }
        }
    }

    private static func firstLine(_ text: Span<UInt8>) -> String {
        String(decoding: text.bytes.prefix { $0 != ASCII.lineFeed }.prefix(80), as: UTF8.self)
    }
}

/// Whether a URL in a git setting's key is meant for `origin` (`https://huggingface.co`): scheme, host, port.
///
/// A `*` in the host stands for one label, and a bare host is any scheme, as in git.
/// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-httplturlgt>
func gitPattern(_ pattern: String, matches origin: String) -> Bool {
    let (scheme, host) = parts(Array(pattern.utf8))
    let (ownScheme, ownHost) = parts(Array(origin.utf8))
    guard scheme.isEmpty || scheme == ownScheme else { return false }
    let labels = host.split(separator: ASCII.dot, omittingEmptySubsequences: false)
    let ownLabels = ownHost.split(separator: ASCII.dot, omittingEmptySubsequences: false)
    return labels.count == ownLabels.count
        && zip(labels, ownLabels).allSatisfy { $0.elementsEqual("*".utf8) || $0.elementsEqual($1) }
}

/// Scheme and `host[:port]`, in lower case, without user name, path, or the scheme's own port.
private func parts(_ url: [UInt8]) -> (scheme: [UInt8], host: [UInt8]) {
    let lower = url.map(\.asciiLowercased)
    let separator = Array("://".utf8)
    let position = lower.indices.first { lower[$0...].starts(with: separator) }
    let scheme = position.map { Array(lower[..<$0]) } ?? []
    let authority = lower[(position.map { $0 + 3 } ?? 0)...].prefix { $0 != ASCII.slash }
    let afterUser = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
    let ownPort = Array((scheme.equals("http") ? ":80" : ":443").utf8)
    let host = afterUser.suffix(ownPort.count).elementsEqual(ownPort) ? afterUser.dropLast(ownPort.count) : afterUser
    return (scheme, Array(host))
}
