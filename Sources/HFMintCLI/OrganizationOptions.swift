internal import HFMintCore

/// The options by which an organization's application asks for a token of one of its members.
extension Option {
    static let member = Option(
        "member", "EMAIL", help: "ask for a token of this member, with the client of an Enterprise organization")
    static let clientID = Option("client-id", "REF", help: "where the client's id is: env:NAME or file:PATH")
    static let clientSecret = Option(
        "client-secret", "REF", help: "where the client's secret is: env:NAME or file:PATH")
    static let scope = Option(
        "scope", "S", repeats: true, help: "what the member's token may do, such as read-repos; once for each")

    static let organization: [Option] = [member, clientID, clientSecret, scope]
}

extension Arguments {
    /// Returns the member that the command line asks a token for, or nil for the job itself.
    ///
    /// - Throws: ``MintError/Code/usage`` if an option is missing, or has no use with the others.
    func organizationMember() throws(MintError) -> OrganizationMember? {
        let given = Option.organization.filter { has($0) }
        guard let email = value(.member), let id = value(.clientID), let secret = value(.clientSecret), has(.scope)
        else {
            guard let first = given.first else { return nil }
            let missing = Option.organization.filter { !has($0) }.map(\.usage)
            throw .usage(
                "'--\(first.name)' needs \(missing.joined(separator: ", "))",
                hint: has(.scope)
                    ? "a token for a member is asked for with all four"
                    : "say what the token is for, such as --scope read-repos; without one the Hub would give all")
        }
        let useless = [Option.idTokenFile, .idTokenCommand, .audience].filter { has($0) }
        if let option = useless.first {
            throw .usage(
                "'--\(option.name)' has no use with '--member'",
                hint: "the Hub is shown the client's secret, and no ID token")
        }
        let client = OrganizationClient(
            id: try reference(.clientID, id), secret: try reference(.clientSecret, secret))
        return try OrganizationMember(email: email, client: client, scopes: values(.scope))
    }

    /// Returns the member whom the manifest's role or, without a manifest, the command line names; nil for the job.
    func member(under gate: Gate?) throws(MintError) -> OrganizationMember? {
        guard let gate else { return try organizationMember() }
        return try gate.member()
    }

    /// Returns where a value is, or throws an error that never quotes what was typed: it may be the secret.
    private func reference(_ option: Option, _ text: String) throws(MintError) -> SecretReference {
        if let reference = SecretReference(parsing: text) { return reference }
        throw .usage(
            "'--\(option.name)' does not say where to look",
            hint: "write env:NAME or file:PATH; the value itself would stand in the process list")
    }

    /// Returns the same options for a git helper, which is run in other folders.
    func organizationWords(in folder: String) -> [String] {
        Option.organization.flatMap { option in
            values(option).flatMap { value in
                let isFile = option.value == "REF" && value.utf8.starts(with: "file:".utf8)
                let path = FilePath(String(decoding: value.utf8.dropFirst(5), as: UTF8.self))
                return ["--\(option.name)", isFile ? "file:\(path.from(folder).text)" : value]
            }
        }
    }
}
