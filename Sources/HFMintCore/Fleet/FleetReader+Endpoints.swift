extension FleetReader {
    /// Reads all endpoints by the list of each namespace.
    func readEndpoints() throws(StepFailure) -> [EndpointReading] {
        var lists: [String: Reading<[String: EndpointState]>] = [:]
        for namespace in Set(definition.endpoints.map(\.namespace)).sorted() {
            let endpoints = access.endpoints(of: namespace)
            lists[namespace] = try reading(endpoints.api) { () throws(StepFailure) in try endpoints.list() }
        }
        var readings: [EndpointReading] = []
        for endpoint in definition.endpoints {
            if case .unreadable(let clause)? = lists[endpoint.namespace] {
                readings.append(.unreadable(clause))
            } else if case .read(let found)? = lists[endpoint.namespace], let state = found[endpoint.name] {
                readings.append(.there(state))
            } else {
                readings.append(try read(endpoint))
            }
        }
        return readings
    }

    /// Reads one endpoint.
    ///
    /// - Throws: a failure that passes.
    package func read(_ wanted: EndpointDefinition) throws(StepFailure) -> EndpointReading {
        let endpoints = access.endpoints(of: wanted.namespace)
        switch try reading(endpoints.api, { () throws(StepFailure) in try endpoints.read(wanted.name) }) {
        case .read(let state?): return .there(state)
        case .unreadable(let clause): return .unreadable(clause)
        case .read(nil):
            // A token that is narrowed to some names may not see the others.
            let hub = access.hub(wanted.canonical)
            let right = try reading(hub) { () throws(StepFailure) in
                try hub.endpointRight("read", to: wanted.namespace)
            }
            return right == .read(200) ? .missing : .unreadable(Self.unseen)
        }
    }
}
