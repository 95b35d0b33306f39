extension Keycloak {
    /// The ends of a client's secrets, from its attributes.
    ///
    /// <https://github.com/keycloak/keycloak/blob/main/server-spi/src/main/java/org/keycloak/models/ClientSecretConstants.java>
    struct Times {
        /// The end of the current secret, which only the policy's executor writes.
        let expiresAt: Timestamp?
        let rotatedExpiresAt: Timestamp?
    }

    /// The byte limit of an answer about a client or a realm, which has any number of mappers, attributes or policies.
    private static let largeBody = 1 << 20

    func times() throws(StepFailure) -> Times {
        try api.call(.get, clientPath, bodyLimit: Self.largeBody).reading { root, text in
            guard root["id"]?.text(in: text)?.asciiLowercased == client else { return nil }
            let attributes = root["attributes"]
            func moment(_ name: String) -> Timestamp? {
                attributes?["client.secret.\(name)"]?.text(in: text).flatMap { Int($0) }.flatMap {
                    $0 > 0 ? Timestamp(secondsSince1970: $0) : nil
                }
            }
            return Times(
                expiresAt: moment("expiration.time"), rotatedExpiresAt: moment("rotated.expiration.time"))
        }
    }

    /// Checks that a policy keeps the old secret beside a new one.
    ///
    /// Two facts prove it together. An enabled policy of the realm uses a profile whose executor `secret-rotation`
    /// keeps an old secret. And the executor has written to this client, so the policy's conditions cover the client,
    /// and the server's feature is on.
    ///
    /// <https://www.keycloak.org/docs/latest/server_admin/#_secret_rotation>
    func checkOldSecretIsKept(_ times: Times) throws(StepFailure) {
        let lifetimes = try rotatedLifetimes()
        let profiles = try enabledProfiles()
        let periods = profiles.compactMap { profile in lifetimes.first { $0.profile == profile }?.seconds }
        guard let shortest = periods.min(), shortest > 0 else {
            throw api.refused("no enabled policy of the realm keeps an old secret (executor 'secret-rotation')")
        }
        guard times.expiresAt != nil else {
            throw api.refused("the policy has not acted on this client yet: log in with it once, or save it")
        }
    }

    /// Returns the shortest life of an old secret for each profile that has the executor.
    private func rotatedLifetimes() throws(StepFailure) -> [(profile: String, seconds: Int)] {
        let path = "\(realmPath)/client-policies/profiles?include-global-profiles=true"
        return try api.call(.get, path, bodyLimit: Self.largeBody).reading { root, text in
            guard let profiles = root["profiles"]?.elements else { return nil }
            return (profiles + (root["globalProfiles"]?.elements ?? [])).compactMap { profile in
                let seconds = profile["executors"]?.elements?.compactMap { Self.rotatedLifetime($0, text) }.min()
                guard let name = profile["name"]?.text(in: text), let seconds else { return nil }
                return (name, seconds)
            }
        }
    }

    /// Returns how many seconds the executor lets an old secret live, or nil if it is another executor.
    ///
    /// The default is two days.
    ///
    /// <https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/services/clientpolicy/executor/ClientSecretRotationExecutorFactory.java>
    private static func rotatedLifetime(_ executor: JSONNode, _ text: Span<UInt8>) -> Int? {
        guard executor["executor"]?.text(in: text) == "secret-rotation" else { return nil }
        guard let period = executor["configuration"]?["rotated-expiration-period"] else { return 172_800 }
        return period.integer(in: text) ?? period.text(in: text).flatMap { Int($0) } ?? 0
    }

    private func enabledProfiles() throws(StepFailure) -> [String] {
        let path = "\(realmPath)/client-policies/policies?include-global-policies=true"
        return try api.call(.get, path, bodyLimit: Self.largeBody).reading { root, text in
            guard let policies = root["policies"]?.elements else { return nil }
            return (policies + (root["globalPolicies"]?.elements ?? [])).flatMap { policy -> [String] in
                guard policy["enabled"]?.value == .bool(true) else { return [] }
                return policy["profiles"]?.elements?.compactMap { $0.text(in: text) } ?? []
            }
        }
    }
}
