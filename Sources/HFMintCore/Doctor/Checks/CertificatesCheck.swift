extension Check {
    static let certificates = Check(
        id: "certificates", title: "whose signature on the Hub's certificate counts here", isPrerequisite: true
    ) { examination in
        let environment = examination.context.environment
        let names: [Environment.Key] = ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
        let given = names.filter { environment.isSet($0) }
        let broken = given.flatMap { problems(with: $0, examination) }
        guard broken.isEmpty else { return broken }
        guard given.isEmpty else {
            let list = given.map { "\($0.name)='\(environment[$0] ?? "")'" }.joined(separator: " ")
            return [.ok("those of \(list)")]
        }
        guard environment.isSet("REQUESTS_CA_BUNDLE") else { return [system(examination)] }
        return [
            .warn(
                "the system's; REQUESTS_CA_BUNDLE is set, and only Python's requests reads it",
                next: "set SSL_CERT_FILE to the same file: hfmint, curl and huggingface_hub read that")
        ]
    }

    private static func problems(with key: Environment.Key, _ examination: Examination) -> [Finding] {
        let value = examination.context.environment[key] ?? ""
        let wantsDirectory = key == "SSL_CERT_DIR"
        // OpenSSL takes a list of directories, and looks in those that exist.
        // <https://docs.openssl.org/3.0/man1/openssl-verification-options/#trusted-certificate-options>
        let paths =
            wantsDirectory
            ? value.utf8.split(separator: ASCII.colon).map { String(decoding: $0, as: UTF8.self) } : [value]
        let problems = paths.compactMap { path in
            problem(examination.context.files.facts(of: path)?.kind, wantsDirectory).map { "'\(path)', which \($0)" }
        }
        let next = "point \(key.name) at the CA's certificates (PEM), or unset it"
        if problems.count == paths.count {
            return [.fail("\(key.name) names \(problems.joined(separator: ", and "))", next: next)]
        }
        return problems.map { .warn("\(key.name) also names \($0)", next: "take it out of \(key.name)") }
    }

    private static func problem(_ kind: FileKind?, _ wantsDirectory: Bool) -> String? {
        guard let kind else { return "does not exist" }
        return (kind == .directory) == wantsDirectory ? nil : "is \(wantsDirectory ? "no" : "a") directory"
    }

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
