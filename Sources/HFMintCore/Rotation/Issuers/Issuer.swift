/// An authority that holds the secrets of a client.
///
/// Each kind of issuer is one file of this folder: first its `Kind`, then the type with its calls, and beside it the
/// table of its `+Answers`. `IssuerKinds` lists them, and `Settings+Issuer` reads what their manifests share.
/// ``AdministratorToken`` logs in to their APIs, and `IssuerAnswer` reads the parts that their answers share. The
/// machine surveys an issuer, lets it create a secret, reads its value again where that is possible, and at the end
/// deactivates and deletes the old one. An issuer never touches a sink, keeps no client secret, and repeats no call:
/// after a lost answer the machine asks ``survey()`` first.
package protocol Issuer: Sendable {
    var shape: IssuerShape { get }

    /// The client's name, for messages, by which no two rotations share one client; it holds no secret.
    var target: String { get }

    /// Whether the caller chooses the value, so that its SHA-256 in the journal proves that a secret is ours.
    var takesChosenValue: Bool { get }

    /// Whether ``read(_:)`` returns a value again.
    var isReadable: Bool { get }

    /// Returns every secret that the issuer knows for the client, and the time of its clock.
    func survey() throws(StepFailure) -> IssuerSurvey

    /// Makes a new secret, or throws an ambiguous failure if nobody knows whether it was made.
    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret

    /// Returns the value of a secret, or nil if the issuer does not show it again.
    func read(_ id: String) throws(StepFailure) -> Secret?

    /// Switches a secret off so that it can be switched on again.
    ///
    /// - Returns: false if the issuer cannot switch secrets off.
    func deactivate(_ id: String) throws(StepFailure) -> Bool

    /// Removes a secret for good, or does nothing if it is gone.
    func delete(_ id: String) throws(StepFailure)
}

/// The way in which an issuer holds the old and the new secret of one client.
package enum IssuerShape: Equatable, Sendable {
    /// Secrets are added and removed by id, up to `limit` at once.
    case separate(limit: Int?)
    /// The server keeps the old secret for a time of its own; a new one cannot be taken back.
    case stacked
    /// The old secret dies at the moment in which the new one is made.
    case replacing
    /// There is no API: a person makes the new secret.
    case person

    /// Whether the old and the new secret are alive side by side.
    package var overlaps: Bool {
        switch self {
        case .separate, .stacked: true
        case .replacing, .person: false
        }
    }
}

package struct IssuerSurvey: Equatable, Sendable {
    package let secrets: [LiveSecret]
    /// The issuer's time, from the header `Date`.
    package let date: Timestamp?
    /// Whether this survey proves that a secret is dead if it lists it as inactive, or not at all.
    package let showsDeath: Bool

    package init(_ secrets: [LiveSecret], date: Timestamp?, showsDeath: Bool = true) {
        self.secrets = secrets
        self.date = date
        self.showsDeath = showsDeath
    }
}

/// A secret as its issuer lists it, without its value.
package struct LiveSecret: Equatable, Sendable {
    package let id: String
    /// The rotation's marker, if the issuer has room for it; see `SecretCreation`.
    package let marker: String?
    package let isActive: Bool
    package let expiresAt: Timestamp?
    /// The value's digest in hexadecimal, or nil if the issuer does not show the value.
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
    /// `hfmint:<rotation>:<run>`, which is written beside the secret if the issuer has room.
    package let marker: String
    /// The chosen value, for issuers that take one.
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
