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

extension Arguments {
    /// The same manifest and role for a git helper, which is run in other folders.
    func manifestWords(in folder: String) -> [String] {
        let manifest = value(.manifest).map { path in
            ["--manifest", FilePath(path).from(folder).text]
        }
        return (manifest ?? []) + (value(.role).map { ["--role", $0] } ?? [])
    }
}
