/// The hosts for which a `.netrc` holds a log-in, and the kind of each password; no user name or password is kept.
///
/// <https://everything.curl.dev/usingcurl/netrc.html>
package struct NetrcLogins: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        /// The host in lower case, or nil for the `default` entry.
        package let host: String?
        /// The line of the password, or of the entry if it has none.
        package fileprivate(set) var line: Int
        package fileprivate(set) var hasLogin = false
        /// Whether the password begins like a token of the Hub.
        package fileprivate(set) var hasToken = false
    }

    /// The entries in the order of the file.
    package private(set) var entries: [Entry] = []

    package init(_ text: Span<UInt8>) {
        var index = 0
        while let word = Self.nextWord(in: text, from: &index) {
            if text.equals("machine", in: word) {
                guard let host = Self.nextWord(in: text, from: &index) else { return }
                let name = String(decoding: host.map { text[$0].asciiLowercased }, as: UTF8.self)
                entries.append(Entry(host: name, line: text.line(of: host.lowerBound)))
            } else if text.equals("default", in: word) {
                entries.append(Entry(host: nil, line: text.line(of: word.lowerBound)))
            } else if text.equals("macdef", in: word) {
                Self.skipMacro(in: text, from: &index)
            } else if ["login", "password", "account"].contains(where: { text.equals($0, in: word) }) {
                guard let value = Self.nextWord(in: text, from: &index) else { return }
                note(text, value, isPassword: text.equals("password", in: word))
            }
        }
    }

    private mutating func note(_ text: Span<UInt8>, _ value: Range<Int>, isPassword: Bool) {
        guard let last = entries.indices.last else { return }
        entries[last].hasLogin = true
        guard isPassword else { return }
        entries[last].hasToken = value.count > 3 && text.equals("hf_", in: value.prefix(3))
        entries[last].line = text.line(of: value.lowerBound)
    }

    /// Returns the first entry that holds a log-in for `host` or for every host, or nil.
    package func entry(for host: String) -> Entry? {
        entries.first { $0.hasLogin && ($0.host.map { $0.utf8.elementsEqual(host.utf8) } ?? true) }
    }

    /// Returns the range of the next word, without the quotes around it, or nil at the end.
    ///
    /// A `#` where a word could begin starts a comment, which ends with the line.
    private static func nextWord(in text: Span<UInt8>, from index: inout Int) -> Range<Int>? {
        while index < text.count {
            if text[index] == UInt8(ascii: "#") {
                while index < text.count, text[index] != ASCII.lineFeed { index += 1 }
            } else if text[index] > ASCII.space {
                break
            } else {
                index += 1
            }
        }
        guard index < text.count else { return nil }
        guard text[index] == ASCII.quote else {
            let start = index
            while index < text.count, text[index] > ASCII.space { index += 1 }
            return start..<index
        }
        index += 1
        let start = index
        while index < text.count, text[index] != ASCII.quote {
            index += text[index] == ASCII.backslash && index + 1 < text.count ? 2 : 1
        }
        let end = index
        index = min(index + 1, text.count)
        return start..<end
    }

    /// Skips a macro, which ends at the next empty line.
    private static func skipMacro(in text: Span<UInt8>, from index: inout Int) {
        while index < text.count {
            let endsMacro = text[index] == ASCII.lineFeed && index > 0 && text[index - 1] == ASCII.lineFeed
            index += 1
            if endsMacro { return }
        }
    }
}

extension Span where Element == UInt8 {
    fileprivate func line(of position: Int) -> Int { 1 + (0..<position).count { self[$0] == ASCII.lineFeed } }
}
