// What gives a Space or an endpoint its earlier values back: all that can be read, which no secret can.

extension SpaceWriter {
    func restoration(of written: [String]) -> (writes: [FleetWrite], lost: [String]) {
        lookAnew()
        var writes: [FleetWrite] = []
        var lost: [String] = []
        // The last write is undone first.
        for path in written.reversed() {
            if let write = before.flatMap({ restoring(path, $0) }) { writes.append(write) } else { lost.append(path) }
        }
        return (writes, lost)
    }

    private func restoring(_ path: String, _ before: SpaceState) -> FleetWrite? {
        switch path {
        case "hardware": return before.hardware.map { setHardware($0) }
        case "sleep": return setSleep(before.sleep ?? before.usualSleep)
        case "visibility": return before.visibility.map { setVisibility($0) }
        case "volumes":
            guard let volumes = before.volumes, !volumes.contains(where: \.isMasked) else { return nil }
            return setVolumes(volumes)
        default: break
        }
        guard let name = path.after("variables."), case .read = before.variables else { return nil }
        guard let variable = before.variable(name) else {
            return FleetWrite(paths: [path], words: "delete \(path)") { () throws(StepFailure) in
                try self.deleteVariable(name)
            }
        }
        return set(path) { () throws(StepFailure) in try self.setVariable(name, variable.value) }
    }
}

extension SpaceState {
    /// When a Space without a word about it falls asleep.
    ///
    /// <https://huggingface.co/docs/hub/spaces-gpus#sleep-time>
    fileprivate var usualSleep: Sleep { hardware == "cpu-basic" ? .seconds(48 * 3_600) : .never }
}
