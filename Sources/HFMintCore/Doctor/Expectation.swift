/// A claim that the user says a Trusted Publisher pins, and the value that it must have.
package struct Expectation: Equatable, Sendable {
    package let claim: String
    package let value: String

    /// Reads `CLAIM=VALUE` texts, which may name each claim only once.
    package static func parse(_ texts: [String]) throws(MintError) -> [Expectation] {
        var expectations: [Expectation] = []
        for text in texts {
            let bytes = Array(text.utf8)
            guard let equals = bytes.firstIndex(of: ASCII.equals), equals > 0, equals + 1 < bytes.count else {
                throw .usage(
                    "'--expect \(text)' is not CLAIM=VALUE",
                    hint: "write what the Trusted Publisher pins: --expect repository=acme/training")
            }
            let claim = String(decoding: bytes[..<equals], as: UTF8.self)
            guard !expectations.contains(where: { $0.claim.utf8.elementsEqual(claim.utf8) }) else {
                throw .usage(
                    "'--expect \(claim)=…' is given twice", hint: "a Trusted Publisher pins one value of a claim")
            }
            expectations.append(
                Expectation(claim: claim, value: String(decoding: bytes[(equals + 1)...], as: UTF8.self)))
        }
        return expectations
    }
}
