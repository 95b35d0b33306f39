extension FleetReader {
    /// Reads all endpoints by the list of each namespace.
    func readEndpoints() throws(StepFailure) -> [EndpointReading] {
        var found: [String: [String: EndpointState]] = [:]
        var refused: [String: String] = [:]
        for namespace in Set(definition.endpoints.map(\.namespace)).sorted() {
            let api = access.endpoints(of: namespace)
            do throws(StepFailure) {
                found[namespace] = try api.api.patiently { () throws(StepFailure) in try api.list() }
            } catch {
                guard error.kind == .refused else { throw error }
                refused[namespace] = error.clause(of: api.api.name)
            }
        }
        var readings: [EndpointReading] = []
        for endpoint in definition.endpoints {
            if let state = found[endpoint.namespace]?[endpoint.name] {
                readings.append(.there(state))
            } else if let clause = refused[endpoint.namespace] {
                readings.append(.unreadable(clause))
            } else {
                readings.append(try read(endpoint))
            }
        }
        return readings
    }

    /// Reads one endpoint.
    ///
    /// - Throws: a failure that passes.
    package func read(_ endpoint: EndpointDefinition) throws(StepFailure) -> EndpointReading {
        let api = access.endpoints(of: endpoint.namespace)
        do throws(StepFailure) {
            if let state = try api.api.patiently({ () throws(StepFailure) in try api.read(endpoint.name) }) {
                return .there(state)
            }
            // A token that is narrowed to some names may not see the others.
            let hub = access.hub(endpoint.resource)
            let answer = try hub.patiently { () throws(StepFailure) in
                try EndpointRight(endpoint.namespace, nil, .read).ask(hub)
            }
            return answer == .whole ? .missing : .unreadable("is not there, or the credential may not see it (404)")
        } catch {
            guard error.kind == .refused else { throw error }
            return .unreadable(error.clause(of: api.api.name))
        }
    }
}
