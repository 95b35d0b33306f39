internal import Synchronization

/// What hfmint goes by is read again: at SIGHUP the manifest, and twice a second the deny list and the keys of tickets.
extension DecisionService {
    /// Reads the manifest anew, with its keys and tokens; one that cannot be used changes nothing.
    func reload() {
        let snapshot: ServeSnapshot
        let denied: DenyList
        do throws(MintError) {
            snapshot = try ServeSnapshot(try read(), in: context)
            denied = try DenyList(namedBy: snapshot.point.definition, in: context)
            if let trouble = tokens.load(snapshot.point.definition).first { throw trouble.error(naming: snapshot) }
        } catch {
            metrics.reloaded(.failed)
            let reasons = [error.message] + error.details.prefix(3)
            tell(
                .manifest,
                "the manifest was not reloaded, and the one before is obeyed: \(reasons.joined(separator: "; "))")
            return
        }
        let callers = Callers(snapshot, keys: keys, context: context)
        state.withLock { state in
            state.snapshot = snapshot
            state.callers = callers
            state.denied = denied
            state.troubles = [:]
        }
        metrics.reloaded(.ok)
        metrics.begin(snapshot.point, digest: snapshot.digest)
        records.add(AuditEvent(.serveReloaded, reason: "policy \(snapshot.digest)"))
        context.note("reloaded '\(snapshot.point.policy.manifest)'; policy \(snapshot.digest)")
    }

    /// Reads the deny list anew; one that cannot be read leaves the one before it in force.
    func reloadDenyList() {
        let (snapshot, _, before) = current
        do throws(MintError) {
            let list = try DenyList(namedBy: snapshot.point.definition, in: context, after: before)
            let isNew = state.withLock { state in
                // A reload may have come between, of a manifest that names another list.
                guard state.snapshot.digest == snapshot.digest else { return false }
                state.denied = list
                state.troubles[.denyList] = nil
                return list.digest != before.digest
            }
            guard isNew else { return }
            context.note("the deny list has \(list.count) entries now")
        } catch {
            tell(.denyList, "\(error.message); the list before is obeyed")
        }
    }

    /// Reads the keys of tickets anew, which a rotation changes; keys that cannot be read leave those before in force.
    ///
    /// A program that gives keys is run at a reload alone.
    func reloadTicketKeys() {
        let before = current.snapshot
        guard let ids = before.tickets?.ids, let references = before.point.definition.tickets?.keys,
            references.allSatisfy({ if case .command = $0 { false } else { true } })
        else { return }
        do throws(MintError) {
            let snapshot = try ServeSnapshot(before.point, in: context)
            guard snapshot.tickets?.ids != ids else { return state.withLock { $0.troubles[.ticketKeys] = nil } }
            // Tickets under a key that is gone must not be remembered as good.
            let callers = Callers(snapshot, keys: keys, context: context)
            let isNew = state.withLock { state in
                // A reload may have come between.
                guard state.snapshot.digest == before.digest else { return false }
                state.snapshot = snapshot
                state.callers = callers
                return true
            }
            guard isNew, let ids = snapshot.tickets?.ids else { return }
            records.add(AuditEvent(.serveReloaded, reason: "keys \(ids.joined(separator: ","))"))
            context.note("tickets are signed with the key \(ids[0]), and \(ids.count) open them")
        } catch {
            tell(.ticketKeys, "\(error.message); the keys before are used")
        }
    }

    /// Says a trouble at `/readyz` from now on, and once on stderr.
    private func tell(_ trouble: Trouble, _ sentence: String) {
        let isNew = state.withLock { state in
            defer { state.troubles[trouble] = sentence }
            return state.troubles[trouble] != sentence
        }
        if isNew { context.note(sentence) }
    }
}

extension DenyList {
    /// Reads the list that the manifest names, if it names one.
    ///
    /// A list that is not there refuses nobody only if no list was named: a file that was lost must not let anybody in.
    ///
    /// - Parameter before: the list that is taken where the file is as it was.
    init(namedBy definition: ServeDefinition, in context: Context, after before: DenyList? = nil) throws(MintError) {
        guard let name = definition.deny else {
            self.init()
            return
        }
        let path = FilePath(name).from(definition.folder).text
        let reason: String
        do throws(FileFailure) {
            guard let text = try context.files.readTrusted(path, limit: Self.byteLimit) else {
                throw FileFailure(path, "there is no such file")
            }
            let digest = try Self.digest(of: text, in: context)
            if let before, before.digest == digest {
                self = before
                return
            }
            do throws(Malformed) {
                try self.init(text.reveal { $0.bytes }, digest: digest)
                return
            } catch {
                reason = error.reason
            }
        } catch {
            reason = error.reason
        }
        throw MintError(
            .stateUnusable, "the deny list '\(path)' cannot be used: \(reason)",
            hint: "an empty file refuses nobody")
    }

    private static func digest(of text: borrowing Secret, in context: Context) throws(FileFailure) -> [UInt8] {
        do throws(MintError) {
            return try context.digests.sha256(text)
        } catch {
            throw FileFailure("", error.message)
        }
    }
}
