internal import HFMintCore

extension Command {
    package static let fleetDrift = Command(
        name: "fleet drift",
        summary: "find what is not as declared, for a timer that watches",
        description: [
            "Exit status 6 means: something differs. 0 where all is as declared, 3 where the Hub refused to show"
                + " something, 4 where it is away.",
            "Compares as `hfmint fleet plan` does, in every wave, and writes nothing. What the manifest does not"
                + " manage or ignores is no drift; a secret that nobody can prove to be unchanged is none either, and"
                + " counted.",
        ],
        options: [.markdown] + Option.askingFleet,
        examples: [
            Example("from a timer", "hfmint fleet drift --manifest /etc/hfmint/hfmint.json5"),
            Example("which paths?", "hfmint fleet drift --json | jq -r '.differences[] | .resource + \" \" + .path'"),
        ],
        run: drift)

    private static func drift(_ call: Call) throws(MintError) -> Report {
        let markdown = try MarkdownTarget(call.arguments)
        let session = try FleetSession(call)
        let words = try session.survey(in: session.recordDirectory(making: false)).words(asPlan: false)
        let drifted = words.drifted
        let failure = drifted.first.map { first in
            MintError(
                .driftFound, "\(drifted.count) not as declared: \(first)",
                hint: "the manifest is right: \(session.command("apply")); the Hub is: change the manifest")
        }
        return markdown.report(
            words.lines, comment: words.markdown, [.init("drift", .bool(!drifted.isEmpty))] + words.json,
            [failure, session.unreadFailure(words.unread)], in: call.context)
    }
}
