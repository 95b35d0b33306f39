/// Where this run's ID token comes from, and who vouches for it.
package struct IDTokenSource: Sendable {
    package let acquisition: Acquisition
    /// The provider this job runs on, where one is recognised; also when the token came by another way.
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

    /// How somebody handed this job an ID token, whatever the provider: in a variable, or in a file that is kept fresh.
    package static func given(_ environment: Environment) -> Acquisition? {
        if let key = [.hfOIDCIDToken, .hfmintIDToken].first(where: { environment.isSet($0) }) { return .variable(key) }
        return environment[.hfmintIDTokenFile].map { .file($0) }
    }

    /// Asks in this order: an option, what was ``given(_:)``, the provider.
    ///
    /// - Parameter provider: the one that an option names, else the one that is detected.
    /// - Throws: ``MintError/Code/identityNotFound`` where nothing here can prove which job this is.
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
    /// Nothing here can prove which job this is; a container may have been given half of what would.
    static func identityNotFound(in environment: Environment) -> MintError {
        let what = "no CI system was recognised here, and no ID token was given"
        for provider in allProviders {
            guard let key = provider.traces.first(where: { environment.isSet($0) }) else { continue }
            return MintError(
                .identityNotFound,
                "\(what); \(key.name) is set, as on \(provider.title), and \(provider.evidence) is not",
                hint: "give --provider \(provider.name), or pass \(provider.evidence) on as well (docker run -e)")
        }
        return MintError(
            .identityNotFound, what,
            hint: "run this in a CI job, or give --id-token-file, --id-token-command, or HF_OIDC_ID_TOKEN")
    }
}
