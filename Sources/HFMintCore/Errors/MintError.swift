/// An error that a user is told.
///
/// Code that knows what the user wanted throws it, mostly when it catches a narrower error: a ``Malformed`` from a
/// reader of bytes, or the failure of a seam. `Attempts` catches a transient one and tries again. The caller of a
/// command catches the others and prints them. A new ``Code`` gets its exit status and its meaning in this file.
///
/// Write ``message`` for someone who reads a CI log at night: what could not be done, in lower case, without a full
/// stop, with the name of the variable, host, or file. Put the next thing to type or to change in ``hint``. Never put
/// bytes from the network or from a credential file in either. There are three exceptions: the Hub's documented error
/// fields, see `HubRefusal`, a vendor's short code, see `vendorCode(_:)`, and the place that a redirect names, see
/// `HTTPResponse.redirectDestination(from:)`.
package struct MintError: Error, Equatable, Sendable {
    package let code: Code
    package let message: String
    /// The id of the request, by which the Hub's support finds it.
    package let requestID: String?
    /// Facts beside the message, one line each: what was sent, and what was answered.
    package var details: [String]
    /// The claims that a refused exchange sent, and the Trusted Publisher that fits them, one line each.
    package var publisher: [String]
    package let hint: String?
    /// Whether a repetition may succeed soon.
    package var isTransient: Bool
    /// The seconds for which the server asked not to be called.
    package let retryAfterSeconds: Int?

    package init(
        _ code: Code, _ message: String, requestID: String? = nil, details: [String] = [], publisher: [String] = [],
        hint: String? = nil, isTransient: Bool = false, retryAfterSeconds: Int? = nil
    ) {
        self.code = code
        // A token that a user typed in the wrong field must not appear in the log.
        self.message = message.withoutTokens
        self.requestID = requestID?.withoutTokens
        self.details = details.map(\.withoutTokens)
        self.publisher = publisher.map(\.withoutTokens)
        self.hint = hint?.withoutTokens
        self.isTransient = isTransient
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The lines that are printed between the message and the hint.
    package var facts: [String] {
        (requestID.map { ["request id: \($0)"] } ?? []) + details + publisher
    }
}

extension MintError {
    /// The kind of an error.
    ///
    /// Scripts match on the raw value, so that it never changes.
    package enum Code: String, CaseIterable, Sendable {
        case usage
        case endpointRefused = "endpoint-refused"
        case identityNotFound = "identity-not-found"
        case identityDenied = "identity-denied"
        case identityUnsuitable = "identity-unsuitable"
        case identityUnavailable = "identity-unavailable"
        case identityUnverified = "identity-unverified"
        case eventUntrusted = "event-untrusted"
        case exchangeRejected = "exchange-rejected"
        case scopesExceeded = "scopes-exceeded"
        case answerInvalid = "answer-invalid"
        case serverUntrusted = "server-untrusted"
        case serviceUnavailable = "service-unavailable"
        case deliveryRefused = "delivery-refused"
        case stateUnusable = "state-unusable"
        case libraryMissing = "library-missing"
        case networkForbidden = "network-forbidden"
        case manifestInvalid = "manifest-invalid"
        case rotationAttention = "rotation-attention"
        case driftFound = "drift-found"
        case planStale = "plan-stale"
        case waveFailed = "wave-failed"
        case issuerRefused = "issuer-refused"
        case proxyRefused = "proxy-refused"
        case checksFailed = "checks-failed"
        case migrationUnsure = "migration-unsure"
        case policyDenied = "policy-denied"
        case requestRefused = "request-refused"
        case frontOpen = "front-open"
        case frontUnclear = "front-unclear"
        case accessGained = "access-gained"
        case auditUnavailable = "audit-unavailable"
        case auditBroken = "audit-broken"
    }

    /// An exit status, which tells a calling program what to do next; several codes share one.
    package enum ExitStatus: Int32, CaseIterable, Sendable {
        case success = 0
        case bug = 1
        case usage = 2
        case denied = 3
        case retryLater = 4
        case localState = 5
        case personNeeded = 6
    }
}

extension MintError.Code {
    // No `default`: a new code does not compile until someone decides its exit status.
    package var exitStatus: MintError.ExitStatus {
        switch self {
        case .rotationAttention, .driftFound, .waveFailed, .accessGained, .migrationUnsure, .frontUnclear: .personNeeded
        case .usage, .manifestInvalid, .endpointRefused, .deliveryRefused: .usage
        case .identityNotFound, .identityDenied, .identityUnsuitable, .identityUnverified, .eventUntrusted,
            .exchangeRejected, .scopesExceeded, .serverUntrusted, .proxyRefused, .checksFailed, .policyDenied,
            .requestRefused, .frontOpen, .auditBroken, .issuerRefused, .planStale:
            .denied
        case .identityUnavailable, .answerInvalid, .serviceUnavailable: .retryLater
        case .stateUnusable, .libraryMissing, .networkForbidden, .auditUnavailable: .localState
        }
    }

    /// A sentence for the documentation.
    package var meaning: String {
        switch self {
        case .usage: "the command line is not one that hfmint knows"
        case .endpointRefused: "the endpoint and the audience do not belong together, or the endpoint is not an origin"
        case .identityNotFound: "nothing here can prove which job this is"
        case .identityDenied: "the CI system is known, and refused an ID token to this job"
        case .identityUnsuitable: "there is an ID token, but it cannot work: not a JWT, another audience, expired"
        case .identityUnavailable: "the CI system did not answer in time; try again"
        case .identityUnverified: "hfmint could not verify the ID token, which a member's role needs"
        case .eventUntrusted: "the job was triggered by an event that strangers can cause"
        case .exchangeRejected: "the Hub refused the exchange"
        case .scopesExceeded: "the Hub gave a member's token more scopes than were asked for; nothing was written"
        case .answerInvalid: "the answer was not one that the Hub gives; nothing was written"
        case .serverUntrusted: "the server's certificate or its TLS was not accepted; no secret was sent"
        case .serviceUnavailable: "a server could not be reached, or asked to come back later"
        case .deliveryRefused: "the token could not be delivered safely in the way that was asked for"
        case .stateUnusable: "a local file or directory could not be used"
        case .libraryMissing: "a shared library is not installed"
        case .networkForbidden: "the sandbox that hfmint runs in does not let it use the network"
        case .manifestInvalid: "the manifest is not one that hfmint can work with"
        case .rotationAttention: "a rotation has stopped where only a person may decide"
        case .driftFound: "an issuer, a sink, a Space or an endpoint is not as it was left, or as the manifest says"
        case .planStale: "`hfmint fleet apply` found that not everything is as the plan saw it; nothing was written"
        case .waveFailed: "`hfmint fleet apply` stopped before its end: something is not healthy, or it was interrupted"
        case .issuerRefused: "an issuer refused what hfmint asked of it, or a sink or the Hub refused to be looked at"
        case .proxyRefused: "the proxy refused to pass the request on"
        case .accessGained: "`hfmint manifest check --against` found access that was not given before"
        case .policyDenied: "the manifest grants this job no such role"
        case .requestRefused: "`hfmint serve explain` found that the request would be refused"
        case .frontOpen: "`hfmint serve probe` got a request through a front door that must refuse it"
        case .frontUnclear: "`hfmint serve probe` could not tell whether a front door holds"
        case .migrationUnsure: "`hfmint doctor --migrate` left a workflow alone, because it is not sure what to change"
        case .checksFailed: "`hfmint doctor` found something that does not work"
        case .auditUnavailable: "the audit log could not be written, and the manifest requires it"
        case .auditBroken: "the audit log is not as it was written: edited, cut, or torn"
        }
    }
}

extension MintError {
    package static func usage(_ message: String, hint: String? = nil) -> Self {
        .init(.usage, message, hint: hint)
    }
}
