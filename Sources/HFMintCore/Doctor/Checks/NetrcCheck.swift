extension Check {
    static let netrc = Check(
        id: "netrc", title: "whether a `.netrc` would log in to the Hub before hfmint is asked"
    ) { examination in
        let environment = examination.context.environment
        // Python's requests and newer versions of curl read the variable; git reads only the file.
        let paths = [environment["NETRC"], environment["HOME"].map { "\($0)/.netrc" }].compactMap(\.self)
        let hosts = ["huggingface.co", "hf.co"] + [examination.endpoint?.host].compactMap(\.self)
        let findings = paths.compactMap { path in finding(path, hosts, examination.context.files) }
        return findings.isEmpty ? [.ok("none holds a log-in for the Hub")] : findings
    }

    /// Judges the log-in by what git does with it.
    ///
    /// libcurl answers a 401 with the log-in before git sees it. If the Hub answers 401 again, git asks its helpers.
    /// Any other answer is final, such as that to a token for another repository.
    /// See `handle_curl_result` in <https://github.com/git/git/blob/v2.39.5/http.c>.
    private static func finding(_ path: String, _ hosts: [String], _ files: any ReadableFiles) -> Finding? {
        guard let text = try? files.read(path, limit: 64 << 10) else { return nil }
        let found = text.reveal { NetrcLogins($0) }
        let entries = hosts.compactMap { host in found.entry(for: host) }
        guard let entry = entries.first(where: \.hasToken) ?? entries.first else { return nil }
        let location = "line \(entry.line) of '\(path)'"
        let noun = entry.host ?? "every host"
        let next =
            "remove the entry `\(entry.host.map { "machine \($0)" } ?? "default")` from \(shellQuoted(path))"
        guard entry.hasToken else {
            return .warn(
                "\(location) holds a log-in for \(noun) that is no Hub token: git sends it, and asks hfmint after the"
                    + " Hub's 401; Python's requests sends it in place of hfmint's token, and fails", next: next)
        }
        return .fail(
            "\(location) holds a Hub token for \(noun): git logs in with it, and asks hfmint only if the Hub answers 401,"
                + " not if that token is too narrow (403); Python's requests sends it in place of hfmint's", next: next)
    }
}
