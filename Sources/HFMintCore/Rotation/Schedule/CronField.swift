/// One of the five fields of a cron expression, and the values for which it stands.
///
/// Refuses a field that crons read in two ways, and names both. Vixie's cron reads a step after a single number as that
/// number alone; robfig/cron reads it as a range to the end. Croniter reads a range that begins at its end, or after
/// it, as one that goes around.
/// <https://github.com/vixie/cron/blob/master/entry.c>, <https://github.com/robfig/cron/blob/v3/parser.go>,
/// <https://github.com/pallets-eco/croniter>
struct CronField: Equatable, Sendable {
    struct Kind: Sendable {
        let noun: String
        let range: ClosedRange<Int>
        /// The names of the values, from the lowest value on.
        var names: [String] = []
        /// The last value of `*`: in days of the week, 7 is Sunday once more.
        var lastOfStar: Int? = nil
    }

    /// The field as it was written.
    let text: String
    let values: Set<Int>

    /// Whether it is a plain `*`: only some crons treat `1-31` and `*/1` as a star.
    var isStar: Bool { text.utf8.elementsEqual("*".utf8) }

    init(_ field: [UInt8], _ kind: Kind) throws(Malformed) {
        var values: Set<Int> = []
        for part in field.split(separator: ASCII.comma, omittingEmptySubsequences: false) {
            values.formUnion(try CronPart(Array(part), kind).values)
        }
        self.values = values
        text = CronPart.shown(field)
    }
}

/// `*`, `5`, `1-5`, `*/15`, `10-40/10`, or names instead of numbers.
private struct CronPart {
    let values: [Int]

    init(_ part: [UInt8], _ kind: CronField.Kind) throws(Malformed) {
        let text = Self.shown(part)
        func malformed(_ reason: String) -> Malformed { .init("has '\(text)', \(reason)") }
        let pieces = part.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        guard let bounds = Self.bounds(pieces[0], kind), pieces.count < 3 else {
            throw .init(Self.complaint(about: part, kind))
        }
        let (first, last, isSingle) = bounds
        let step = pieces.count == 2 ? Self.number(pieces[1]) : 1
        guard let step else { throw malformed("whose step is no number") }
        if isSingle, pieces.count == 2 {
            let end = kind.lastOfStar ?? kind.range.upperBound
            throw malformed("which is \(first) alone to some crons and \(first)-\(end)/\(step) to others")
        }
        if isSingle {
            values = [first]
            return
        }
        guard first != last else {
            throw malformed("which is \(first) alone to some crons and the whole way around to others: write \(first)")
        }
        guard first < last else {
            throw malformed(
                "which goes around the end to some crons and is nothing to others: write \(Self.around(first, last, kind))"
            )
        }
        guard step > 0, step <= last - first else {
            throw malformed("which cannot step: \(step == 0 ? "0 goes nowhere" : "only \(first) is left of it")")
        }
        values = Array(stride(from: first, through: last, by: step))
    }

    /// Returns the first and the last value of a range, or nil if it is malformed.
    private static func bounds(
        _ text: ArraySlice<UInt8>, _ kind: CronField.Kind
    ) -> (first: Int, last: Int, isSingle: Bool)? {
        if text.elementsEqual("*".utf8) {
            return (kind.range.lowerBound, kind.lastOfStar ?? kind.range.upperBound, false)
        }
        let ends = text.split(separator: ASCII.minus, omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let first = value(ends[0], kind),
            let last = value(ends[ends.count - 1], kind)
        else { return nil }
        return (first, last, ends.count == 1)
    }

    private static func value(_ text: ArraySlice<UInt8>, _ kind: CronField.Kind) -> Int? {
        if let index = kind.names.firstIndex(where: { text.map(\.asciiLowercased).elementsEqual($0.utf8) }) {
            return index + kind.range.lowerBound
        }
        return number(text).flatMap { kind.range.contains($0) ? $0 : nil }
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        guard (1...4).contains(text.count), text.allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }

    /// Returns a range that goes around the end as two ranges, such as `22-23,0-4`.
    private static func around(_ first: Int, _ last: Int, _ kind: CronField.Kind) -> String {
        let end = kind.lastOfStar ?? kind.range.upperBound
        func range(_ from: Int, _ to: Int) -> String { from == to ? "\(from)" : "\(from)-\(to)" }
        guard first <= end else { return range(kind.range.lowerBound, last) }
        return "\(range(first, end)),\(range(kind.range.lowerBound, last))"
    }

    /// Returns what is wrong with a part that is no range: a sign that other crons know, or a mistake.
    private static func complaint(about part: [UInt8], _ kind: CronField.Kind) -> String {
        let text = shown(part)
        if part.first == UInt8(ascii: "?") {
            return "has '\(text)', which is '*' to some crons and unknown to others: write '*'"
        }
        let letters = part.map(\.asciiUppercased).filter { !"0123456789()-/".utf8.contains($0) }
        if letters.contains(UInt8(ascii: "~")) || [Array("H".utf8), Array("R".utf8)].contains(letters) {
            return "has '\(text)', which others draw at random: that is 'jitter' here"
        }
        let isLast = letters.last == UInt8(ascii: "L") && kind.names.count != 12
        if letters.contains(UInt8(ascii: "#")) || isLast || letters.last == UInt8(ascii: "W") {
            return "has '\(text)', a sign that few crons know: name the days by numbers"
        }
        return
            "has \(kind.noun == "hour" ? "an" : "a") \(kind.noun) that is not one of \(kind.range.lowerBound) to \(kind.range.upperBound): '\(text)'"
    }

    static func shown(_ text: [UInt8]) -> String {
        String(decoding: text.prefix(40), as: UTF8.self) + (text.count > 40 ? "…" : "")
    }
}
