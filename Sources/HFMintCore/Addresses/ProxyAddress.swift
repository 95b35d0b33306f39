/// A proxy as curl's variables name it: `[scheme://][user[:password]@]host[:port]`.
///
/// It is read before the first request, because libcurl would take a malformed one as the name of another host, and
/// fail only after every try. <https://curl.se/libcurl/c/CURLOPT_PROXY.html>
package struct ProxyAddress: Equatable, Sendable {
    package enum Scheme: String, CaseIterable, Sendable { case http, https, socks, socks4, socks4a, socks5, socks5h }

    package let scheme: Scheme
    /// Whether the variable names the scheme; otherwise curl takes http.
    package let namesScheme: Bool
    /// The host as the variable spells it, with an IPv6 address in brackets.
    package let host: String
    package let port: Int?

    /// - Throws: a clause about the variable, which quotes nothing, because any part may be the password.
    package init(_ value: [UInt8]) throws(Malformed) {
        try Self.checkBytes(value)
        let slashes = value.indices.first { value[$0...].starts(with: "://".utf8) }
        // Without a scheme's name in front, `://` belongs to a password or a path.
        let name = slashes.map { value[..<$0].map(\.asciiLowercased) } ?? []
        let isName = !name.isEmpty && name.allSatisfy { $0.isASCIILetterOrDigit || "+-.".utf8.contains($0) }
        if slashes == 0 { throw Malformed("has no scheme before its '://'") }
        namesScheme = isName
        if isName {
            guard let known = Scheme.allCases.first(where: { name.equals($0.rawValue) }) else {
                throw Malformed("has a scheme that no proxy has (http and https are usual)")
            }
            scheme = known
        } else {
            scheme = .http
        }
        let bare = ["http//", "https//", "socks5//"].contains { value.map(\.asciiLowercased).starts(with: $0.utf8) }
        if bare { throw Malformed("has no ':' behind its scheme") }
        let rest = value[(isName ? name.count + 3 : 0)...]
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        try Self.checkEnd(rest.dropFirst(authority.count))
        let parts = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        if parts.count > 2 { throw Malformed("has a raw '@' in its user name or password") }
        if parts.count == 2 { try Self.checkUser(parts[0]) }
        (host, port) = try Self.split(parts[parts.count - 1])
    }

    /// The host and the port, for messages, without the user name and the password.
    package var description: String { port.map { "\(host):\($0)" } ?? host }

    private static func checkBytes(_ value: [UInt8]) throws(Malformed) {
        let breaks = [ASCII.lineFeed, ASCII.carriageReturn]
        if let last = value.last, breaks.contains(last) { throw Malformed("ends in a line break") }
        if value.contains(where: breaks.contains) { throw Malformed("holds a line break") }
        if value.first == ASCII.space { throw Malformed("begins with a blank") }
        if value.last == ASCII.space { throw Malformed("ends in a blank") }
        if value.contains(where: { $0 == ASCII.space || $0 == ASCII.tab }) { throw Malformed("holds a blank") }
        if value.contains(where: \.isASCIIControl) { throw Malformed("holds a control character") }
        let quotes = "'`\"".utf8
        if value.first.map(quotes.contains) == true || value.last.map(quotes.contains) == true {
            throw Malformed("stands in quotation marks, which are part of its value")
        }
        if value.contains(ASCII.quote) { throw Malformed("holds a quotation mark") }
    }

    /// Refuses what may not follow the host and the port.
    private static func checkEnd(_ rest: ArraySlice<UInt8>) throws(Malformed) {
        guard let first = rest.first else { return }
        let mark = String(decoding: [first], as: UTF8.self)
        if rest.contains(UInt8(ascii: "@")) { throw Malformed("has a raw '\(mark)' in its user name or password") }
        // curl ignores a path, but a path to a file of rules shows that a browser's setting was copied.
        if rest.suffix(4).map(\.asciiLowercased).elementsEqual(".pac".utf8) {
            throw Malformed("names a file of rules (PAC), which browsers alone read")
        }
        if first != ASCII.slash { throw Malformed("has a '\(mark)', which no proxy's address has") }
    }

    /// Checks the user name and the password, which libcurl decodes; control characters are refused.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc7617#section-2>
    private static func checkUser(_ text: ArraySlice<UInt8>) throws(Malformed) {
        for index in text.indices where text[index] == UInt8(ascii: "%") {
            let digits = text[(index + 1)...].prefix(2).compactMap(\.hexDigitValue)
            guard digits.count == 2 else {
                throw Malformed("has a '%' in its user name or password that two hexadecimal digits do not follow")
            }
            if (digits[0] << 4 | digits[1]).isASCIIControl {
                throw Malformed("has a percent-encoded control character in its user name or password")
            }
        }
    }

    /// Returns whether a name and its labels have lengths that DNS allows.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>
    private static func isName(_ host: ArraySlice<UInt8>) -> Bool {
        let name = host.last == ASCII.dot ? host.dropLast() : host
        let labels = name.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        return name.count <= 253 && labels.allSatisfy { (1...63).contains($0.count) && $0.first != ASCII.minus }
    }

    private static func split(_ text: ArraySlice<UInt8>) throws(Malformed) -> (String, Int?) {
        if let reason = IPAddress.complaint(about: text) { throw Malformed(reason) }
        let isBracketed = text.first == UInt8(ascii: "[")
        let end = text.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 }
        let host = isBracketed ? text[..<(end ?? text.endIndex)] : text.prefix { $0 != ASCII.colon }
        guard !host.isEmpty else { throw Malformed("names no host") }
        let isPlain = host.allSatisfy { $0.isASCIILetterOrDigit || "-._".utf8.contains($0) }
        guard isBracketed || isPlain else { throw Malformed("has a byte in its host that no host's name has") }
        guard isBracketed || isName(host) else { throw Malformed("has a host that no name can be") }
        let rest = text[host.endIndex...]
        let name = String(decoding: host, as: UTF8.self)
        if rest.isEmpty {
            let words = ["direct", "none", "null", "undefined", "false", "true", "off", "no"]
            if let word = words.first(where: { host.map(\.asciiLowercased).elementsEqual($0.utf8) }) {
                throw Malformed("is the word '\(word)': unset it for no proxy")
            }
            return (name, nil)
        }
        guard rest.first == ASCII.colon, let port = Origin.port(rest.dropFirst()) else {
            throw Malformed("has no usable port: one is a number from 1 to 65535")
        }
        return (name, port)
    }
}
