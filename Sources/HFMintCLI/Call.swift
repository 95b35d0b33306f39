internal import HFMintCore

/// One call of hfmint, before anything is read: what was typed, where it runs, and what will record it.
struct Call: Sendable {
    let arguments: Arguments
    let context: Context
    /// Records nothing until a manifest says where.
    let audit: AuditTrail

    init(_ arguments: Arguments, in context: Context) {
        self.arguments = arguments
        self.context = context
        audit = AuditTrail(on: context.machine)
    }
}

extension Call {
    /// Returns the manifest that `--manifest` or else HFMINT_MANIFEST names, or nil: no folder is searched for one.
    ///
    /// - Throws: ``MintError/Code/usage`` if HFMINT_MANIFEST holds a relative path.
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

    /// Returns the path of the manifest, for a command that needs one.
    ///
    /// - Throws: ``MintError/Code/usage`` if no manifest was named.
    func manifestPath() throws(MintError) -> String {
        guard let path = try namedManifest() else {
            throw .usage(
                "no manifest was named", hint: "give --manifest PATH, or set HFMINT_MANIFEST to its absolute path")
        }
        return path
    }

    /// Reads the manifest at `path`, and begins to record where it says.
    ///
    /// A command calls this, or ``openGate(on:)``, once.
    ///
    /// - Parameter provider: the detected CI system or cloud, or nil.
    func openManifest(at path: String, on provider: Provider?) throws(MintError) -> Manifest {
        let manifest = try Manifest(at: path, in: context.machine)
        if let definition = manifest.audit { audit.begin(try definition.settings(on: provider, in: context)) }
        return manifest
    }

    /// Begins to record where the manifest says, or notes why it cannot: the command works without a record too.
    func beginAudit(on provider: Provider?) {
        do throws(MintError) {
            if let path = try namedManifest() { _ = try openManifest(at: path, on: provider) }
        } catch {
            context.note("audit: not recorded: \(error.message)")
        }
    }

    /// Reads the manifest that decides what this job may have, and begins to record where it says.
    ///
    /// - Returns: the gate, or nil if no manifest was named.
    /// - Throws: ``MintError/Code/usage`` for a role without a manifest, a role that the manifest does not have, and an
    ///   option that a role supplies.
    func openGate(on provider: Provider?) throws(MintError) -> Gate? {
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
        let gate = Gate(try openManifest(at: path, on: provider).policy(), role: arguments.value(.role))
        if let role = gate.role { _ = try gate.policy.requiredRole(role) }
        return gate
    }

    /// Returns the directory of this job's tokens.
    func jobDirectory(of provider: Provider?) -> JobDirectory {
        JobDirectory(option: arguments.value(.stateDirectory), provider: provider, context: context)
    }

    /// Ends the record of a command: says the head on stderr, and sends the collector what it has not received.
    ///
    /// The job's log is kept elsewhere, so the head in it proves later what the audit log was.
    ///
    /// - Parameters:
    ///   - tellsHead: whether stderr gets the head without `--verbose` too.
    ///   - sends: whether the collector is asked.
    func endAudit(tellsHead: Bool = true, sends: Bool = true) throws(MintError) {
        guard let head = audit.head else {
            if sends, audit.isActing { try audit.sendRecords(in: context) }
            return
        }
        if tellsHead { context.note("audit head \(head)") } else { context.trace("audit head \(head)") }
        if tellsHead, let settings = audit.settings, let file = settings.file, settings.url == nil,
            let reason = context.willVanish(file)
        {
            context.note("audit: '\(file)' proves nothing later: \(reason); name a collector with audit.url")
        }
        if sends { try audit.sendRecords(in: context) }
    }
}
