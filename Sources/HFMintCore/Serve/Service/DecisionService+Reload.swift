/// What hfmint goes by is read again: at SIGHUP the manifest, and twice a second the deny list.
extension DecisionService {
    /// Reads the manifest anew; what cannot be used changes nothing, and is said by `/readyz` and on stderr.
    func reload() {
        let snapshot: ServeSnapshot
        do throws(MintError) {
            snapshot = try ServeSnapshot(try read(), in: context)
            let faults = tokens.load(snapshot)
            if let fault = faults.first { throw fault }
        } catch {
            metrics.reloaded(isGood: false)
            let reason = ([error.message] + error.details.prefix(3)).joined(separator: "; ")
            set(.manifest, "the manifest was not reloaded, and the one before it is obeyed: \(reason)")
            return
        }
        let callers = Callers(snapshot, keys: keys, context: context)
        state.withLock { state in
            state.snapshot = snapshot
            state.callers = callers
            state.troubles[.manifest] = nil
        }
        reloadDenyList()
        metrics.reloaded(isGood: true)
        records.add(AuditEvent(.serveReloaded, reason: "policy \(snapshot.digest)")) { _ in }
        context.note("reloaded '\(snapshot.point.policy.manifest)', policy \(snapshot.digest)")
    }

    /// Reads the deny list anew; one that cannot be read leaves the one before it in force.
    func reloadDenyList() {
        let (snapshot, _, before) = current
        do throws(Malformed) {
            let list = try DenyList.read(snapshot.point.definition, in: context)
            if list != before {
                metrics.denied(count: list.count)
                context.note("the deny list has \(list.count) entries now")
            }
            state.withLock { state in
                state.denied = list
                state.troubles[.denyList] = nil
            }
        } catch {
            set(.denyList, "the deny list was not reloaded, and the one before it is obeyed: \(error.reason)")
        }
    }

    /// Notes a trouble for `/readyz`, and tells it once.
    func set(_ trouble: Trouble, _ sentence: String?) {
        let isNew = state.withLock { state in
            defer { state.troubles[trouble] = sentence }
            return state.troubles[trouble] != sentence
        }
        if isNew, let sentence { context.note(sentence) }
    }
}
