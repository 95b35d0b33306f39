/// Changes of a text, line by line; a line without one stays as it is, byte by byte.
struct LineEdits: Sendable {
    /// The lines that stand in place of an original one; none for a line that is removed.
    private(set) var replaced: [Int: [[UInt8]]] = [:]
    /// The lines that stand before an original one, or at the end for the number of lines.
    private(set) var inserted: [Int: [[UInt8]]] = [:]

    var isEmpty: Bool { replaced.isEmpty && inserted.isEmpty }

    mutating func remove(_ lines: Range<Int>) throws(Doubt) {
        for line in lines { try replace(line, with: []) }
    }

    /// - Throws: if two changes meet at this line.
    mutating func replace(_ line: Int, with new: [String]) throws(Doubt) {
        guard replaced.updateValue(new.map { Array($0.utf8) }, forKey: line) == nil else {
            throw Doubt(at: line, "two changes would meet here")
        }
    }

    mutating func insert(_ new: [String], before line: Int) {
        inserted[line, default: []] += new.map { Array($0.utf8) }
    }
}

extension LineEdits {
    /// A step of the way from the old text to the new one.
    enum Step: Equatable, Sendable {
        case keep(SourceText.Line)
        case remove(SourceText.Line)
        case add(SourceText.Line)
    }

    /// Returns every line of the old and of the new text, in order.
    ///
    /// A text that ends without a line break still does afterwards.
    func steps(from text: SourceText) -> [Step] {
        var steps: [Step] = []
        for index in 0...text.lines.count {
            for bytes in inserted[index] ?? [] { steps.append(.add(.init(bytes: bytes, ending: text.ending))) }
            guard index < text.lines.count else { break }
            let line = text.lines[index]
            guard let new = replaced[index] else {
                steps.append(.keep(line))
                continue
            }
            steps.append(.remove(line))
            let ending = line.ending.isEmpty ? text.ending : line.ending
            for bytes in new { steps.append(.add(.init(bytes: bytes, ending: ending))) }
        }
        guard text.lines.last?.ending.isEmpty == true else { return steps }
        return Self.withoutLastBreak(steps, text.ending)
    }

    /// Returns the steps with a line break taken from the new last line, and given to a line that was the last one.
    private static func withoutLastBreak(_ steps: [Step], _ ending: [UInt8]) -> [Step] {
        guard let last = steps.lastIndex(where: { if case .remove = $0 { false } else { true } }) else { return steps }
        return steps.enumerated().flatMap { index, step -> [Step] in
            switch step {
            case .keep(let line) where index != last && line.ending.isEmpty:
                [.remove(line), .add(.init(bytes: line.bytes, ending: ending))]
            case .keep(let line) where index == last && !line.ending.isEmpty:
                [.remove(line), .add(.init(bytes: line.bytes, ending: []))]
            case .add(let line) where index == last: [.add(.init(bytes: line.bytes, ending: []))]
            default: [step]
            }
        }
    }

    /// Returns the new text.
    func applied(to text: SourceText) -> [UInt8] {
        steps(from: text).flatMap { step -> [UInt8] in
            switch step {
            case .keep(let line), .add(let line): line.bytes + line.ending
            case .remove: []
            }
        }
    }
}
