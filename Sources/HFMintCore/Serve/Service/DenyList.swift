/// Those who are refused whatever the policy says, from the file that the manifest's `serve.deny` names.
///
/// Each line is one JSON object of one of these kinds. Blank lines are passed over, and lines that begin with `#`.
///
///     {"iss": "https://gitlab.com", "sub": "project_path:acme/training:ref_type:branch:ref:main"}
///     {"iss": "https://gitlab.com"}                  everybody of this issuer
///     {"ticket": "9f86d081884c7d65…"}                what has this SHA-256 (64 digits), or the ticket of this id (32)
///     {"key": "0123456789abcdef"}                    all tickets under this key
///
/// Whoever reads the file keeps the list before if the new one is refused: a mistake must not let anybody in again.
package struct DenyList: Equatable, Sendable {
    private struct Person: Hashable, Sendable {
        let issuer: [UInt8]
        let subject: [UInt8]
    }

    private var people: Set<Person> = []
    private var issuers: Set<[UInt8]> = []
    private var tickets: Set<[UInt8]> = []
    private var keys: Set<[UInt8]> = []
    /// The SHA-256 of the file, or nothing for a list that comes from none.
    package let digest: [UInt8]

    /// The most bytes of a list.
    package static let byteLimit = 8 << 20
    private static let lineLimits = JSONLimits(byteCount: 8_192, depth: 1, nodeCount: 8)

    /// A list that refuses nobody.
    package init() { digest = [] }

    /// Reads the list.
    ///
    /// - Throws: ``Malformed`` for the first line that is none of a list. The reason names its number, and quotes
    ///   nothing, as somebody may have written a token there.
    package init(_ bytes: [UInt8], digest: [UInt8] = []) throws(Malformed) {
        self.digest = digest
        guard bytes.count <= Self.byteLimit else { throw Malformed("it is larger than \(Self.byteLimit >> 20) MiB") }
        var number = 0
        for line in bytes.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false) {
            number += 1
            let begins = line.drop { [ASCII.space, ASCII.tab, ASCII.carriageReturn].contains($0) }
            guard let first = begins.first, first != UInt8(ascii: "#") else { continue }
            do throws(Malformed) {
                try read(JSONText(Array(line), limits: Self.lineLimits))
            } catch {
                throw Malformed("line \(number): \(error.reason)", hint: error.hint)
            }
        }
    }

    private mutating func read(_ line: JSONText) throws(Malformed) {
        guard let members = line.root.members else { throw Malformed("it is no JSON object") }
        let (issuer, subject) = (try Self.text("iss", line), try Self.text("sub", line))
        let (ticket, key) = (try Self.text("ticket", line), try Self.text("key", line))
        switch (members.count, issuer, subject, ticket, key) {
        case (1, let issuer?, nil, nil, nil): issuers.insert(issuer)
        case (2, let issuer?, let subject?, nil, nil): people.insert(Person(issuer: issuer, subject: subject))
        case (1, nil, nil, let ticket?, nil):
            tickets.insert(
                try Self.digits(ticket, [64, 32], "'ticket' must be the SHA-256 of a ticket, or a ticket's id"))
        case (1, nil, nil, nil, let key?): keys.insert(try Self.digits(key, [16], "'key' must be the id of a key"))
        default: throw Malformed("it must have 'iss', 'iss' and 'sub', 'ticket', or 'key', and nothing else")
        }
    }

    private static func text(_ name: String, _ line: JSONText) throws(Malformed) -> [UInt8]? {
        guard let node = line.root.member(name) else { return nil }
        guard let text = line.string(node), !text.isEmpty else {
            throw Malformed("'\(name)' must be a text, and not an empty one")
        }
        return text
    }

    /// Returns hexadecimal digits in lower case, of which there must be as many as one of `counts` says.
    private static func digits(_ text: [UInt8], _ counts: [Int], _ complaint: String) throws(Malformed) -> [UInt8] {
        guard counts.contains(text.count), text.allSatisfy({ $0.hexDigitValue != nil }) else {
            let numbers = counts.map(String.init).joined(separator: " or ")
            throw Malformed("\(complaint): \(numbers) hexadecimal digits")
        }
        return text.map(\.asciiLowercased)
    }

    /// How many lines of the list refuse somebody; the same line twice counts once.
    package var count: Int { people.count + issuers.count + tickets.count + keys.count }

    /// Whether a caller is refused; texts are compared byte by byte.
    ///
    /// - Parameters:
    ///   - tokenSHA256: of what the caller showed, in lower case.
    ///   - ticketID: ``DenyList`` names a ticket by it as well; nil for an ID token.
    ///   - keyID: the key of the ticket; nil for an ID token.
    package func refuses(
        issuer: [UInt8], subject: [UInt8], tokenSHA256: String, ticketID: String? = nil, keyID: String?
    ) -> Bool {
        // Most lists are empty, and each question costs time at every request.
        if !issuers.isEmpty, issuers.contains(issuer) { return true }
        if !people.isEmpty, people.contains(Person(issuer: issuer, subject: subject)) { return true }
        if !tickets.isEmpty, [tokenSHA256, ticketID ?? ""].contains(where: { tickets.contains(Array($0.utf8)) }) {
            return true
        }
        return !keys.isEmpty && keyID.map { keys.contains(Array($0.utf8)) } == true
    }
}
