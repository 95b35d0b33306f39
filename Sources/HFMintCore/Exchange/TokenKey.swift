/// Everything that a cached Hub token depends on: a token serves only calls with the same key.
package struct TokenKey: Equatable, Sendable {
    /// The fields, in a fixed order.
    package let fields: [Field]

    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: [UInt8]
    }

    /// - Parameters:
    ///   - subject: the publisher or member that the token is for.
    ///   - identity: the job's identity, as far as it is known without a request.
    ///   - gate: the manifest that decides, and the requested role.
    package init(
        authority: Authority, subject: Subject, identity: [String], allowsUntrustedEvent: Bool, gate: Gate? = nil
    ) {
        let texts: [(String, String)] =
            [("format", "1"), ("endpoint", authority.endpoint.description), ("audience", authority.audience)]
            + subject.fields + [("untrusted event allowed", allowsUntrustedEvent ? "yes" : "no")]
            + (gate.map { [("manifest", $0.policy.digest), ("role", $0.role ?? "")] } ?? [])
            + identity.enumerated().map { ("identity \($0)", $1) }
        fields = texts.map { Field(name: $0, value: Array($1.utf8)) }
    }

    package enum Subject: Sendable {
        case publisher(Resource)
        /// A member. The token reaches whatever the member may reach, so the key holds no resource. It holds no secret.
        case member(OrganizationMember, clientID: String)
        /// A member's role of a manifest. The manifest's digest covers member and scopes, but variables may hold the
        /// ids of clients.
        case role(clientIDs: [String])

        fileprivate var fields: [(String, String)] {
            switch self {
            case .publisher(let resource): [("kind", "trusted-publisher"), ("resource", resource.canonical)]
            case .member(let member, let clientID):
                [
                    ("kind", "organization-member"), ("member", member.email), ("client id", clientID),
                    ("scopes", member.scopes.joined(separator: " ")),
                ]
            case .role(let clientIDs):
                [("kind", "role of a member")] + clientIDs.map { ("client id", $0) }
            }
        }
    }

    /// The name of the token's files in the job's directory; the fields in the record tell two keys of one name apart.
    package var fingerprint: String {
        HFMintCore.fingerprint(fields.flatMap { [Array($0.name.utf8), $0.value] })
    }
}

extension IDTokenSource {
    /// Whether a user's command gives the ID token on a machine without a known provider.
    package var isUnknownCommand: Bool {
        if provider == nil, case .command = acquisition { true } else { false }
    }

    /// Returns what is known of a job's identity without a request: the provider and its job, the source, the
    /// credential for the token endpoint, and the lasting claims of a token that is already here.
    ///
    /// - Parameter job: the job's variables and files.
    package func identity(of job: Provider.Job, in context: Context) -> [String] {
        var identity = Provider.jobIdentity(provider, in: job.environment)
        switch acquisition {
        case .http(let http):
            identity += ["http", http.request.url.description] + http.proofFingerprint(in: job.environment)
        case .command(let command): identity += ["command"] + command.arguments
        case .program(let program):
            let keys = (provider?.jobVariables ?? []) + program.identityVariables
            identity += ["program"] + program.command.arguments + keys.map { job.environment.fingerprint(of: $0) }
        // `run` hands such an ID token on in another variable, and the job stays the same.
        case .held, .variable(.hfmintIDToken): identity += ["HF_OIDC_ID_TOKEN"] + lastingClaims(in: context)
        case .variable, .file: identity += [acquisition.source] + lastingClaims(in: context)
        }
        return identity
    }

    private func lastingClaims(in context: Context) -> [String] {
        (try? acquisition.idToken(in: context, limits: .default).claims.lasting) ?? []
    }
}

extension HTTPAcquisition {
    /// Returns what tells the credentials of two jobs for the token endpoint apart.
    fileprivate func proofFingerprint(in environment: Environment) -> [String] {
        switch proof {
        case .none: []
        case .variable(let key, _, _): [environment.fingerprint(of: key)]
        case .file(let path, _, _): [path]
        case .fetched(let other, _, _): [other.request.url.description] + other.proofFingerprint(in: environment)
        case .awsSignature(let region, _): [region, environment.fingerprint(of: .awsAccessKeyID)]
        }
    }
}
