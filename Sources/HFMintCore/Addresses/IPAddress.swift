/// An IP address, independent of its spelling.
///
/// It reads the forms of <https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2> and
/// <https://www.rfc-editor.org/rfc/rfc4291#section-2.2>, and writes the form of
/// <https://www.rfc-editor.org/rfc/rfc5952>.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    /// Reads four decimal numbers, or returns nil.
    ///
    /// Leading zeros are refused, because some readers take such a number as octal.
    package init?(v4 text: some Collection<UInt8>) {
        let parts = text.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> UInt8? in
            guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit), part.count == 1 || part.first != 0x30
            else { return nil }
            return UInt8(String(decoding: part, as: UTF8.self))
        }
        guard parts.count == 4, numbers.count == 4 else { return nil }
        bytes = numbers
    }

    /// Reads an IPv6 address without brackets and without a zone, or returns nil.
    package init?(v6 text: some Collection<UInt8>) {
        let text = Array(text)
        guard text.count <= 45 else { return nil }
        let gap = text.indices.dropLast().first { text[$0] == ASCII.colon && text[$0 + 1] == ASCII.colon }
        guard let gap else {
            guard let whole = Self.groups(text[...], areLast: true), whole.count == 16 else { return nil }
            bytes = whole
            return
        }
        guard let head = Self.groups(text[..<gap], areLast: false),
            let tail = Self.groups(text[(gap + 2)...], areLast: true), head.count + tail.count <= 14
        else { return nil }
        bytes = head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Reads an address in the form of a URL's host, with IPv6 in brackets, or returns nil.
    package init?(host: some Collection<UInt8>) {
        guard host.first == UInt8(ascii: "[") else {
            self.init(v4: host)
            return
        }
        let inside = Array(host.dropFirst())
        guard inside.last == UInt8(ascii: "]") else { return nil }
        self.init(v6: inside.dropLast())
    }

    /// Returns the bytes of groups of hexadecimal digits, or nil; the very last group may be an IPv4 address.
    private static func groups(_ text: ArraySlice<UInt8>, areLast: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            let digits = part.compactMap(\.hexDigitValue)
            if areLast, index == parts.count - 1, let four = IPAddress(v4: part) {
                bytes += four.bytes
            } else if (1...4).contains(part.count), digits.count == part.count {
                let group = digits.reduce(UInt16(0)) { $0 << 4 | UInt16($1) }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            } else {
                return nil
            }
        }
        return bytes
    }

    /// The IPv4 address inside an IPv4-mapped address such as `::ffff:127.0.0.1`, or the address itself.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2>
    private var unmapped: IPAddress {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: prefix) ? IPAddress(Array(bytes[12...])) : self
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether the address is this machine.
    package var isLoopback: Bool {
        let address = unmapped.bytes
        return address.count == 4 ? address[0] == 127 : address == [UInt8](repeating: 0, count: 15) + [1]
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical spelling, without brackets.
    package var description: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        guard unmapped == self else { return "::ffff:\(unmapped)" }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let words = groups.map { String($0, radix: 16) }
        // `::` replaces the first of the longest rows of zeros, but never a single zero.
        let rows = groups.indices.map { start in start..<start + groups[start...].prefix { $0 == 0 }.count }
        guard let longest = rows.max(by: { $0.count < $1.count }), longest.count > 1 else {
            return words.joined(separator: ":")
        }
        let first = rows.first { $0.count == longest.count } ?? longest
        return words[..<first.lowerBound].joined(separator: ":") + "::"
            + words[first.upperBound...].joined(separator: ":")
    }

    /// The spelling in a URL, with IPv6 in brackets.
    package var host: String { bytes.count == 4 ? description : "[\(description)]" }
}
