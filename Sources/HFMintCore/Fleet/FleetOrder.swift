/// The order in which the resources of a fleet are changed.
package enum FleetOrder {
    /// Returns the resources in waves: those of one wave do not wait for each other.
    ///
    /// A resource waits for those that it names in `after`, and for a Space whose files it mounts; among the rest, a
    /// lower `wave` comes first. Where the two disagree, `after` counts. Within a wave the names are sorted.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` if some wait for each other; the message names them.
    package static func waves(of fleet: FleetDefinition) throws(MintError) -> [[String]] {
        let nodes = fleet.resources
        let names = nodes.map { $0.canonical }
        let indices = Dictionary(names.indices.map { (names[$0], $0) }) { first, _ in first }
        let needed = nodes.map { $0.predecessors.compactMap { indices[$0] } }
        var waiting = needed.map(\.count)
        var dependents = [[Int]](repeating: [], count: nodes.count)
        for (index, others) in needed.enumerated() { for other in others { dependents[other].append(index) } }
        // The wave, and how many others of the same wave must come one after the other before it.
        var places = nodes.map { ($0.wave, 0) }
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        while let index = ready.popLast() {
            for dependent in dependents[index] {
                let next = (places[index].0, places[index].1 + 1)
                if next > places[dependent] { places[dependent] = next }
                waiting[dependent] -= 1
                if waiting[dependent] == 0 { ready.append(dependent) }
            }
        }
        let stuck = waiting.indices.filter { waiting[$0] > 0 }
        if let first = stuck.first { throw circle(nodes, needed, from: first) { waiting[$0] > 0 } }
        let order = nodes.indices.sorted { left, right in
            places[left] == places[right] ? names[left] < names[right] : places[left] < places[right]
        }
        var waves: [[String]] = []
        for (position, index) in order.enumerated() {
            if position > 0, places[order[position - 1]] == places[index] {
                waves[waves.count - 1].append(names[index])
            } else {
                waves.append([names[index]])
            }
        }
        return waves
    }

    /// Walks from one that waits for ever to others that do, until one comes again.
    private static func circle(
        _ nodes: [any DeclaredResource], _ needed: [[Int]], from start: Int, where isStuck: (Int) -> Bool
    ) -> MintError {
        var path = [start]
        while let next = needed[path[path.count - 1]].first(where: isStuck) {
            defer { path.append(next) }
            guard let begin = path.firstIndex(of: next) else { continue }
            let members = path[begin...] + [next]
            return MintError(
                .manifestInvalid,
                "the fleet's order is a circle: "
                    + members.prefix(20).map { nodes[$0].canonical }.joined(separator: " after "),
                details: members.dropLast().prefix(20).map { index in
                    "\(nodes[index].place.file), line \(nodes[index].place.line): \(nodes[index].canonical)"
                },
                hint: "take one of them out of 'after'")
        }
        return MintError(.manifestInvalid, "the fleet's order is a circle")
    }
}
