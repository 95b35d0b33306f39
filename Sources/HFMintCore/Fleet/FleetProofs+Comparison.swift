extension FleetProofs {
    /// Compares all that is declared with what was found.
    ///
    /// - Parameter reading: of this definition.
    package func comparison(of fleet: FleetDefinition, with reading: FleetReading) -> [Difference] {
        let ofSpaces = zip(fleet.spaces, reading.spaces).flatMap { space, found in
            compare(space, found) { proof(of: $0, of: space) }
        }
        let ofEndpoints = zip(fleet.endpoints, reading.endpoints).flatMap { endpoint, found in
            compare(endpoint, found) { proof(of: endpoint) }
        }
        return ofSpaces + ofEndpoints
    }
}

extension FleetDefinition {
    /// The same without a key of marks: a secret is then compared by its `version` alone.
    package var withoutKey: FleetDefinition {
        FleetDefinition(
            organization: organization, spaces: spaces, endpoints: endpoints, read: read, apply: apply, admin: admin,
            key: nil, folder: folder, maxUnavailable: maxUnavailable, settle: settle, window: window,
            maxDeletes: maxDeletes, endpointsURL: endpointsURL, digest: digest)
    }
}
