/// A sink that holds several secrets, a line each: the first is in use, and whoever reads them accepts all.
///
/// The list is the value of another sink, so that it changes as a whole. A new secret is added behind the others, and
/// is put in front later, when everybody knows it; only ``remove(where:)`` takes one out.
struct SecretListSink: Sink {
    let base: any Sink
    let context: Context

    var target: String { base.target }

    func preflight() throws(StepFailure) {
        try base.preflight()
        _ = try list()
    }

    /// Puts the value in front, and keeps all others.
    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        var list = try list()
        list.putFirst(SharedSecret(value.duplicate()))
        return try replace(list, idempotencyKey)
    }

    /// Adds the value behind all others, so that it is accepted and not used yet.
    func add(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        var list = try list()
        list.add(SharedSecret(value.duplicate()))
        return try replace(list, idempotencyKey)
    }

    /// Takes out a secret, which must not be the one in use.
    ///
    /// - Parameter isMeant: returns whether a secret of the list is that one.
    func remove(where isMeant: (SharedSecret) throws(StepFailure) -> Bool) throws(StepFailure) {
        var list = try list()
        for (index, secret) in list.secrets.enumerated() where try isMeant(secret) {
            guard index > 0 else { throw StepFailure(.refused, "\(target): the secret is in use there") }
            list.remove(secret)
            _ = try replace(list, "hfmint")
            return
        }
        // A call that was killed may have taken it out. The preflight makes that survive a power cut.
        try base.preflight()
    }

    /// Shows the secret in use as the value.
    func look() throws(StepFailure) -> Sighting {
        let secrets = try list().secrets
        guard let first = secrets.first else { return Sighting(.absent) }
        return Sighting(.there, value: first, beside: Array(secrets.dropFirst()))
    }

    func list() throws(StepFailure) -> SecretList {
        let sighting = try base.look()
        guard let value = sighting.value else {
            guard sighting.presence == .absent else {
                throw StepFailure(.refused, "\(target): it does not show its value, so it cannot hold a list")
            }
            return SecretList()
        }
        do throws(Malformed) {
            return try SecretList(parsing: value.secret)
        } catch {
            throw StepFailure(.refused, "\(target): it is no list of secrets: \(error.reason)")
        }
    }

    private func replace(_ list: SecretList, _ idempotencyKey: String) throws(StepFailure) -> Evidence {
        guard list.secrets.count <= SecretList.most else {
            throw StepFailure(.refused, "\(target): it holds \(SecretList.most) secrets, and takes no other")
        }
        let text = list.text
        // One run writes a list more than once.
        return try base.write(text, idempotencyKey: "\(idempotencyKey):\(try context.sha256(text).prefix(16))")
    }
}
