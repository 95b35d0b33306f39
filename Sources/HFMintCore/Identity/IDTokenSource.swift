/// The source of this run's ID token, and the provider that vouches for the job.
///
/// ```swift
/// let provider = try Provider.chosen(options.provider, else: Provider.detected(in: context.job))
/// let source = try IDTokenSource(options, of: provider, audience: audience, in: context)
/// let idToken = try source.acquisition.idToken(in: context, limits: limits)
/// ```
package struct IDTokenSource: Sendable {
    package let acquisition: Acquisition
    /// The recognised provider of this job, even if the token comes from elsewhere; else nil.
    package let provider: Provider?

    /// What the command line says about the source.
    package struct Options: Sendable {
        package var file: String?
        package var command: String?
        package var provider: String?

        package init(file: String? = nil, command: String? = nil, provider: String? = nil) {
            self.file = file
            self.command = command
            self.provider = provider
        }
    }

    /// Returns the variable or the file in which the user hands over an ID token on any provider, or nil.
    package static func given(_ environment: Environment) -> Acquisition? {
        if let key = [.hfOIDCIDToken, .hfmintIDToken].first(where: { environment.isSet($0) }) { return .variable(key) }
        return environment[.hfmintIDTokenFile].map { .file($0) }
    }

    /// Chooses the source in this order: an option, what the user has ``given(_:)``, the provider.
    ///
    /// - Parameter provider: the one that an option names, else the one that is detected.
    /// - Throws: ``MintError/Code/identityNotFound`` if nothing here can prove which job this is.
    package init(
        _ options: Options, of provider: Provider?, audience: String, in context: Context
    ) throws(MintError) {
        let given = [
            options.file.map { _ in "--id-token-file" }, options.command.map { _ in "--id-token-command" },
            options.provider.map { _ in "--provider" },
        ].compactMap(\.self)
        guard given.count <= 1 else {
            throw .usage("\(given.joined(separator: " and ")) exclude each other", hint: "give one of them")
        }
        self.provider = provider
        if let file = options.file {
            acquisition = try file == "-" ? .standardInput(in: context) : .file(file)
        } else if let command = options.command {
            acquisition = .command(ChildCommand(["/bin/sh", "-c", command]))
        } else if options.provider == nil, let given = Self.given(context.environment) {
            acquisition = given
        } else if let provider {
            acquisition = try provider.acquisition(context.job, audience)
        } else {
            throw .identityNotFound(in: context.environment)
        }
    }
}

extension MintError {
    /// Returns the error that nothing here proves which job this is.
    ///
    /// It names the provider if a container has been given some of its variables.
    static func identityNotFound(in environment: Environment) -> MintError {
        let what = "no CI system was recognised here, and no ID token was given"
        for provider in allProviders {
            guard let key = provider.tokenVariables.first(where: { environment.isSet($0) }) else { continue }
            return MintError(
                .identityNotFound,
                "\(what); \(key.name) is set, as on \(provider.title), and \(provider.recognisedBy) is not",
                hint: "give --provider \(provider.name), or pass \(provider.recognisedBy) on as well (docker run -e)")
        }
        return MintError(
            .identityNotFound, what,
            hint: "run this in a CI job, or give --id-token-file, --id-token-command, or HF_OIDC_ID_TOKEN")
    }
}
