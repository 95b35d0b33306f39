internal import HFMintCore

/// How far an apply has come, told while it works: a live table on a terminal, a line each in a log, or JSON.
///
/// The table stands below what has ended, and is drawn again with each event. A terminal that is too narrow cuts a line
/// off, as a line that wraps would leave a rest behind.
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

    /// Writes what has ended, and the table below it, over the table that was there.
    private func draw(_ row: FleetWatch.Row, _ rows: [FleetWatch.Row], above drawn: Int) -> Int {
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
        var text = drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : ""
        if !row.isInWork, !row.isPlanned {
            text += "hfmint: \(row.event.resource.printable): \(coloured(row))\(row.event.duration)\n"
        }
        // Lines that wrap would not be counted.
        text += "\u{1B}[?7l" + lines.map { $0.printable + "\n" }.joined() + "\u{1B}[?7h"
        context.output.write(text, to: .err)
        return lines.count
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
