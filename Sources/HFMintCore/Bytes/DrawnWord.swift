/// A random word whose last six letters are a check of the others, so that hfmint recognises the words that it drew.
///
/// A name that a person chose is not mistaken for one.
package enum DrawnWord {
    private static let drawnCount = 7
    private static let checkCount = 6

    package static func draw(from random: UInt64) -> String {
        let drawn = letters(of: random, count: drawnCount)
        return String(decoding: drawn + check(drawn), as: UTF8.self)
    }

    package static func isDrawn(_ word: some Collection<UInt8>) -> Bool {
        guard word.count == drawnCount + checkCount else { return false }
        return check(Array(word.prefix(drawnCount))).elementsEqual(word.suffix(checkCount))
    }

    private static func check(_ drawn: [UInt8]) -> [UInt8] {
        let digits = fingerprint([Array("hfmint".utf8), drawn]).utf8.prefix(16)
        return letters(of: digits.reduce(0) { $0 << 4 | UInt64($1.hexDigitValue ?? 0) }, count: checkCount)
    }

    /// Returns the lowest `count` digits of `number` in base 36.
    private static func letters(of number: UInt64, count: Int) -> [UInt8] {
        var number = number
        return (0..<count).map { _ in
            defer { number /= 36 }
            return Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)[Int(number % 36)]
        }
    }
}
