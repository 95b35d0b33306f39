extension Check {
    static let netrc = Check(
        id: "netrc", title: "whether a `.netrc` would log in to the Hub before hfmint is asked"
    ) { examination in
        let environment = examination.context.environment
        // The variable is read by Python's requests and by newer versions of curl, the file by git as well.
        let paths = [environment["NETRC"], environment["HOME"].map { "\($0)/.netrc" }].compactMap(\.self)
        let hosts = ["huggingface.co", "hf.co"] + [examination.endpoint?.host].compactMap(\.self)
        let findings = paths.compactMap { path in finding(path, hosts, examination.context.files) }
        return findings.isEmpty ? [.ok("none holds a log-in for the Hub")] : findings
    }

    private static func finding(_ path: String, _ hosts: [String], _ files: any Files) -> Finding? {
        guard let text = try? files.read(path, limit: 64 << 10) else { return nil }
        let found = text.reveal { NetrcHosts($0) }
        let host = found.hosts.first { hosts.contains($0) }
        guard let noun = host ?? (found.hasDefault ? "every host" : nil) else { return nil }
        return .warn(
            "'\(path)' holds a log-in for \(noun): git, curl and Python's requests send it instead of hfmint's token",
            next: host == nil
                ? "remove the entry `default` from \(shellQuoted(path))"
                : "remove the entry `machine \(noun)` from \(shellQuoted(path))")
    }
}
