/// The order in which the resources of a fleet are changed.
package enum FleetOrder {
    private struct Node {
        let resource: String
        let wave: Int
        let after: [String]
        let place: ManifestPlace
    }

    /// Returns the resources in waves: those of one wave do not wait for each other.
    ///
    /// A resource waits for those that it names in `after`, and for a Space whose files it mounts; among the rest, a
    /// lower `wave` comes first. Where the two disagree, `after` counts. Within a wave the names are sorted.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` if some wait for each other; the message names them.
    package static func waves(of fleet: FleetDefinition) throws(MintError) -> [[String]] {
        let nodes =
            fleet.spaces.map { space in
                Node(
                    resource: space.resource.canonical, wave: space.wave, after: space.predecessors, place: space.place)
            }
            + fleet.endpoints.map {
                Node(resource: $0.resource, wave: $0.wave, after: $0.after, place: $0.place)
            }
        return try waves(nodes)
    }

    private static func waves(_ nodes: [Node]) throws(MintError) -> [[String]] {
        let indices = Dictionary(nodes.indices.map { (nodes[$0].resource, $0) }) { first, _ in first }
        let needed = nodes.map { $0.after.compactMap { indices[$0] } }
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
            places[left] == places[right]
                ? nodes[left].resource < nodes[right].resource : places[left] < places[right]
        }
        var waves: [[String]] = []
        for (position, index) in order.enumerated() {
            if position > 0, places[order[position - 1]] == places[index] {
                waves[waves.count - 1].append(nodes[index].resource)
            } else {
                waves.append([nodes[index].resource])
            }
        }
        return waves
    }

    /// Walks from one that waits for ever to others that do, until one comes again.
    private static func circle(
        _ nodes: [Node], _ needed: [[Int]], from start: Int, where isStuck: (Int) -> Bool
    ) -> MintError {
        var path = [start]
        while let next = needed[path[path.count - 1]].first(where: isStuck) {
            defer { path.append(next) }
            guard let begin = path.firstIndex(of: next) else { continue }
            let members = path[begin...] + [next]
            return MintError(
                .manifestInvalid,
                "the fleet's order is a circle: "
                    + members.prefix(20).map { nodes[$0].resource }.joined(separator: " after "),
                details: members.dropLast().prefix(20).map { index in
                    "\(nodes[index].place.file), line \(nodes[index].place.line): \(nodes[index].resource)"
                },
                hint: "take one of them out of 'after'")
        }
        return MintError(.manifestInvalid, "the fleet's order is a circle")
    }
}
