internal import HFMintCore

extension Option {
    static let manifest = Option("manifest", "PATH", help: "the manifest (default: HFMINT_MANIFEST, an absolute path)")
    static let role = Option("role", "ROLE", help: "the manifest's role to take, where several are granted to this job")

    /// What a manifest says about who may have what.
    static let policy: [Option] = [manifest, role]

    /// What a role of a manifest supplies, and the command line must not.
    static let suppliedByRole: [Option] = organization
}

extension Environment.Key {
    static let manifest: Self = "HFMINT_MANIFEST"
}

/// The manifest that `--manifest` or HFMINT_MANIFEST names.
///
/// - Throws: ``MintError/Code/usage`` where none is named: a manifest is never looked for.
func manifestPath(_ arguments: Arguments, _ context: Context) throws(MintError) -> String {
    guard let path = try namedManifest(arguments, context) else {
        throw .usage("no manifest was named", hint: "give --manifest PATH, or set HFMINT_MANIFEST to its absolute path")
    }
    return path
}

func namedManifest(_ arguments: Arguments, _ context: Context) throws(MintError) -> String? {
    if let path = arguments.value(.manifest) { return path }
    guard let path = context.environment[.manifest] else { return nil }
    guard path.utf8.first == ASCII.slash else {
        throw .usage(
            "HFMINT_MANIFEST is not an absolute path: '\(path)'",
            hint: "what it means must not depend on where hfmint runs")
    }
    return path
}

extension Arguments {
    /// The same manifest and role for a git helper, which is run in other folders.
    func manifestWords(in folder: String) -> [String] {
        let manifest = value(.manifest).map { path in
            ["--manifest", path.utf8.first == ASCII.slash ? path : "\(folder)/\(path)"]
        }
        return (manifest ?? []) + (value(.role).map { ["--role", $0] } ?? [])
    }

    /// Reads the manifest that decides what this job may have, and begins to record where it says so.
    ///
    /// A command calls it once, when it runs.
    ///
    /// - Returns: `nil` where no manifest was named.
    /// - Throws: ``MintError/Code/usage`` also for a role without a manifest.
    func openGate(in context: Context) throws(MintError) -> Gate? {
        guard let path = try namedManifest(self, context) else {
            guard !has(.role) else {
                throw .usage(
                    "--role needs a manifest that has roles",
                    hint: "give --manifest PATH, or set HFMINT_MANIFEST to its absolute path")
            }
            return nil
        }
        for option in Option.suppliedByRole where has(option) {
            throw .usage(
                "--\(option.name) and a manifest exclude each other: its roles say that",
                hint: "give --role, or leave out --manifest and HFMINT_MANIFEST")
        }
        let manifest = try Manifest(at: path, in: context)
        try context.beginAudit(manifest)
        return Gate(try manifest.policy(), role: value(.role))
    }
}

extension Context {
    /// From here on this command's events are recorded where `manifest` says.
    func beginAudit(_ manifest: Manifest) throws(MintError) {
        if let definition = manifest.audit { audit.begin(try definition.settings(in: self)) }
    }

    /// The same for a command that does its work whatever the manifest says: it must not fail for that.
    func beginAudit(_ arguments: Arguments) {
        do throws(MintError) {
            guard let path = try namedManifest(arguments, self) else { return }
            try beginAudit(Manifest(at: path, in: self))
        } catch {
            note("audit: not recorded: \(error.message)")
        }
    }

    /// At the end of a command: the collector hears what it has not heard, and the log of the job, which is kept
    /// elsewhere, gets the head.
    ///
    /// - Parameter isTalking: whether somebody reads along.
    func endAudit(isTalking: Bool = true, sends: Bool = true) throws(MintError) {
        guard let head = audit.head else {
            if sends, audit.isActing { try sendRecords() }
            return
        }
        if isTalking { note("audit head \(head)") } else { trace("audit head \(head)") }
        if isTalking, let file = audit.settings?.file, audit.settings?.url == nil, let reason = willVanish(file) {
            note("audit: '\(file)' proves nothing later: \(reason); name a collector with audit.url")
        }
        if sends { try sendRecords() }
    }
}
