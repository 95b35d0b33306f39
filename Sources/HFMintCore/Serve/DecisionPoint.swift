/// The decision point: whether a request to the Hub may pass, and what is sent upstream with it.
///
/// This room decides for a web server in front of the Hub, and reaches nothing itself: a request comes in as bytes, and
/// a ``RequestDecision`` goes out. ``CanonicalTarget`` refuses every path that somebody could read differently.
/// ``HubRoute`` finds the repository and the right in what is left, by one table. The ``Policy`` says who may have it,
/// and ``ServeDefinition``, read from the manifest by ``ServeShape``, which credential is sent.
///
/// Beside the decision stands what attacks a running front door from outside: ``Prober``.
///
/// It stands in the layer of work, beside `Exchange/`: it uses the policy, the claims of identities and the names of
/// the Hub, which lie below, and the manifest above puts its key together with the others.
///
/// ```swift
/// let point = DecisionPoint(policy: try manifest.policy(), definition: definition)
/// switch point.decide(request) {
/// case .allowed(let allowed): print(allowed.right)
/// case .refused(let refused): print(refused.code.status)
/// }
/// ```
package final class DecisionPoint: Sendable {
    package let policy: Policy
    package let definition: ServeDefinition

    package init(policy: Policy, definition: ServeDefinition) {
        self.policy = policy
        self.definition = definition
    }

    /// A request as its server received it.
    package struct Request: Sendable {
        package let method: [UInt8]
        /// The name of the server, as the manifest's `serve.hosts` spells it.
        package let host: String
        /// The path and the query, as the client sent them.
        package let target: [UInt8]
        package let caller: Caller?

        /// - Parameter caller: nil without a credential.
        package init(method: [UInt8], host: String, target: [UInt8], caller: Caller?) {
            self.method = method
            self.host = host
            self.target = target
            self.caller = caller
        }
    }

    /// An identity that was verified, and what it may ask for at most.
    package struct Caller: Sendable {
        package let claims: Claims
        /// What the policy gives to the claims, if it was found before.
        package let entitlement: Entitlement?
        /// The only role that the caller may take, or nil for any.
        package let role: String?
        /// What alone the caller may ask for, or nil: a repository, or all that lies under a user's name.
        package let resource: Resource?

        package init(_ claims: Claims, entitlement: Entitlement? = nil, role: String? = nil, resource: Resource? = nil)
        {
            self.claims = claims
            self.entitlement = entitlement
            self.role = role
            self.resource = resource
        }

        func mayAsk(for asked: Resource) -> Bool {
            guard let resource else { return true }
            guard resource.kind == .user else { return resource == asked }
            return resource.namespace.utf8.elementsEqual(asked.namespace.utf8)
        }
    }

    /// Decides about one request.
    ///
    /// What anybody may read passes without an identity, and with one that no grant fits; then nothing is sent
    /// upstream.
    package func decide(_ request: Request) -> RequestDecision {
        do throws(RequestDecision.Refused) {
            return .allowed(try allowed(try route(of: request), request.caller))
        } catch {
            return .refused(error)
        }
    }

    /// Returns what a request asks for, whoever sends it.
    ///
    /// - Throws: why nobody may send it.
    package func route(of request: Request) throws(RequestDecision.Refused) -> HubRoute {
        let target: CanonicalTarget
        do throws(CanonicalTarget.Fault) {
            target = try CanonicalTarget(request.target)
        } catch {
            throw RequestDecision.Refused(.targetNotCanonical, "has a target that \(error.clause)")
        }
        guard let host = definition.kind(ofHost: request.host) else {
            throw RequestDecision.Refused(.hostUnknown, "is for a host that the manifest does not serve")
        }
        do throws(HubRoute.Refusal) {
            return try HubRoute(request.method, target, on: host)
        } catch {
            throw RequestDecision.Refused(error.code, error.clause)
        }
    }

    /// Decides whether `caller` may have what `route` names.
    package func allowed(
        _ route: HubRoute, _ caller: Caller?
    ) throws(RequestDecision.Refused) -> RequestDecision.Allowed {
        guard let resource = route.resource else {
            return RequestDecision.Allowed(resource: nil, right: route.rights[0], admission: nil)
        }
        let refused: RequestDecision.Refused
        if let caller {
            switch admission(of: caller, to: route, resource) {
            case .success(let allowed): return allowed
            case .failure(let reason): refused = reason
            }
            if let watched = watched(caller, route, resource, refused) { return watched }
        } else {
            refused = RequestDecision.Refused(.identityNeeded, "needs a credential, and came without one", route)
        }
        guard route.rights.contains(.read), definition.anonymous.contains(where: { $0.covers(resource) }) else {
            throw refused
        }
        return RequestDecision.Allowed(resource: resource, right: .read, admission: nil)
    }

    /// Returns the strongest of the route's rights that is granted and has a credential, or why the weakest is refused.
    private func admission(
        of caller: Caller, to route: HubRoute, _ resource: Resource
    ) -> Result<RequestDecision.Allowed, RequestDecision.Refused> {
        guard caller.mayAsk(for: resource) else {
            return .failure(RequestDecision.Refused(.ticketForOther, "is for something else than its ticket", route))
        }
        let entitlement = caller.entitlement ?? policy.entitlement(of: caller.claims)
        for right in route.rights {
            guard
                let allowed = policy.allowed(
                    role: caller.role, resource: resource, access: right, entitlement: entitlement)
            else { continue }
            // Where the body says what is done, a stronger credential could do more than was granted.
            let most = route.rights.count > 1 ? allowed.role.access : .admin
            guard let credential = definition.credential(for: resource, right, atMost: most) else { continue }
            let admission = RequestDecision.Admission(role: allowed.role, grant: allowed.grant, credential: credential)
            return .success(RequestDecision.Allowed(resource: resource, right: right, admission: admission))
        }
        return .failure(refusal(of: caller, to: route, resource))
    }

    /// Returns why the weakest of the route's rights is refused.
    private func refusal(
        of caller: Caller, to route: HubRoute, _ resource: Resource
    ) -> RequestDecision.Refused {
        let right = route.rights.last ?? .admin
        switch decision(caller, resource, right) {
        case .denied(let denied):
            return RequestDecision.Refused(denied.reason.code, denied.reason.clause, route, denied)
        case .allowed:
            let clause = "is granted, and none of the manifest's credentials opens that much"
            return RequestDecision.Refused(.noCredential, clause, route)
        case .ambiguous, nil: return RequestDecision.Refused(.notGranted, "is for what no grant gives", route)
        }
    }

    /// Lets a request pass that the policy refuses, where the manifest says that nothing is enforced yet.
    ///
    /// Somebody to whom no grant gives anything never passes, nor does what no credential opens. Of a caller who may
    /// take one role alone, its grant alone counts.
    private func watched(
        _ caller: Caller, _ route: HubRoute, _ resource: Resource, _ refused: RequestDecision.Refused
    ) -> RequestDecision.Allowed? {
        let grants = policy.grants(of: caller.entitlement ?? policy.entitlement(of: caller.claims))
        guard refused.code.isOfPolicy,
            let (role, grant) = grants.first(where: { role, grant in
                (caller.role.map { $0.utf8.elementsEqual(role.name.utf8) } ?? true)
                    && (grant.mode ?? definition.mode) == .audit
            }),
            let right = route.rights.last,
            let credential = definition.credential(for: resource, right, atMost: .admin)
        else { return nil }
        return RequestDecision.Allowed(
            resource: resource, right: right,
            admission: RequestDecision.Admission(role: role, grant: grant, credential: credential), despite: refused)
    }

    /// Asks the policy; of several roles that allow the same, the first is recorded.
    private func decision(_ caller: Caller, _ resource: Resource, _ right: Access) -> Decision? {
        func decide(_ role: String?) -> Decision? {
            try? policy.decide(role: role, resource: resource, access: right, claims: caller.claims)
        }
        let decision = decide(caller.role)
        if case .ambiguous(let roles)? = decision { return decide(roles.first) }
        return decision
    }
}

extension DecisionPoint.Request {
    /// Makes the request that a client would send for `url`, or returns nil if the URL names no server.
    ///
    /// What follows the server's name becomes the target byte by byte, with a slash in front if there is none.
    package init?(method: String, url: String, claims: Claims?) {
        let bytes = Array(url.utf8)
        guard let scheme = bytes.span.range(of: "://") else { return nil }
        let end = bytes[scheme.upperBound...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
        guard let origin = Origin(bytes[..<end]) else { return nil }
        let hasPath = end < bytes.endIndex && bytes[end] == ASCII.slash
        self.init(
            method: Array(method.utf8), host: origin.host, target: (hasPath ? [] : [ASCII.slash]) + bytes[end...],
            caller: claims.map { DecisionPoint.Caller($0) })
    }
}

extension Decision.Reason {
    var code: RequestDecision.Code {
        switch self {
        case .notCovered: .notCovered
        case .accessTooLow: .accessTooLow
        case .notGranted: .notGranted
        case .otherClaims: .otherClaims
        }
    }

    fileprivate var clause: String {
        switch self {
        case .notCovered: "is for what no role covers"
        case .accessTooLow(let access): "is for what no role may \(access.verb)"
        case .notGranted: "is for what no grant gives"
        case .otherClaims: "is for what no grant gives to these claims"
        }
    }
}
