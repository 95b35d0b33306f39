extension Check {
    static let versions = Check.single(id: "versions", title: "which versions these are") { examination in
        let git = examination.git?.version
        let http = examination.context.transport.version
        let crypto = examination.context.digests.version
        let facts = [
            Finding.Fact("hfmint", hfmintVersion), Finding.Fact("libcurl", http), Finding.Fact("libcrypto", crypto),
            Finding.Fact("git", git),
        ]
        let noGit = examination.git == nil ? "no git" : "a git that cannot be asked"
        let names = ["hfmint \(hfmintVersion)", http ?? "no libcurl", crypto ?? "no libcrypto", git ?? noGit]
        return .ok(names.joined(separator: ", "), facts: facts)
    }
}
