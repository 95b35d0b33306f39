/// Everything that a cached Hub token depends on: nothing is served across any of it.
package struct TokenKey: Equatable, Sendable {
    /// Name and value, in a fixed order.
    package let fields: [Field]

    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: [UInt8]
    }

    /// - Parameters:
    ///   - subject: whom the token is for.
    ///   - identity: what is known of the job's identity without a request.
    ///   - gate: the manifest that decides, and the role that was asked for.
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

    /// Whom a token is for.
    package enum Subject: Sendable {
        case publisher(Resource)
        /// Good for whatever the member may reach: no resource is part of it, and no secret.
        case member(OrganizationMember, clientID: String)
        /// A member's role of a manifest, which names member and scopes; what it may leave to variables are the ids of
        /// clients.
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

    /// Names the token's files in the job's directory; two keys with one name are told apart by their fields.
    package var fingerprint: String {
        HFMintCore.fingerprint(fields.flatMap { [Array($0.name.utf8), $0.value] })
    }
}

extension IDTokenSource {
    /// Whether a command of the user's gives the ID token on a machine that names no job.
    package var isUnknownCommand: Bool {
        if provider == nil, case .command = acquisition { true } else { false }
    }

    /// What is known of a job's identity without a request: the provider and its job, the source, the credential for
    /// the token endpoint, and issuer and subject of a token that is already here.
    ///
    /// - Parameter job: the caller's variables and files.
    package func identity(of job: Provider.Job, in context: Context) -> [String] {
        var identity = Provider.jobIdentity(provider, in: job.environment)
        switch acquisition {
        case .http(let http):
            identity += ["http", http.request.url.description] + http.proofFingerprint(in: job.environment)
        case .command(let command): identity += ["command"] + command.arguments
        case .program(let program):
            let keys = (provider?.jobVariables ?? []) + program.identityVariables
            identity += ["program"] + program.command.arguments + keys.map { job.environment.fingerprint(of: $0) }
        case .variable, .file, .held:
            let claims = try? acquisition.idToken(in: context, limits: .default).claims
            // Not the name of the variable: the same token counts as the same job under another, and `run` hands on
            // what it read from standard input.
            let wasHandedOn = acquisition == .variable(.hfmintIDToken) || acquisition.isHeld
            identity += [
                wasHandedOn ? "HF_OIDC_ID_TOKEN" : acquisition.source
            ]
            identity += claims?.lasting ?? []
        }
        return identity
    }
}

extension Acquisition {
    fileprivate var isHeld: Bool {
        if case .held = self { true } else { false }
    }
}

extension HTTPAcquisition {
    /// Tells two jobs apart by what each shows its endpoint, without a copy of it.
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
