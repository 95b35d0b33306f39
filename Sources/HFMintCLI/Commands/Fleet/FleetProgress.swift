internal import HFMintCore

/// How far an apply has come, told while it works: a live table on a terminal, a line each in a log, or JSON.
///
/// The table stands below what has ended and below notes, and is drawn again with each of them. A terminal that is too
/// narrow cuts a line off, as a line that wraps would leave a rest behind.
struct FleetProgress: Sendable {
    private enum Form { case table, lines, json, nothing }

    private let watch = FleetWatch()
    private let context: Context
    private let form: Form
    /// How many rows the table has at the most, so that it fits into a small terminal.
    private static let limit = 12

    init(_ call: Call) {
        context = call.context
        let speaker = context.speaker
        let isTerminal = context.output.kind(of: .err) == .terminal && context.environment["TERM"] != "dumb"
        form =
            if call.arguments.has(.json) {
                .json
            } else if speaker.verbosity == .quiet {
                .nothing
            } else {
                // What is traced beside the table would tear it apart.
                isTerminal && speaker.verbosity == .normal ? .table : .lines
            }
    }

    /// Tells one event; called from any thread.
    func tell(_ event: FleetEvent) {
        watch.take(event) { row, isNews, rows, drawn in
            switch form {
            case .nothing: break
            case .json: context.output.write("\(event.jsonLine)\n", to: .out)
            case .lines:
                if isNews, !row.isPlanned { context.note("\(event.resource): \(row.words)\(event.duration)") }
            case .table: return draw(row, rows, above: drawn)
            }
            return 0
        }
    }

    /// The context for the work, whose notes stand above the table if there is one.
    var telling: Context {
        guard form == .table else { return context }
        var telling = context
        telling.speaker.output = OutputAboveTable(progress: self, output: context.output)
        return telling
    }

    /// Writes a note above the table.
    fileprivate func interject(_ text: borrowing Secret) {
        watch.interject { rows, drawn in
            context.output.write(Self.clearing(drawn), to: .err)
            context.output.write(text, to: .err)
            let (table, count) = table(rows)
            context.output.write(table, to: .err)
            return count
        }
    }

    /// Writes what has ended, and the table below it, over the table that was there.
    private func draw(_ row: FleetWatch.Row, _ rows: [FleetWatch.Row], above drawn: Int) -> Int {
        var text = Self.clearing(drawn)
        if !row.isInWork, !row.isPlanned {
            text += "hfmint: \(row.event.resource.printable): \(coloured(row))\(row.event.duration)\n"
        }
        let (table, count) = table(rows)
        context.output.write(text + table, to: .err)
        return count
    }

    /// What takes a table of so many lines away.
    private static func clearing(_ count: Int) -> String { count > 0 ? "\u{1B}[\(count)A\u{1B}[J" : "" }

    /// Returns the table, and how many lines it has.
    private func table(_ rows: [FleetWatch.Row]) -> (text: String, count: Int) {
        var lines: [String] = []
        let inWork = rows.filter(\.isInWork)
        let width = inWork.map(\.event.resource.utf8.count).max() ?? 0
        for row in inWork.prefix(Self.limit) {
            let stage = (row.stage ?? "").padded(to: 20)
            let changes = row.written.joined(separator: ", ")
            lines.append("  \(row.event.resource.padded(to: width))  \(stage)  \(row.event.seconds) s  \(changes)")
        }
        let more = inWork.count - Self.limit
        let planned = rows.count { $0.isPlanned }
        if more > 0 { lines.append("  and \(more) more") }
        if planned > 0 { lines.append("  \(planned) more to come") }
        // Lines that wrap would not be counted.
        return ("\u{1B}[?7l" + lines.map { $0.printable + "\n" }.joined() + "\u{1B}[?7h", lines.count)
    }

    private func coloured(_ row: FleetWatch.Row) -> String {
        let words = row.words.withoutTokens.printable
        guard !context.environment.isSet("NO_COLOR") else { return words }
        return switch row.event.step {
        case .failed: "\u{1B}[31m\(words)\u{1B}[0m"
        case .healthy: "\u{1B}[32m\(words)\u{1B}[0m"
        default: words
        }
    }
}

/// Where the work writes while a table is shown: what is for people goes above it.
private struct OutputAboveTable: Output {
    let progress: FleetProgress
    let output: any Output

    func write(_ text: borrowing Secret, to stream: OutputStream) {
        if stream == .err { progress.interject(text) } else { output.write(text, to: stream) }
    }

    func kind(of stream: OutputStream) -> StreamKind { output.kind(of: stream) }

    var failure: String? { output.failure }
}

extension FleetWatch.Row {
    /// What became of it, for a line that begins with its name.
    fileprivate var words: String {
        switch event.step {
        case .planned(let wave, let changes): "wave \(wave), \(counted(changes, "change"))"
        case .writing(let path): "writes \(path)"
        case .waiting(let stage): "waits, \(stage)"
        case .restoring(let path): "puts \(path) back"
        case .healthy: "healthy"
        case .failed(let reason): "failed: \(reason)"
        case .skipped(let reason): "left alone: \(reason)"
        case .interrupted: "stopped"
        }
    }
}

extension FleetEvent {
    /// The end of a line, with the seconds if there were any.
    fileprivate var duration: String { seconds > 0 ? " (\(seconds) s)" : "" }

    fileprivate var jsonLine: String {
        let wave: JSONValue = if case .planned(let wave, _) = step { .integer(wave) } else { .null }
        let json: JSONValue = [
            "event": .string(step.name), "resource": .string(resource), "detail": .string(step.detail), "wave": wave,
            "seconds": .integer(seconds),
        ]
        return String(decoding: json.rendered().reveal { $0.bytes }, as: UTF8.self)
    }
}
