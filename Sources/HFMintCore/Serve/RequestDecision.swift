/// The answer to whether a request may pass.
package enum RequestDecision: Equatable, Sendable {
    case allowed(Allowed)
    case refused(Refused)

    package struct Allowed: Equatable, Sendable {
        /// Nil for an address that the Hub has signed.
        package let resource: Resource?
        package let right: Access
        /// Who may do it, or nil if anybody may.
        package let admission: Admission?
        /// Why the policy refuses it, if it passes all the same: ``EnforcementMode/audit``.
        package let despite: Refused?

        init(resource: Resource?, right: Access, admission: Admission?, despite: Refused? = nil) {
            self.resource = resource
            self.right = right
            self.admission = admission
            self.despite = despite
        }
    }

    /// An identity that was let in.
    package final class Admission: Equatable, Sendable {
        package let role: Role
        package let grant: Grant
        /// What is sent upstream in place of the caller's own credential.
        package let credential: ServeDefinition.Credential

        init(role: Role, grant: Grant, credential: ServeDefinition.Credential) {
            self.role = role
            self.grant = grant
            self.credential = credential
        }

        package static func == (left: Admission, right: Admission) -> Bool {
            left.role == right.role && left.grant == right.grant && left.credential == right.credential
        }
    }

    package struct Refused: Error, Equatable, Sendable {
        package let code: Code
        /// A clause that follows "the request".
        package let clause: String
        /// What the request is for, as far as its path could be read.
        package let route: HubRoute?
        /// What the policy found, where it was asked.
        package let denied: Decision.Denied?

        init(_ code: Code, _ clause: String, _ route: HubRoute? = nil, _ denied: Decision.Denied? = nil) {
            self.code = code
            self.clause = clause
            self.route = route
            self.denied = denied
        }
    }

    /// Why a request is refused.
    ///
    /// The raw value never changes: clients and logs name it.
    package enum Code: String, CaseIterable, Sendable {
        case targetNotCanonical = "target-not-canonical"
        case hostUnknown = "host-unknown"
        case methodUnknown = "method-unknown"
        case routeUnknown = "route-unknown"
        case repositoryUnclear = "repository-unclear"
        case namesNoRepository = "names-no-repository"
        case repositoryInBody = "repository-in-body"
        case givesSecrets = "gives-secrets"
        case notServed = "not-served"
        case identityNeeded = "identity-needed"
        case notCovered = "not-covered"
        case accessTooLow = "access-too-low"
        case notGranted = "not-granted"
        case otherClaims = "other-claims"
        case noCredential = "no-credential"
        case credentialUnknown = "credential-unknown"
        case credentialExpired = "credential-expired"
        case ticketForOther = "ticket-for-other"
        case onDenyList = "on-deny-list"
        /// hfmint cannot answer now: it is overloaded, or the Hub, an issuer or the audit log is out of reach.
        case unavailable

        /// The status of the answer: 401 if a credential may change it, else 403.
        ///
        /// <https://www.rfc-editor.org/rfc/rfc6750#section-3>
        package var status: Int {
            switch self {
            case .identityNeeded, .credentialUnknown, .credentialExpired: 401
            default: 403
            }
        }

        /// Whether the policy says so, about an identity that it was asked about.
        var isOfPolicy: Bool { [.notCovered, .accessTooLow, .notGranted, .otherClaims].contains(self) }
    }
}
