internal import HFMintCore

extension Command {
    package static let fleetOwner = Command(
        name: "fleet owner",
        summary: "say who answers for a Space or an endpoint",
        operands: "RESOURCE",
        description: [
            "Reads the manifest and its apps, and asks no server: who owns the resource, which manifest declares it"
                + " in which line, what must be healthy before it, and what waits for it."
        ],
        options: [.manifest] + Option.reporting,
        examples: [
            Example("of a Space", "hfmint fleet owner acme/chat --manifest hfmint.json5"),
            Example("of an endpoint", "hfmint fleet owner endpoints/acme/scorer --manifest hfmint.json5"),
        ],
        run: owner)

    private static func owner(_ call: Call) throws(MintError) -> Report {
        let name = try FleetSession.resource(call)
        let session = try FleetSession(call, asksServers: false)
        let declared = session.definition.resources
        guard let found = declared.first(where: { $0.canonical.utf8.elementsEqual(name.utf8) }) else {
            throw .usage(
                "no manifest of this fleet has '\(name)'",
                hint: didYouMean(name, among: declared.map { $0.canonical })
                    ?? "if it is there: hfmint fleet adopt \(name)")
        }
        let waiting = declared.filter { other in other.after.contains { $0.utf8.elementsEqual(name.utf8) } }
            .map { $0.canonical }
        let place = "\(found.place.file), line \(found.place.line)"
        var lines = [name, "  owner     \(found.owner ?? "nobody is named")", "  declared  \(place)"]
        if !found.after.isEmpty { lines.append("  after     \(listed(found.after))") }
        if !waiting.isEmpty { lines.append("  before    \(listed(waiting))") }
        return Report(
            lines: lines.map(\.printable),
            json: [
                "resource": .string(name), "owner": .string(found.owner), "manifest": .string(found.place.file),
                "line": .integer(found.place.line), "after": .strings(found.after), "before": .strings(waiting),
            ])
    }
}
