extension FleetWork {
    /// The stages of Spaces and endpoints in which nothing is wrong: whoever paused one did so on purpose.
    private static let resting = [
        "RUNNING", "SLEEPING", "PAUSED", "STOPPED", "running", "scaledToZero", "paused",
    ]
    /// The stages that pass by themselves.
    private static let passing = SpaceRuntime.intermediate + ["pending", "initializing", "updating"]

    /// Returns why something must not be written yet, as what comes before it is not healthy, or was left alone; nil if
    /// all of it is well.
    ///
    /// What this plan changes was seen healthy in its own turn. The rest may have been left unhealthy by an earlier
    /// apply, which has nothing more to write to it.
    ///
    /// - Throws: a failure that passes, while it starts.
    func obstacle(to predecessors: [String]) throws(StepFailure) -> FleetEvent.Step? {
        guard !options.ignoresOrder else { return nil }
        for name in predecessors where changes(of: name).isEmpty {
            guard let (stage, page, isInDevMode) = try seen(name) else { continue }
            if Self.passing.contains(stage) { throw .transient("\(name), which comes before, is in \(stage)") }
            guard Self.resting.contains(stage) else {
                return .failed("it comes after \(name), which is in \(stage)")
            }
            if isInDevMode, plan.refused.contains(where: { $0.utf8.starts(with: "\(name) ".utf8) }) {
                return .skipped("it comes after \(name), which was left alone: it is in dev mode")
            }
            // Who asks for the page of what sleeps wakes it.
            guard let page, stage.asciiLowercased == "running" else { continue }
            let status = access.context.status(of: page)
            guard status == 200 else {
                let answer = status.map { "answers \($0)" } ?? "does not answer"
                return .failed("it comes after \(name), whose page \(answer)")
            }
        }
        return nil
    }

    /// Returns the one of these that comes before a resource, at whatever distance; nil if none does.
    func first(of names: Set<String>, before resource: String) -> String? {
        var waiting = resources[resource]?.predecessors ?? []
        var asked: Set<String> = []
        while let name = waiting.popLast() {
            if names.contains(name) { return name }
            if asked.insert(name).inserted { waiting += resources[name]?.predecessors ?? [] }
        }
        return nil
    }

    /// Returns the stage and the page of something that the manifest has; nil if it has not.
    private func seen(
        _ name: String
    ) throws(StepFailure) -> (stage: String, page: HTTPURL?, isInDevMode: Bool)? {
        let declared = resources[name]
        if let space = declared as? SpaceDefinition {
            let runtime = try access.space(space.resource).runtime()
            return (runtime.stage, space.health.url, runtime.isInDevMode)
        }
        guard let endpoint = declared as? EndpointDefinition else { return nil }
        let state = try access.endpoints(of: endpoint.namespace).read(endpoint.name)
        return (state?.state ?? "no place that the credential may see", endpoint.health.url, false)
    }
}
