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
package struct DecisionPoint: Sendable {
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
        /// The claims of the caller, already verified, or nil without a credential.
        package let claims: Claims?

        package init(method: [UInt8], host: String, target: [UInt8], claims: Claims?) {
            self.method = method
            self.host = host
            self.target = target
            self.claims = claims
        }
    }

    /// Decides about one request.
    ///
    /// What anybody may read passes without an identity, and with one that no grant fits; then nothing is sent upstream.
    package func decide(_ request: Request) -> RequestDecision {
        do throws(RequestDecision.Refused) {
            return .allowed(try allowed(request, try route(of: request)))
        } catch {
            return .refused(error)
        }
    }

    private func route(of request: Request) throws(RequestDecision.Refused) -> HubRoute {
        let target: CanonicalTarget
        do throws(CanonicalTarget.Fault) {
            target = try CanonicalTarget(request.target)
        } catch {
            throw RequestDecision.Refused(.targetNotCanonical, "has a target that \(error.clause)")
        }
        guard let host = definition.host(named: request.host) else {
            throw RequestDecision.Refused(.hostUnknown, "is for a host that the manifest does not serve")
        }
        do throws(HubRoute.Refusal) {
            return try HubRoute(request.method, target, on: host.kind)
        } catch {
            throw RequestDecision.Refused(error.code, error.clause)
        }
    }

    private func allowed(
        _ request: Request, _ route: HubRoute
    ) throws(RequestDecision.Refused) -> RequestDecision.Allowed {
        let refused: RequestDecision.Refused
        if let claims = request.claims {
            switch admission(of: claims, to: route) {
            case .success(let allowed): return allowed
            case .failure(let reason): refused = reason
            }
        } else {
            refused = RequestDecision.Refused(.identityNeeded, "needs a credential, and came without one", route)
        }
        guard route.rights.contains(.read), definition.anonymous.contains(where: { $0.covers(route.resource) }) else {
            throw refused
        }
        return RequestDecision.Allowed(resource: route.resource, right: .read, admission: nil)
    }

    /// Returns the strongest of the route's rights that is granted and has a credential, or why the weakest is refused.
    private func admission(
        of claims: Claims, to route: HubRoute
    ) -> Result<RequestDecision.Allowed, RequestDecision.Refused> {
        var refused = RequestDecision.Refused(.notGranted, "is for what no grant gives", route)
        for right in route.rights {
            switch decision(claims, route.resource, right) {
            case .allowed(let allowed):
                // Where the body says what is done, a stronger credential could do more than was granted.
                let most = route.rights.count > 1 ? allowed.role.access : .admin
                if let credential = definition.credential(for: route.resource, right, atMost: most) {
                    let admission = RequestDecision.Admission(
                        role: allowed.role, grant: allowed.grant, credential: credential)
                    return .success(
                        RequestDecision.Allowed(resource: route.resource, right: right, admission: admission))
                }
                refused = RequestDecision.Refused(
                    .noCredential, "is granted, and none of the manifest's credentials opens that much", route)
            case .denied(let denied):
                refused = RequestDecision.Refused(denied.reason.code, denied.reason.clause, route, denied)
            case .ambiguous, nil: continue
            }
        }
        return .failure(refused)
    }

    /// Asks the policy; of several roles that allow the same, the first is recorded.
    private func decision(_ claims: Claims, _ resource: Resource, _ right: Access) -> Decision? {
        var decision = try? policy.decide(role: nil, resource: resource, access: right, claims: claims)
        if case .ambiguous(let roles)? = decision {
            decision = try? policy.decide(role: roles.first, resource: resource, access: right, claims: claims)
        }
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
            claims: claims)
    }
}

extension Decision.Reason {
    fileprivate var code: RequestDecision.Code {
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
