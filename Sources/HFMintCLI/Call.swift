internal import HFMintCore

extension Call {
    /// The manifest that `--manifest` or HFMINT_MANIFEST names; `nil` where neither does: none is ever looked for.
    ///
    /// - Throws: ``MintError/Code/usage`` for a variable that means another file in another folder.
    func namedManifest() throws(MintError) -> String? {
        if let path = arguments.value(.manifest) { return path }
        guard let path = context.environment[.manifest] else { return nil }
        guard FilePath(path).isAbsolute else {
            throw .usage(
                "HFMINT_MANIFEST is not an absolute path: '\(path)'",
                hint: "what it means must not depend on where hfmint runs")
        }
        return path
    }

    /// The same for a command that cannot do without.
    func manifestPath() throws(MintError) -> String {
        guard let path = try namedManifest() else {
            throw .usage(
                "no manifest was named", hint: "give --manifest PATH, or set HFMINT_MANIFEST to its absolute path")
        }
        return path
    }

    /// Reads the manifest at `path`, and begins to record where it says.
    ///
    /// A command calls this, or ``openGate()``, once.
    func openManifest(at path: String) throws(MintError) -> Manifest {
        let manifest = try Manifest(at: path, in: context.machine)
        if let definition = manifest.audit { audit.begin(try definition.settings(in: context)) }
        return manifest
    }

    /// Begins to record where the manifest says, for a command that does its work whatever that says: it must not fail
    /// for that.
    func beginAudit() {
        do throws(MintError) {
            if let path = try namedManifest() { _ = try openManifest(at: path) }
        } catch {
            context.note("audit: not recorded: \(error.message)")
        }
    }

    /// Reads the manifest that decides what this job may have, and begins to record where it says.
    ///
    /// - Returns: `nil` where no manifest was named.
    /// - Throws: ``MintError/Code/usage`` also for a role without a manifest, and for one that it does not have.
    func openGate() throws(MintError) -> Gate? {
        guard let path = try namedManifest() else {
            guard !arguments.has(.role) else {
                throw .usage(
                    "--role needs a manifest that has roles",
                    hint: "give --manifest PATH, or set HFMINT_MANIFEST to its absolute path")
            }
            return nil
        }
        for option in Option.suppliedByRole where arguments.has(option) {
            throw .usage(
                "--\(option.name) and a manifest exclude each other: its roles say that",
                hint: "give --role, or leave out --manifest and HFMINT_MANIFEST")
        }
        let gate = Gate(try openManifest(at: path).policy(), role: arguments.value(.role))
        if let role = gate.role { _ = try gate.policy.requiredRole(role) }
        return gate
    }

    /// Where the tokens of this job lie.
    func jobDirectory(of provider: Provider?) -> JobDirectory {
        JobDirectory(option: arguments.value(.stateDirectory), provider: provider, context: context)
    }

    /// At the end of a command: the collector hears what it has not heard, and the log of the job, which is kept
    /// elsewhere, gets the head.
    ///
    /// - Parameter isTalking: whether somebody reads along.
    func endAudit(isTalking: Bool = true, sends: Bool = true) throws(MintError) {
        guard let head = audit.head else {
            if sends, audit.isActing { try audit.sendRecords(in: context) }
            return
        }
        if isTalking { context.note("audit head \(head)") } else { context.trace("audit head \(head)") }
        if isTalking, let settings = audit.settings, let file = settings.file, settings.url == nil,
            let reason = context.willVanish(file)
        {
            context.note("audit: '\(file)' proves nothing later: \(reason); name a collector with audit.url")
        }
        if sends { try audit.sendRecords(in: context) }
    }
}
