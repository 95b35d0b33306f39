/// The authority that holds a client secret.
///
/// Every call that changes something is safe to interrupt: whoever lost its answer asks ``survey()`` before it repeats
/// anything.
package protocol Issuer: Sendable {
    var shape: IssuerShape { get }

    /// Which client this is, for messages, and so that no two rotations share one; it holds no secret.
    var target: String { get }

    /// Whether the caller chooses the value: then a SHA-256, journalled before the call, proves a secret ours.
    var takesChosenValue: Bool { get }

    /// Whether a value can be had again from ``read(_:)``.
    var isReadable: Bool { get }

    /// Every secret that the issuer knows for the client, and its clock.
    func survey() throws(StepFailure) -> IssuerSurvey

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret

    /// The value of a secret; `nil` where the issuer does not show it again.
    func read(_ id: String) throws(StepFailure) -> Secret?

    /// Switches a secret off so that it can be switched on again.
    ///
    /// - Returns: `false` where the issuer knows no such thing.
    func deactivate(_ id: String) throws(StepFailure) -> Bool

    /// Removes a secret for good; done already is done.
    func delete(_ id: String) throws(StepFailure)
}

/// What an issuer can do about two secrets of one client.
package enum IssuerShape: Equatable, Sendable {
    /// Secrets are added and removed by id; at most so many at once.
    case separate(limit: Int?)
    /// The server keeps the old one for a time of its own; after a creation there is only forward.
    case stacked
    /// The old one dies at the moment in which the new one is made.
    case replacing
    /// There is no API: a person makes the new one.
    case person

    /// Whether old and new are alive side by side.
    package var overlaps: Bool {
        switch self {
        case .separate, .stacked: true
        case .replacing, .person: false
        }
    }
}

package struct IssuerSurvey: Equatable, Sendable {
    package let secrets: [LiveSecret]
    /// By the issuer's `Date`.
    package let date: Timestamp?
    /// Whether a secret that is not listed, or listed as inactive, is dead: the issuer itself says so.
    package let showsDeath: Bool

    package init(_ secrets: [LiveSecret], date: Timestamp?, showsDeath: Bool = true) {
        self.secrets = secrets
        self.date = date
        self.showsDeath = showsDeath
    }
}

/// A secret as its issuer lists it: everything but the value.
package struct LiveSecret: Equatable, Sendable {
    package let id: String
    /// What hfmint wrote beside it, where the issuer has room for that: the rotation's own marker.
    package let marker: String?
    package let isActive: Bool
    package let expiresAt: Timestamp?
    /// Of the value, where the issuer shows it.
    package let sha256: String?

    package init(
        id: String, marker: String? = nil, isActive: Bool = true, expiresAt: Timestamp? = nil, sha256: String? = nil
    ) {
        self.id = id
        self.marker = marker
        self.isActive = isActive
        self.expiresAt = expiresAt
        self.sha256 = sha256
    }
}

package struct SecretCreation: Sendable {
    /// Written beside the secret, where the issuer has room: `hfmint:<rotation>:<run>`.
    package let marker: String
    /// For issuers that take one.
    package let value: SharedSecret?

    package init(marker: String, value: SharedSecret?) {
        self.marker = marker
        self.value = value
    }
}

package struct CreatedSecret: Sendable {
    package let id: String
    package let value: SharedSecret
    package let expiresAt: Timestamp?

    package init(id: String, value: SharedSecret, expiresAt: Timestamp? = nil) {
        self.id = id
        self.value = value
        self.expiresAt = expiresAt
    }
}
