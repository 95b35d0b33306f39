extension FleetWork {
    /// The stages of Spaces and endpoints in which nothing is wrong: whoever paused one did so on purpose.
    private static let resting = [
        "RUNNING", "SLEEPING", "PAUSED", "STOPPED", "running", "scaledToZero", "paused",
    ]
    /// The stages that pass by themselves.
    private static let passing = SpaceRuntime.intermediate + ["pending", "initializing", "updating"]

    /// Returns why something must not be written yet, as what comes before it is not healthy; nil if all of it is.
    ///
    /// What this plan changes was seen healthy in its own turn. The rest may have been left unhealthy by an earlier
    /// apply, which has nothing more to write to it.
    ///
    /// - Throws: a failure that passes, while it starts.
    func obstacle(to predecessors: [String]) throws(StepFailure) -> String? {
        guard !options.ignoresOrder else { return nil }
        for name in predecessors where changes(of: name).isEmpty {
            guard let (stage, page) = try seen(name) else { continue }
            if Self.passing.contains(stage) { throw .transient("\(name), which comes before, is in \(stage)") }
            guard Self.resting.contains(stage) else { return "it comes after \(name), which is in \(stage)" }
            // Who asks for the page of what sleeps wakes it.
            guard let page, stage.asciiLowercased == "running" else { continue }
            let status = access.context.status(of: page)
            guard status == 200 else {
                return "it comes after \(name), whose page \(status.map { "answers \($0)" } ?? "does not answer")"
            }
        }
        return nil
    }

    /// Returns the stage and the page of something that the manifest has; nil if it has not.
    private func seen(_ name: String) throws(StepFailure) -> (stage: String, page: HTTPURL?)? {
        if let space = definition.spaces.first(where: { $0.canonical == name }) {
            return (try access.space(space.resource).runtime().stage, space.health.url)
        }
        guard let endpoint = definition.endpoints.first(where: { $0.canonical == name }) else { return nil }
        let state = try access.endpoints(of: endpoint.namespace).read(endpoint.name)
        return (state?.state ?? "no place that the credential may see", endpoint.health.url)
    }
}
