/// A change of one file, as `git apply` and `patch` take it.
///
/// <https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html>
struct UnifiedDiff: Sendable {
    private let path: String
    private let steps: [LineEdits.Step]

    private static let context = 3

    /// - Parameter path: the path from the top of the repository.
    init(_ path: String, _ steps: [LineEdits.Step]) {
        self.path = path
        self.steps = steps
    }

    /// The whole diff; empty if nothing changes.
    var text: String {
        let hunks = hunks
        guard !hunks.isEmpty else { return "" }
        var bytes = Array("--- a/\(path)\n+++ b/\(path)\n".utf8)
        // The numbers of lines before each step, in the old text and in the new one.
        var before: [(old: Int, new: Int)] = [(0, 0)]
        for step in steps {
            let (old, new) = before[before.count - 1]
            switch step {
            case .keep: before.append((old + 1, new + 1))
            case .remove: before.append((old + 1, new))
            case .add: before.append((old, new + 1))
            }
        }
        for hunk in hunks {
            let (start, end) = (before[hunk.lowerBound], before[hunk.upperBound])
            let old = Self.range(start.old, end.old - start.old)
            let new = Self.range(start.new, end.new - start.new)
            bytes += Array("@@ -\(old) +\(new) @@\n".utf8)
            for step in steps[hunk] { bytes += Self.rendered(step) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The steps of each hunk: changes, and the lines around them.
    private var hunks: [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, step) in steps.enumerated() {
            if case .keep = step { continue }
            let (start, end) = (max(0, index - Self.context), min(steps.count, index + 1 + Self.context))
            if let last = hunks.last, start <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<end
            } else {
                hunks.append(start..<end)
            }
        }
        return hunks
    }

    private static func range(_ before: Int, _ count: Int) -> String {
        let start = count == 0 ? before : before + 1
        return count == 1 ? "\(start)" : "\(start),\(count)"
    }

    private static func rendered(_ step: LineEdits.Step) -> [UInt8] {
        let (mark, line) =
            switch step {
            case .keep(let line): (ASCII.space, line)
            case .remove(let line): (ASCII.minus, line)
            case .add(let line): (UInt8(ascii: "+"), line)
            }
        let end = line.ending.isEmpty ? Array("\n\\ No newline at end of file\n".utf8) : line.ending
        return [mark] + line.bytes + end
    }
}
