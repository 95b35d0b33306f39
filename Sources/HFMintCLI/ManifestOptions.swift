internal import HFMintCore

extension Option {
    static let manifest = Option("manifest", "PATH", help: "the manifest (default: HFMINT_MANIFEST, an absolute path)")
    static let role = Option("role", "ROLE", help: "the manifest's role to take, where several are granted to this job")

    /// The options that name a manifest and one of its roles.
    static let policy: [Option] = [manifest, role]

    /// The options that the roles of a manifest supply, so that the command line must not.
    static let suppliedByRole: [Option] = organization
}

extension Environment.Key {
    static let manifest: Self = "HFMINT_MANIFEST"
}

extension Arguments {
    /// Returns the options that give a git helper, which is run in other folders, the same manifest and role.
    func manifestWords(in folder: String) -> [String] {
        let manifest = value(.manifest).map { path in
            ["--manifest", FilePath(path).from(folder).text]
        }
        return (manifest ?? []) + (value(.role).map { ["--role", $0] } ?? [])
    }
}
