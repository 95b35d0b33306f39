extension Check {
    static let certificates = Check(
        id: "certificates", title: "whose signature on the Hub's certificate counts here"
    ) { examination in
        let environment = examination.context.environment
        let names: [Environment.Key] = ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
        let given = names.filter { environment.isSet($0) }
        let broken = given.compactMap { problem(with: $0, examination) }
        guard broken.isEmpty else { return broken }
        guard given.isEmpty else {
            let list = given.map { "\($0.name)='\(environment[$0] ?? "")'" }.joined(separator: " ")
            return [.ok("those of \(list)")]
        }
        if environment.isSet("REQUESTS_CA_BUNDLE") {
            return [
                .warn(
                    "the system's; REQUESTS_CA_BUNDLE is set, and only Python's requests reads it",
                    next: "set SSL_CERT_FILE to the same file: hfmint, curl and huggingface_hub read that")
            ]
        }
        return [system(examination)]
    }

    private static func problem(with key: Environment.Key, _ examination: Examination) -> Finding? {
        let path = examination.context.environment[key] ?? ""
        let wantsDirectory = key == "SSL_CERT_DIR"
        let found = examination.context.files.facts(of: path)?.kind
        let next = "point \(key.name) at the CA's certificates (PEM), or unset it"
        guard let found else { return .fail("\(key.name) names '\(path)', which does not exist", next: next) }
        guard (found == .directory) == wantsDirectory else {
            return .fail("\(key.name) names '\(path)', which is \(wantsDirectory ? "no" : "a") directory", next: next)
        }
        return nil
    }

    /// Where OpenSSL and Debian keep them.
    private static func system(_ examination: Examination) -> Finding {
        let directory = "/etc/ssl/certs"
        let isThere = !examination.context.files.names(in: directory).isEmpty
        guard isThere || examination.endpoint?.scheme == .http else {
            return .fail(
                "there are none: '\(directory)' is empty", next: "install them: apt-get install ca-certificates")
        }
        return .ok("the system's")
    }
}
