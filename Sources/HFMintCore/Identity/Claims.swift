/// The claims of an ID token, which describe its job.
///
/// Claims are compared as bytes. Their text forms are for messages only.
package struct Claims: Equatable, Sendable {
    /// All claims, as the token spells them.
    package let text: JSONText

    package init(_ text: JSONText) {
        self.text = text
    }

    /// No claims, for a job without an ID token.
    package static let none = Claims(.emptyObject)

    /// Returns the claim `name` for a message: a string, or a boolean or a number as it is written; else nil.
    package subscript(name: String) -> String? {
        guard let node = text.root[name] else { return nil }
        switch node.value {
        case .string: return text.string(node).map { String(decoding: $0, as: UTF8.self) }
        case .number, .bool: return String(decoding: text.bytes[node.range], as: UTF8.self)
        case .null, .array, .object: return nil
        }
    }

    /// Returns whether the string claim `name` has exactly the bytes of `value`.
    package func equals(_ name: String, _ value: String) -> Bool {
        text.string(text.root[name])?.equals(value) ?? false
    }

    /// The strings of `aud`, which may be one string or an array (RFC 7519, 4.1.3).
    package var audiences: [[UInt8]] {
        let node = text.root["aud"]
        if let one = text.string(node) { return [one] }
        return node?.elements?.compactMap { text.string($0) } ?? []
    }

    /// Returns whether the ID token is for `audience`, and perhaps for others.
    package func isFor(_ audience: String) -> Bool { audiences.contains { $0.equals(audience) } }

    /// The ``audiences`` for a message: `'one', 'other'`.
    package var quotedAudiences: String {
        audiences.map { "'\(String(decoding: $0, as: UTF8.self))'" }.joined(separator: ", ")
    }

    package var expiresAt: Timestamp? { moment("exp") }
    package var issuedAt: Timestamp? { moment("iat") }

    /// The claims by which two jobs differ and two ID tokens of one job do not, each as `name=value`.
    package var lasting: [String] {
        text.root.members?.filter { member in
            !member.node.isNull && !ProviderClaims.changing.contains { member.name.equals($0) }
        }
        .map { member in
            String(decoding: member.name + [ASCII.equals] + text.bytes[member.node.range], as: UTF8.self)
        } ?? []
    }

    /// Returns whether both describe one job: ``lasting`` is the same, byte by byte.
    func describesSameJob(as other: Claims) -> Bool {
        lasting.map { Array($0.utf8) } == other.lasting.map { Array($0.utf8) }
    }

    /// Returns the claim `name` as a moment, or nil if it is none.
    ///
    /// A moment outside the years 1970 to 9999 is moved to the nearest one inside, so that it can be printed. A
    /// NumericDate may have a fraction (RFC 7519, 2), and some issuers write it as a string.
    private func moment(_ name: String) -> Timestamp? {
        guard let node = text.root[name] else { return nil }
        let written = text.string(node) ?? (node.value == .number ? Array(text.bytes[node.range]) : [])
        guard written.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) }),
            let seconds = Double(String(decoding: written, as: UTF8.self)), !seconds.isNaN
        else { return nil }
        return Timestamp(secondsSince1970: Int(min(max(0, seconds), Double(Timestamp.lastSecond))))
    }

    /// Returns the claim `name` if it is a whole number of seconds in the years 1970 to 9999, or nil.
    func exactMoment(_ name: String) -> Timestamp? {
        text.integer(text.root[name]).flatMap { seconds in
            (0...Timestamp.lastSecond).contains(seconds) ? Timestamp(secondsSince1970: seconds) : nil
        }
    }

    /// Returns the claim `name` in the form that is compared with a pinned text.
    func comparable(_ name: String) -> PinnedValue {
        text.root[name].map(comparable) ?? .missing
    }

    /// Every claim in that form, by name.
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
