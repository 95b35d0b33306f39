/// For which hosts a `.netrc` holds a log-in; no user name and no password is kept.
///
/// <https://everything.curl.dev/usingcurl/netrc.html>
package struct NetrcHosts: Equatable, Sendable {
    /// In lower case, in the order of the file.
    package private(set) var hosts: [String] = []
    /// Whether there is a log-in for every other host too.
    package private(set) var hasDefault = false

    package init(_ text: Span<UInt8>) {
        var index = 0
        while let word = Self.nextWord(in: text, from: &index) {
            if text.equals("machine", in: word) {
                guard let host = Self.nextWord(in: text, from: &index) else { return }
                hosts.append(String(decoding: host.map { text[$0].asciiLowercased }, as: UTF8.self))
            } else if text.equals("default", in: word) {
                hasDefault = true
            } else if text.equals("macdef", in: word) {
                Self.skipMacro(in: text, from: &index)
            } else if ["login", "password", "account"].contains(where: { text.equals($0, in: word) }) {
                _ = Self.nextWord(in: text, from: &index)
            }
        }
    }

    /// The next word, without quotes around it; a `#` where a word could begin makes a comment of the line.
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

    /// A macro goes to the next empty line.
    private static func skipMacro(in text: Span<UInt8>, from index: inout Int) {
        while index < text.count {
            let endsMacro = text[index] == ASCII.lineFeed && index > 0 && text[index - 1] == ASCII.lineFeed
            index += 1
            if endsMacro { return }
        }
    }
}
