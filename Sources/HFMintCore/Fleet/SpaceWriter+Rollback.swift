// What gives a Space its earlier values back: all that can be read, which no secret can.

extension SpaceWriter {
    func restoration(of written: [String]) -> (writes: [FleetWrite], lost: [String]) {
        beginRestoring()
        var writes: [FleetWrite] = []
        var lost: [String] = []
        // The last write is undone first. The Hub takes a sleep for the hardware that is there, so that it waits.
        for path in written.filter({ $0 != "sleep" }).reversed() + written.filter({ $0 == "sleep" }) {
            if let write = before.flatMap({ restoring(path, $0) }) { writes.append(write) } else { lost.append(path) }
        }
        return (writes, lost)
    }

    private func restoring(_ path: String, _ before: SpaceState) -> FleetWrite? {
        guard let name = path.after("variables.") else {
            let runtime = before.runtime
            var earlier = definition
            (earlier.hardware, earlier.visibility) = (runtime.hardware, before.visibility)
            earlier.sleep = runtime.sleep ?? runtime.usualSleep
            earlier.volumes = runtime.volumes.flatMap { $0.contains(where: \.isMasked) ? nil : $0 }
            return setting(path, as: earlier)
        }
        guard case .read = before.variables else { return nil }
        guard let variable = before.variable(name) else {
            return FleetWrite(paths: [path], words: "delete \(path)") { () throws(StepFailure) in
                try self.deleteVariable(name)
            }
        }
        return set(path) { () throws(StepFailure) in try self.setVariable(name, variable.value) }
    }
}

extension SpaceRuntime {
    /// When a Space without a word about it falls asleep.
    ///
    /// <https://huggingface.co/docs/hub/spaces-gpus#sleep-time>
    fileprivate var usualSleep: Sleep { hardware == "cpu-basic" ? .seconds(48 * 3_600) : .never }
}
