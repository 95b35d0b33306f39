extension Provider {
    /// The facts that a provider may look at: variables, and files that the provider wrote.
    package struct Job: Sendable {
        package let environment: Environment
        package let files: any ReadableFiles

        package init(environment: Environment, files: any ReadableFiles) {
            self.environment = environment
            self.files = files
        }

        /// Returns whether the variable `key` is `true`, the way most providers announce themselves.
        package func isTrue(_ key: Environment.Key) -> Bool { environment[key] == "true" }

        /// Reads the JSON file that the variable `key` names, such as the event behind the job; nil if it cannot.
        package func json(at key: Environment.Key) -> JSONText? {
            guard let path = environment[key],
                let file = try? files.read(path, limit: JSONLimits.event.byteCount)
            else { return nil }
            return try? JSONText(file.reveal { $0.bytes }, limits: .event)
        }
    }

    /// Returns what the environment says to tell this job from all others: the provider, and its job variables.
    package static func jobIdentity(_ provider: Provider?, in environment: Environment) -> [String] {
        [provider?.name ?? "none"] + (provider?.jobVariables ?? []).map { environment[$0] ?? "" }
    }
}

extension Context {
    package var job: Provider.Job { Provider.Job(environment: environment, files: files) }
}

extension Provider.Job {
    /// Finds the ID token that the provider put into a variable before the job began.
    ///
    /// - Parameters:
    ///   - keys: the variables; the first that is set counts.
    ///   - missing: what to change if none is set.
    ///   - unsuitable: what to change if the token is for another audience; `missing` by default.
    /// - Throws: ``MintError/Code/identityDenied`` in both cases.
    func givenToken(
        _ provider: String, in keys: [Environment.Key], audience: String, missing: String, unsuitable: String? = nil
    ) throws(MintError) -> Acquisition {
        guard let key = keys.first(where: { environment.isSet($0) }), let value = environment.secret(key) else {
            throw MintError(
                .identityDenied, "\(provider): this job has no ID token (\(keys[0].name) is not set)", hint: missing)
        }
        // The acquisition refuses a text that is not a JWT.
        if let idToken = try? IDToken.parse(value), !idToken.claims.isFor(audience) {
            throw MintError(
                .identityDenied,
                "\(provider): \(key.name) is for the audience \(idToken.claims.quotedAudiences), not '\(audience)'",
                hint: unsuitable ?? missing)
        }
        return .variable(key)
    }

    /// Returns the token endpoint whose address and credential the provider puts into two variables.
    ///
    /// - Parameters:
    ///   - noun: what the provider calls a job.
    ///   - hint: what to change if a variable is not set.
    /// - Throws: ``MintError/Code/identityDenied`` if a variable is not set, or no secret may travel to the address.
    func tokenEndpoint(
        _ provider: String, _ address: Environment.Key, _ credential: Environment.Key, noun: String, hint: String
    ) throws(MintError) -> HTTPURL {
        guard let text = environment[address], environment.isSet(credential) else {
            throw MintError(
                .identityDenied,
                "\(provider): this \(noun) may not request an ID token (\(address.name) is not set)", hint: hint)
        }
        return try confidentialURL(provider, address, text)
    }

    /// Parses a base URL that the provider gives in the variable `key`.
    ///
    /// - Throws: ``MintError/Code/identityDenied`` if no secret may travel there.
    func confidentialURL(_ provider: String, _ key: Environment.Key, _ text: String) throws(MintError) -> HTTPURL {
        guard let url = HTTPURL(text), url.isConfidential else {
            throw MintError(
                .identityDenied,
                "\(provider): \(key.name) \(Origin.complaint(about: text) ?? "is not an https URL")",
                hint: "the provider sets this variable; nothing in the job should")
        }
        return url
    }
}
