/// Commands whose names begin with the same word, so that the help lists them as one.
struct CommandGroup: Sendable {
    /// The first word of their names.
    let name: String
    /// One clause, lower case, without a full stop.
    let summary: String
    /// Paragraphs for the help and the man page.
    let description: [String]

    var commands: [Command] { allCommands.filter { $0.name.utf8.starts(with: "\(name) ".utf8) } }

    /// The second words of their names.
    var operations: [String] { commands.map { operation($0) } }

    /// The second words with what each command is for.
    var operationsWithSummaries: [(name: String, summary: String)] { commands.map { (operation($0), $0.summary) } }

    /// Returns the second word of a command's name.
    func operation(_ command: Command) -> String { String(command.name.dropFirst(name.count + 1)) }
}

/// Every group; what lists them follows the order of ``allCommands``.
let allGroups = [
    CommandGroup(
        name: "rotate",
        summary: "change client secrets on schedule, without an outage, with everyone told first",
        description: [
            "Makes a new client secret at its issuer, tries it, delivers it to every sink, tells those who depend on it,"
                + " and retires the old one when the overlap has passed. What is rotated, the manifest says.",
            "There is no daemon: a timer calls `hfmint rotate run`, which does what is due and goes on with what is under"
                + " way. When one has stopped for a person, `hfmint help rotate runbook REASON` says what to do.",
        ]),
    CommandGroup(
        name: "manifest",
        summary: "check the manifest, show who may have what, or print what it may say",
        description: ["The manifest is a JSON5 file that says who may become what, and what is rotated, how, and when."]
    ),
    CommandGroup(
        name: "audit",
        summary: "show who was given what, and find whether that record was changed",
        description: [
            "Where the manifest has an audit.file, every request, grant, refusal, delivery and rotation is one line there,"
                + " with the digest of the line before."
        ]),
    CommandGroup(
        name: "serve",
        summary: "decide whether a request to the Hub may pass",
        description: [
            "A web server in front of the Hub asks whether each request may pass. The manifest's `serve` says which hosts"
                + " it has and which credentials are sent upstream, its roles and grants who may have what."
        ]),
    CommandGroup(
        name: "fleet",
        summary: "plan Spaces and endpoints from one manifest, write them in order, find drift",
        description: [
            "The manifest's `fleet` says which Spaces and Inference Endpoints there are, with which settings and secrets. hfmint"
                + " compares that with the Hub, shows what differs, and writes it, each app seen healthy before the next.",
            "Nothing is read of a secret but its name, its time and hfmint's mark, and nothing is removed unless you say so.",
        ]),
]

extension Command {
    /// The command's group, or nil.
    var group: CommandGroup? { allGroups.first { name.utf8.starts(with: "\($0.name) ".utf8) } }
}

/// A word that can be typed first: a command of one word, or a group of commands.
struct FirstWord {
    let name: String
    let summary: String
    /// The one command, or those of the group.
    let commands: [Command]
    let group: CommandGroup?

    /// Every first word, in the order of ``allCommands``.
    static let all = allCommands.filter { $0.group == nil || $0.group?.commands[0].name == $0.name }.map { command in
        let group = command.group
        return FirstWord(
            name: group?.name ?? command.name, summary: group?.summary ?? command.summary,
            commands: group?.commands ?? [command], group: group)
    }
}
