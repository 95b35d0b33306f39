internal import HFMintCore

/// The options that several commands share.
extension Option {
    static let help = Option("help", help: "show this help")
    static let json = Option("json", help: "print one JSON object on stdout")
    static let quiet = Option("quiet", help: "print nothing on stderr but errors")
    static let verbose = Option("verbose", help: "say on stderr how it was done")

    static let endpoint = Option(
        "endpoint", "URL", help: "the Hub's origin (default: HF_ENDPOINT, else https://huggingface.co)")
    static let audience = Option(
        "audience", "AUD", help: "the audience of the ID token (default: HFMINT_AUDIENCE, else the Hub's origin)")
    static let provider = Option(
        "provider", "NAME", choices: allProviders.map(\.name),
        help: "ask this CI system or cloud, whatever else is detected")
    static let idTokenFile = Option(
        "id-token-file", "PATH", help: "read the ID token from a file, or from stdin with '-'")
    static let idTokenCommand = Option(
        "id-token-command", "CMD", help: "run CMD with /bin/sh, and take the ID token from its stdout")
    static let deadline = Option("deadline", "SECONDS", help: "give up after so long (default: 90)")
    static let stateDirectory = Option(
        "state-dir", "DIR",
        help: "where this job's tokens lie (default: HFMINT_STATE_DIR, else the job's temporary files)")
    static let allowUntrustedEvent = Option(
        "allow-untrusted-event", help: "exchange even if strangers can trigger the event behind this job")

    /// The options that say who this job is, and where the Hub is.
    static let identity: [Option] = [endpoint, audience, provider, idTokenFile, idTokenCommand, deadline]
    static let reporting: [Option] = [json, quiet, verbose]
    /// The options of a command that gets a token.
    static let exchanging = policy + [allowUntrustedEvent] + identity + organization + [stateDirectory]
}

extension Arguments {
    var idTokenSource: IDTokenSource.Options {
        IDTokenSource.Options(file: value(.idTokenFile), command: value(.idTokenCommand), provider: value(.provider))
    }

    /// Returns which Hub is asked, and the audience that an ID token must have.
    func authority(in environment: Environment) throws(MintError) -> Authority {
        guard !has(.member) else {
            return try .forClient(endpointOption: value(.endpoint), environment: environment)
        }
        return try Authority(
            endpointOption: value(.endpoint), audienceOption: value(.audience), environment: environment)
    }

    /// How long the whole command may take.
    func timeLimit() throws(MintError) -> Duration { .seconds(try number(.deadline, in: 1...3_600) ?? 90) }

    /// Returns how much is said on stderr.
    ///
    /// - Throws: ``MintError/Code/usage`` for `--quiet` and `--verbose` together.
    func verbosity() throws(MintError) -> Verbosity {
        guard !has(.quiet) || !has(.verbose) else {
            throw .usage("--quiet and --verbose exclude each other", hint: "give one of them")
        }
        return has(.quiet) ? .quiet : has(.verbose) ? .verbose : .normal
    }
}

extension MintError {
    /// Returns the error for a token without a resource: no word, variable or role names one.
    static func noResource(example: String, _ gate: Gate?) -> MintError {
        .usage(
            "no resource was named, and neither HFMINT_RESOURCE nor HF_OIDC_RESOURCE is set",
            hint: gate?.resourceHint ?? "name what the token is for: \(example)")
    }
}
