/// What an ID token says of its job.
///
/// Claims are compared as bytes. The text forms are for messages alone.
package struct Claims: Equatable, Sendable {
    /// The whole of them, as they were read.
    package let text: JSONText

    package init(_ text: JSONText) {
        self.text = text
    }

    /// What is known without an ID token: nothing.
    package static let none = Claims(.emptyObject)

    /// The string claim `name`, for a message; a boolean or a number as it is written.
    package subscript(name: String) -> String? {
        guard let node = text.root[name] else { return nil }
        switch node.value {
        case .string: return text.string(node).map { String(decoding: $0, as: UTF8.self) }
        case .number, .bool: return String(decoding: text.bytes[node.range], as: UTF8.self)
        case .null, .array, .object: return nil
        }
    }

    /// Whether the string claim `name` has exactly the bytes of `value`.
    package func equals(_ name: String, _ value: String) -> Bool {
        text.string(text.root[name])?.equals(value) ?? false
    }

    /// `aud`, which may be one string or an array of them (RFC 7519, 4.1.3).
    package var audiences: [[UInt8]] {
        let node = text.root["aud"]
        if let one = text.string(node) { return [one] }
        return node?.elements?.compactMap { text.string($0) } ?? []
    }

    package var expiresAt: Timestamp? { moment("exp") }
    package var issuedAt: Timestamp? { moment("iat") }

    /// Everything that the token says of the job but its times and its number: two jobs differ in it.
    package var lasting: [String] {
        text.root.members?.filter { member in
            !member.node.isNull && !["exp", "iat", "nbf", "jti"].contains { member.name.equals($0) }
        }
        .map { member in
            String(decoding: member.name + [ASCII.equals] + text.bytes[member.node.range], as: UTF8.self)
        } ?? []
    }

    /// Whether both are of one job, byte by byte: ``lasting`` is the same.
    func sayTheSame(as other: Claims) -> Bool {
        lasting.map { Array($0.utf8) } == other.lasting.map { Array($0.utf8) }
    }

    /// Brought into the years 1970 to 9999, so that it can be told, and counted with.
    ///
    /// A NumericDate may have a fraction (RFC 7519, 2); and some issuers write it as a text.
    private func moment(_ name: String) -> Timestamp? {
        guard let node = text.root[name] else { return nil }
        let written = text.string(node) ?? (node.value == .number ? Array(text.bytes[node.range]) : [])
        guard written.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) }),
            let seconds = Double(String(decoding: written, as: UTF8.self)), !seconds.isNaN
        else { return nil }
        return Timestamp(secondsSince1970: Int(min(max(0, seconds), 253_402_300_799)))
    }

    /// The claim `name` as a moment, exactly: a whole number of seconds in the years 1970 to 9999.
    func exactMoment(_ name: String) -> Timestamp? {
        text.integer(text.root[name]).flatMap { seconds in
            (0...253_402_300_799).contains(seconds) ? Timestamp(secondsSince1970: seconds) : nil
        }
    }

    /// The claim `name` in the form in which it can be compared with a text.
    func comparable(_ name: String) -> PinnedValue {
        text.root[name].map(comparable) ?? .missing
    }

    /// Every claim in that form.
    var comparableValues: [[UInt8]: PinnedValue] {
        let members = text.root.members?.filter { !$0.node.isNull } ?? []
        return Dictionary(members.map { ($0.name, comparable($0.node)) }, uniquingKeysWith: { first, _ in first })
    }

    private func comparable(_ node: JSONNode) -> PinnedValue {
        switch node.value {
        case .string: return .string(text.string(node) ?? [])
        case .number, .bool: return .other(String(decoding: text.bytes[node.range], as: UTF8.self))
        case .array(let elements):
            let strings = elements.compactMap { text.string($0) }
            return strings.count == elements.count ? .strings(strings) : .unusable
        case .null, .object: return .unusable
        }
    }
}
