/// What a comparison of the manifest with the Hub says of one thing.
package enum Verdict: String, CaseIterable, Sendable {
    case same
    /// Nothing contradicts it, and nothing proves it: the value of a secret cannot be read.
    case sameNotProven = "same (not proven)"
    /// Somebody other than hfmint wrote the secret after hfmint did.
    case changedElsewhere = "changed elsewhere"
    case missing
    /// It is at the Hub, and hfmint has not put it there.
    case foreign
    case unreadable
    case different

    /// Whether nothing is to be done.
    package var isSame: Bool { self == .same || self == .sameNotProven }
}

/// One thing that the manifest or the Hub has, and how the two compare.
///
/// Its texts come from the Hub as they are: who prints them makes them printable.
package struct Difference: Equatable, Sendable {
    /// What a plan would do about it.
    package enum Step: Equatable, Sendable {
        case nothing
        case write
        /// Delete it, if the user wants to prune: hfmint wrote it, and the manifest no longer names it.
        case prune
        /// - Parameter clause: why it is not written: "a static Space hands its secrets to every browser".
        case refused(_ clause: String)
    }

    /// `spaces/acme/chat`, `endpoints/acme/scorer`.
    package var resource: String
    /// `hardware`, `variables.LEVEL`, `secrets.KEY`; empty for the resource itself.
    package var path: String
    package var verdict: Verdict
    /// What the Hub shows, for people; nil for a secret, and for what is not there.
    package var before: String?
    /// What the manifest says, for people; nil for a secret.
    package var after: String?
    /// A clause about the verdict, or empty.
    package var reason = ""
    package var step = Step.nothing
    /// Whether the app restarts when it is written.
    package var restarts = false
    /// A clause about what cannot be undone once it is written, or nil.
    package var irreversible: String?
    /// When the Hub says that a secret was written.
    package var updatedAt: String?
    /// The digest in a secret's mark.
    package var digest: String?

    /// Whether the Hub differs from the manifest.
    package var isDrift: Bool {
        !verdict.isSame && (verdict != .foreign || (step != .nothing && step != .prune))
    }
}

/// Compares what is declared of a Space with what was found in its place.
package func compare(
    _ definition: SpaceDefinition, _ reading: SpaceReading, marks: (_ secret: String) -> ProofOfSecret
) -> [Difference] {
    let resource = definition.canonical
    switch reading {
    case .there(let state): return compare(definition, state, marks: marks)
    case .missing:
        return [Difference(resource: resource, path: "", verdict: .missing, step: .refused("hfmint makes no Spaces"))]
    case .renamed, .unreadable:
        return [Difference(resource: resource, path: "", verdict: .unreadable, reason: reading.absence ?? "")]
    }
}

/// Compares what is declared of a Space with what the Hub shows, in the order in which it is written.
///
/// What is absent from the manifest is not managed, and what it ignores does not appear. A setting that the Hub has
/// filled in with its default is the same.
///
/// - Parameter marks: returns what is known of a declared secret.
package func compare(
    _ definition: SpaceDefinition, _ state: SpaceState, marks: (_ secret: String) -> ProofOfSecret
) -> [Difference] {
    var comparison = FleetComparison(resource: definition.canonical, ignored: definition.ignored)
    comparison.settings(definition, state)
    comparison.volumes(definition.volumes, state.runtime.volumes)
    comparison.variables(definition.variables, state.variables)
    comparison.secrets(definition, state, marks)
    if state.runtime.isInDevMode { comparison.shutForDevMode() }
    return comparison.found
}

/// The comparison of one resource.
struct FleetComparison {
    let resource: String
    let ignored: [String]
    private(set) var found: [Difference] = []

    init(resource: String, ignored: [String]) {
        self.resource = resource
        self.ignored = ignored
    }

    func isIgnored(_ path: String) -> Bool {
        ignored.contains { path.isPath(at: $0) }
    }

    func difference(_ path: String, _ verdict: Verdict) -> Difference {
        Difference(resource: resource, path: path, verdict: verdict)
    }

    mutating func add(_ difference: Difference) {
        if !isIgnored(difference.path) { found.append(difference) }
    }

    /// Adds what is not as it should be, and that nobody writes: a state, not a setting.
    mutating func add(_ path: String, _ before: String, _ reason: String, step: Difference.Step = .nothing) {
        add(
            Difference(
                resource: resource, path: path, verdict: .different, before: before, reason: reason, step: step))
    }

    mutating func addUnreadable(_ path: String, _ clause: String) {
        add(Difference(resource: resource, path: path, verdict: .unreadable, reason: clause))
    }

    /// Adds a value that can be read.
    ///
    /// - Parameters:
    ///   - wanted: what the manifest says, or nil if it says nothing.
    ///   - seen: what the Hub shows, or nil if there is nothing.
    mutating func value(
        _ path: String, _ wanted: String?, _ seen: String?, restarts: Bool = false, irreversible: String? = nil
    ) {
        guard let wanted else { return }
        var difference = difference(path, .same)
        (difference.before, difference.after) = (seen?.withoutTokens, wanted.withoutTokens)
        if seen.map({ $0.utf8.elementsEqual(wanted.utf8) }) != true {
            difference.verdict = seen == nil ? .missing : .different
            difference.step = .write
            difference.restarts = restarts
            difference.irreversible = irreversible
        }
        add(difference)
    }

    /// As ``value(_:_:_:restarts:irreversible:)``, for what every Space has: the Hub hides what it does not show.
    private mutating func setting(
        _ path: String, _ wanted: String?, _ seen: String?, restarts: Bool = false, irreversible: String? = nil
    ) {
        if wanted != nil, seen == nil { return addUnreadable(path, "is not shown") }
        value(path, wanted, seen, restarts: restarts, irreversible: irreversible)
    }

    fileprivate mutating func settings(_ definition: SpaceDefinition, _ state: SpaceState) {
        let runtime = state.runtime
        if runtime.isInDevMode { add("devMode", "on", "the container may differ from the repository") }
        if runtime.isHotReloading { add("hotReloading", "on", "the code was changed without a rebuild") }
        setting("hardware", definition.hardware, runtime.hardware, restarts: true)
        if let sleep = definition.sleep {
            // The sleep counts for the hardware that will be there.
            let isBasic = (definition.hardware ?? runtime.hardware)?.utf8.elementsEqual("cpu-basic".utf8) ?? false
            value("sleep", Self.text(sleep, isBasic: isBasic), Self.text(runtime.sleep, isBasic: isBasic))
        }
        let isWider = definition.visibility.flatMap { wanted in state.visibility.map { $0 < wanted } } ?? false
        setting(
            "visibility", definition.visibility?.rawValue, state.visibility?.rawValue,
            irreversible: isWider ? "what others have seen of it stays seen" : nil)
    }

    /// On `cpu-basic` the sleep is fixed, whatever is set; elsewhere a Space without one never sleeps.
    ///
    /// <https://huggingface.co/docs/hub/spaces-gpus#sleep-time>
    private static func text(_ sleep: Sleep?, isBasic: Bool) -> String {
        if isBasic { return "48 h, as always on cpu-basic" }
        guard case .seconds(let seconds)? = sleep else { return "never" }
        return "\(seconds) s"
    }

    /// Compares lists without their order; a source that the Hub hides from this reader may be any.
    fileprivate mutating func volumes(_ wanted: [Volume]?, _ seen: [Volume]?) {
        guard let wanted else { return }
        // The whole list is written, so that one that was not read must not be taken for an empty one.
        guard let seen else { return addUnreadable("volumes", "is not shown") }
        var left = wanted
        var (isSame, hidden) = (true, 0)
        for volume in seen {
            let match = left.firstIndex { other in
                volume.isMasked
                    ? other.type.utf8.elementsEqual(volume.type.utf8)
                        && other.mountPath.utf8.elementsEqual(volume.mountPath.utf8)
                    : Self.text(other).utf8.elementsEqual(Self.text(volume).utf8)
            }
            if volume.isMasked { hidden += 1 }
            if let match { left.remove(at: match) } else { isSame = false }
        }
        var difference = difference("volumes", .same)
        (difference.before, difference.after) = (Self.text(seen), Self.text(wanted))
        if !isSame || !left.isEmpty {
            difference.verdict = seen.isEmpty ? .missing : .different
            difference.step = .write
            difference.restarts = true
        } else if hidden > 0 {
            difference.verdict = .sameNotProven
        }
        if hidden > 0 {
            difference.reason = "the Hub hides the source of \(hidden) from this credential"
            if difference.step == .write { difference.irreversible = "a source that is hidden cannot be put back" }
        }
        add(difference)
    }

    private static func text(_ volumes: [Volume]) -> String {
        let texts = volumes.map(text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return texts.isEmpty ? "none" : texts.joined(separator: ", ")
    }

    private static func text(_ volume: Volume) -> String {
        let revision = volume.revision.map { "@\($0)" } ?? ""
        let path = volume.path.map { " (\($0))" } ?? ""
        return "\(volume.mountPath): \(volume.type) \(volume.source)\(revision)\(path)"
            + (volume.isReadOnly ? ", read-only" : "")
    }

    fileprivate mutating func variables(_ wanted: [Entry], _ reading: Reading<[VariableState]>) {
        switch reading {
        case .read(let seen):
            entries("variables", wanted, seen.map { Entry(name: $0.name, value: $0.value) }, arePublic: true)
        case .unreadable(let clause):
            if wanted.contains(where: { !isIgnored("variables.\($0.name)") }) { addUnreadable("variables", clause) }
        }
    }

    /// Compares names with their values; what the manifest does not name is foreign, and left alone.
    mutating func entries(_ path: String, _ wanted: [Entry], _ seen: [Entry], arePublic: Bool = false) {
        for entry in wanted {
            let there = seen.first { $0.name.utf8.elementsEqual(entry.name.utf8) }
            value("\(path).\(entry.name)", entry.value, there?.value, restarts: true)
            if arePublic, entry.value.looksLikeToken, found.last?.step == .write {
                found[found.count - 1].step = .refused("its value looks like a token, and everybody reads it")
            }
        }
        for entry in seen where !wanted.contains(where: { $0.name.utf8.elementsEqual(entry.name.utf8) }) {
            add(
                Difference(
                    resource: resource, path: "\(path).\(entry.name)", verdict: .foreign,
                    before: entry.value.withoutTokens, reason: "the manifest does not name it"))
        }
    }

    /// Has nothing written to a Space whose container somebody is working in.
    fileprivate mutating func shutForDevMode() {
        for index in found.indices where found[index].step == .write || found[index].step == .prune {
            found[index].step = .refused("the Space is in dev mode")
        }
    }
}
