/// The rotations that a release begins: those of the secrets with `rotate: "on-release"`, once for each version.
///
/// It remembers the version and the number of each rotation's last run before it, so that a release that is applied
/// again does not rotate again. Without a directory nothing is remembered.
package struct FleetRelease: Sendable {
    /// The names of the rotations, each once, in the order of the manifest.
    package let names: [String]
    private let version: String
    private let rotations: Rotations
    private let directory: (any PrivateDirectory)?

    private static let fileName = "fleet-release"

    package init(
        _ version: String, of fleet: FleetDefinition, _ rotations: Rotations,
        rememberedIn directory: (any PrivateDirectory)?
    ) {
        self.version = version
        self.rotations = rotations
        self.directory = directory
        let wanted = fleet.resources.flatMap { $0.secrets }.compactMap { $0.rotatesOnRelease ? $0.rotation : nil }
        names = rotations.definitions.map(\.name).filter(wanted.contains)
    }

    /// Begins the rotations that this version has not begun, or goes on with them, as `hfmint rotate now` does.
    ///
    /// - Returns: how far each of them has come; nothing of those that this version has rotated already.
    /// - Throws: ``MintError/Code/stateUnusable`` if a journal or the directory cannot be used.
    package func run() throws(MintError) -> [Rotations.RunResult] {
        do throws(FileFailure) {
            var earlier = try remembered()
            var left: [String] = []
            for name in names {
                let state = try rotations.state(of: name)
                guard let number = earlier[name] else {
                    // A run under way delivers a new secret too.
                    earlier[name] = state.run.number - (state.isRunning ? 1 : 0)
                    left.append(name)
                    continue
                }
                if state.run.number <= number || !Self.isDelivered(state.phase) { left.append(name) }
            }
            guard !left.isEmpty else { return [] }
            try remember(earlier)
            return rotations.run(left, order: .now(.now))
        } catch {
            throw MintError(.stateUnusable, "cannot use '\(error.path)': \(error.reason)")
        }
    }

    /// Whether every sink has the new secret, so that the fleet may be applied.
    package static func isDelivered(_ result: Rotations.RunResult) -> Bool {
        switch result.stop {
        case .finished: true
        case .waiting, .notDue: isDelivered(result.state.phase)
        case .retrying, .attention, .busy, .failed, .unrecorded: false
        }
    }

    private static func isDelivered(_ phase: RotationState.Phase) -> Bool {
        switch phase {
        case .idle, .delivered, .announced, .retired, .done: true
        case .planned, .created, .verified: false
        }
    }

    /// Reads the number of each rotation's last run before this version; empty if another version was the last.
    private func remembered() throws(FileFailure) -> [String: Int] {
        guard let text = try directory?.read(Self.fileName, limit: 1 << 20)?.reveal({ $0.bytes }),
            let json = try? JSONText(text), json.text("version")?.utf8.elementsEqual(version.utf8) == true
        else { return [:] }
        var numbers: [String: Int] = [:]
        for member in json.root["runs"]?.members ?? [] {
            numbers[String(decoding: member.name, as: UTF8.self)] = json.integer(member.node)
        }
        return numbers
    }

    private func remember(_ numbers: [String: Int]) throws(FileFailure) {
        let runs = numbers.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer($0.value)) }
        let json: JSONValue = ["version": .string(version), "runs": .object(runs)]
        try directory?.replace(Self.fileName, with: json.rendered())
    }
}
