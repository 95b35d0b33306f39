extension Check {
    static let tokenFiles = Check.single(
        id: "token-files", title: "which token files lie about, who can read them, and how old they are"
    ) { examination in
        let environment = examination.context.environment
        if let path = environment[.hfTokenPath] { return named(path, examination) }
        guard let path = defaultPath(environment) else { return .ok("none: there is no home directory") }
        guard let facts = examination.context.files.facts(of: path) else { return .ok("none at '\(path)'") }
        return .warn(
            "'\(path)' holds a token that someone logged in with (mode \(mode(facts)),"
                + " \(age(facts, examination.now)) old): it is used wherever hfmint delivers none",
            next: "remove it from this machine: hf auth logout")
    }

    private static func named(_ path: String, _ examination: Examination) -> Finding {
        guard let facts = examination.context.files.facts(of: path) else {
            return .fail(
                "HF_TOKEN_PATH names '\(path)', which does not exist",
                next: "exchange again in this step, or unset HF_TOKEN_PATH")
        }
        guard facts.permissions & 0o077 == 0 else {
            return .warn(
                "HF_TOKEN_PATH names '\(path)', which others can read (mode \(mode(facts)))",
                next: "chmod 600 \(shellQuoted(path))")
        }
        // A token that the Hub gives a job lives one hour.
        guard examination.now - facts.modifiedAt <= 3_600 else {
            return .warn(
                "HF_TOKEN_PATH names '\(path)', written \(age(facts, examination.now)) ago: a job's token lives one hour",
                next: "exchange again in this step")
        }
        return .ok("HF_TOKEN_PATH names '\(path)' (mode \(mode(facts)))")
    }

    /// Returns the path where huggingface_hub looks if `HF_TOKEN_PATH` is not set, or nil without a home directory.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables#hfhome>
    private static func defaultPath(_ environment: Environment) -> String? {
        if let home = environment["HF_HOME"] { return "\(home)/token" }
        if let cache = environment["XDG_CACHE_HOME"] { return "\(cache)/huggingface/token" }
        return environment["HOME"].map { "\($0)/.cache/huggingface/token" }
    }

    private static func mode(_ facts: FileFacts) -> String { String(facts.permissions & 0o777, radix: 8) }

    private static func age(_ facts: FileFacts, _ now: Timestamp) -> String {
        inWords(seconds: max(0, now - facts.modifiedAt))
    }
}
