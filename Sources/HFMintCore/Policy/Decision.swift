/// A manifest's answer to one request.
package enum Decision: Equatable, Sendable {
    case allowed(Allowed)
    case denied(Denied)
    /// Grants of several roles fit, and the request names no role; the roles' names, in the manifest's order.
    case ambiguous(roles: [String])

    package struct Allowed: Equatable, Sendable {
        package let role: Role
        /// The first grant of the role that the claims fit.
        package let grant: Grant
        /// The resource, or nil if the role is a member's.
        package let resource: Resource?
    }

    package struct Denied: Equatable, Sendable {
        package let reason: Reason
        /// The requested role, or the role of the nearest grant.
        package let role: String?
        package let resource: Resource?
        /// The grant that the fewest claims of the job differ from.
        package let nearest: Grant?
        package let differences: [Difference]
    }

    package enum Reason: Equatable, Sendable {
        /// No role covers the resource, or the requested role does not.
        case notCovered
        /// No role that covers the resource has the requested access.
        case accessTooLow(Access)
        /// No grant gives the role to anybody.
        case notGranted
        /// Every grant wants other claims.
        case otherClaims
    }

    /// A claim in which a token differs from what a grant wants.
    package struct Difference: Equatable, Sendable {
        package let claim: [UInt8]
        package let wanted: [UInt8]
        package let found: PinnedValue
    }
}
