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
        let manifest = value(.manifest).map { ["--manifest", FilePath($0).from(folder).text] }
        return (manifest ?? []) + words([.role])
    }

    /// Returns those of the options that have a value here, with it, for another call of hfmint.
    func words(_ options: [Option]) -> [String] {
        options.flatMap { option in value(option).map { ["--\(option.name)", $0] } ?? [] }
    }
}
