internal import HFMintCore

extension Command {
    package static let rotateRunbook = Command(
        name: "rotate runbook",
        summary: "say what is true, and what to type, when a rotation has stopped",
        operands: "[REASON]",
        description: [
            "Prints what the runbook says of a reason to stop, as `hfmint rotate status` shows it in brackets; without one,"
                + " all of the runbook, in Markdown.",
            "The reasons: \(Runbook.sections.map(\.name).joined(separator: ", ")).",
        ],
        options: [],
        examples: [
            Example("what now?", "hfmint rotate runbook refused"),
            Example("the same", "hfmint help rotate runbook refused"),
            Example("to read all of it", "hfmint rotate runbook | less"),
        ],
        run: reason)

    private static func reason(_ call: Call) throws(MintError) -> Report {
        let operands = call.arguments.operands
        guard operands.count <= 1 else { throw .usage("the runbook is asked for one reason at a time") }
        return try runbook(operands.first)
    }

    /// Returns what the runbook says of a reason, or all of the runbook for nil.
    static func runbook(_ reason: String?) throws(MintError) -> Report {
        guard let reason else { return Report(text: [.text(Runbook.page)], json: .null) }
        guard let section = Runbook.sections.first(where: { $0.name.utf8.elementsEqual(reason.utf8) }) else {
            throw .usage(
                "the runbook has no section '\(reason)'",
                hint: didYouMean(reason, among: Runbook.sections.map(\.name), ignoringCase: true)
                    ?? "see `hfmint help rotate runbook`")
        }
        return Report(text: [.text(section.markdown + "\n")], json: .null)
    }
}
