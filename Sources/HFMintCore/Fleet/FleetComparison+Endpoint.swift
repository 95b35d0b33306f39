/// Compares what is declared of an endpoint with what was found in its place.
///
/// Whatever is written has the endpoint deployed anew.
///
/// - Parameter proof: of all its secrets together, as they are written together: see ``SpaceMark/init(inTags:)``.
package func compare(
    _ definition: EndpointDefinition, _ reading: EndpointReading, proof: () -> ProofOfSecret
) -> [Difference] {
    var comparison = FleetComparison(resource: definition.canonical, ignored: definition.ignored)
    switch reading {
    case .there(let state): comparison.endpoint(definition, state, proof)
    case .missing:
        comparison.add(
            Difference(
                resource: definition.canonical, path: "", verdict: .missing, step: .refused("hfmint makes no endpoints")
            ))
    case .renamed, .unreadable: comparison.addUnreadable("", reading.absence ?? "")
    }
    return comparison.found
}

extension FleetComparison {
    fileprivate mutating func endpoint(
        _ definition: EndpointDefinition, _ state: EndpointState, _ proof: () -> ProofOfSecret
    ) {
        if state.state.utf8.elementsEqual("failed".utf8) {
            // https://huggingface.co/docs/inference-endpoints
            add("state", state.state, "it must be made anew", step: .refused("hfmint makes no endpoints anew"))
        }
        let numbers = [
            ("scaling.min", definition.minReplica, state.minReplica),
            ("scaling.max", definition.maxReplica, state.maxReplica),
            ("scaling.scaleToZero", definition.scaleToZeroMinutes, state.scaleToZeroMinutes),
        ]
        for (path, wanted, seen) in numbers {
            value(path, wanted.map { "\($0)" }, seen.map { "\($0)" }, restarts: true)
        }
        value("revision", definition.revision, state.revision, restarts: true)
        if let seen = state.environment {
            entries("env", definition.environment, seen)
        } else if !definition.environment.isEmpty {
            addUnreadable("env", "is not shown")
        }
        let wanted = definition.writtenSecrets
        if !wanted.isEmpty { add(secrets(definition, wanted, state, proof())) }
    }

    private func secrets(
        _ definition: EndpointDefinition, _ wanted: [SecretDefinition], _ state: EndpointState, _ proof: ProofOfSecret
    ) -> Difference {
        let mark = SpaceMark(inTags: state.tags)
        var difference = difference("secrets", .missing)
        difference.digest = mark?.digest
        let lacking = wanted.filter { secret in
            state.secretNames.map { !$0.contains { $0.utf8.elementsEqual(secret.name.utf8) } } ?? false
        }
        if lacking.isEmpty {
            // The time moves with whatever is changed of an endpoint, so that only the same one says something.
            let isOurs = proof.lastWrite?.updatedAt.map { Array($0.utf8) } == state.updatedAt.map { Array($0.utf8) }
            (difference.verdict, difference.reason) = proof.verdict(mark, updatedAt: isOurs ? state.updatedAt : nil)
        } else {
            difference.reason = "it has no \(listed(lacking.map(\.name)))"
        }
        guard !difference.verdict.isSame else { return difference }
        difference.restarts = true
        difference.irreversible = "the values that are there cannot be read, and so not put back"
        if state.secretNames == nil {
            difference.irreversible? += "; it does not name them, and may drop what the manifest does not have"
        }
        let unsent = definition.unsentSecrets(of: state)
        difference.step =
            unsent.isEmpty
            ? .write : .refused("all are written together, and the manifest does not write \(listed(unsent))")
        return difference
    }
}
