extension Provider.Job {
    /// An ID token that the provider put into a variable before the job began.
    ///
    /// - Parameters:
    ///   - keys: the first that is set counts.
    ///   - missing: what to change where none is.
    ///   - unsuitable: what to change where the token is for another audience; without it the same.
    /// - Throws: ``MintError/Code/identityDenied`` in both cases.
    func givenToken(
        _ provider: String, in keys: [Environment.Key], audience: String, missing: String, unsuitable: String? = nil
    ) throws(MintError) -> Acquisition {
        guard let key = keys.first(where: { environment.isSet($0) }), let value = environment.secret(key) else {
            throw MintError(
                .identityDenied, "\(provider): this job has no ID token (\(keys[0].name) is not set)", hint: missing)
        }
        // What is no JWT at all is told by who uses it.
        if let token = try? IDToken.parse(value), !token.claims.audiences.contains(where: { $0.equals(audience) }) {
            let audiences = token.claims.audiences.map { "'\(String(decoding: $0, as: UTF8.self))'" }
            throw MintError(
                .identityDenied,
                "\(provider): \(key.name) is for the audience \(audiences.joined(separator: ", ")), not '\(audience)'",
                hint: unsuitable ?? missing)
        }
        return .variable(key)
    }

    /// A base URL that the provider gives in a variable.
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
