internal import HFMintCore

extension Command {
    package static let fleetStatus = Command(
        name: "fleet status",
        summary: "show the stage, health and owner of each Space and endpoint",
        description: [
            "Exit status 6 is not used: a stage is told, and not judged; `hfmint fleet drift` compares. 3 where the"
                + " Hub refused to list something, 4 where it is away.",
            "Asks the Hub for its lists alone, which are a few pages whatever the number of Spaces. `runs another"
                + " commit` means that the app was not built anew since the last push.",
        ],
        options: Option.askingFleet,
        examples: [
            Example("how is everything?", "hfmint fleet status --manifest hfmint.json5"),
            Example(
                "what does not run?",
                "hfmint fleet status --json | jq -r '.resources[] | select(.healthy | not).resource'"),
        ],
        run: status)

    private static func status(_ call: Call) throws(MintError) -> Report {
        let session = try FleetSession(call)
        let reading = try session.reader().readListing()
        let states = reading.spaces.map(Seen.init) + reading.endpoints.map(Seen.init)
        var table = TextTable(["resource", "owner", "stage", ""])
        var json: [JSONValue] = []
        for (declared, seen) in zip(session.definition.resources, states) {
            let notes = seen.notes.joined(separator: "; ")
            table.append([[declared.canonical], [declared.owner ?? ""], [seen.stage ?? ""], [notes]])
            json.append([
                "resource": .string(declared.canonical), "owner": .string(declared.owner), "stage": .string(seen.stage),
                "healthy": .bool(seen.isHealthy), "notes": .strings(seen.notes),
            ])
        }
        let failures = reading.unlisted.first.map { first in
            [
                MintError(
                    .issuerRefused, "not everything could be listed: \(first)",
                    details: Array(reading.unlisted.dropFirst().prefix(20)),
                    hint: "which right is lacking: hfmint doctor --fleet")
            ]
        }
        return Report(
            lines: table.lines, json: ["resources": .array(json), "unreadable": .strings(reading.unlisted)],
            failures: failures ?? [])
    }

    /// What the lists show of one resource.
    private struct Seen {
        var stage: String?
        var isHealthy = false
        var notes: [String]

        init(_ reading: SpaceReading) {
            notes = [reading.absence].compactMap(\.self)
            guard case .there(let state) = reading else { return }
            stage = state.runtime.stage
            isHealthy = ["RUNNING", "SLEEPING"].contains(state.runtime.stage)
            if let sha = state.sha, let running = state.runtime.sha, sha != running {
                notes.append("runs another commit")
            }
            if state.runtime.isInDevMode { notes.append("in dev mode") }
            if state.runtime.isHotReloading { notes.append("changed without a rebuild") }
        }

        init(_ reading: EndpointReading) {
            notes = [reading.absence].compactMap(\.self)
            guard case .there(let state) = reading else { return }
            stage = state.state
            isHealthy = ["running", "scaledToZero"].contains(state.state)
        }
    }
}
