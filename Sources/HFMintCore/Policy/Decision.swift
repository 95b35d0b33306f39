/// What a manifest says to one request.
package enum Decision: Equatable, Sendable {
    case allowed(Allowed)
    case denied(Denied)
    /// Grants of several roles fit, and nobody said which role is meant; the names, in the manifest's order.
    case ambiguous(roles: [String])

    package struct Allowed: Equatable, Sendable {
        package let role: Role
        /// The first grant of the role that fits.
        package let grant: Grant
        /// `nil` where the role is a member's.
        package let resource: Resource?
    }

    package struct Denied: Equatable, Sendable {
        package let reason: Reason
        /// The role that was asked for, or that the nearest grant gives.
        package let role: String?
        package let resource: Resource?
        /// The grant that fits but for the fewest claims.
        package let nearest: Grant?
        package let differences: [Difference]
    }

    package enum Reason: Equatable, Sendable {
        /// No role, or not the one that was asked for, covers the resource.
        case notCovered
        /// No role that covers the resource is meant for as much access as was asked for.
        case accessTooLow(Access)
        /// The role is there, and no grant gives it to anybody.
        case notGranted
        /// Every grant wants other claims than these.
        case otherClaims
    }

    /// A claim in which a token is not what a grant wants.
    package struct Difference: Equatable, Sendable {
        package let claim: [UInt8]
        package let wanted: [UInt8]
        package let found: PinnedValue
    }
}
