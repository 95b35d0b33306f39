/// An authority that holds the secrets of a client.
///
/// Each kind of issuer is one file of this folder: first its `Kind` and the table of its `answers`, then the type with
/// its calls. `IssuerKinds` lists them, and `Settings+Issuer` reads what their manifests share.
/// ``AdministratorToken`` logs in to their APIs, and `IssuerAnswer` reads the parts that their answers share. The
/// machine surveys an issuer, lets it create a secret, reads its value again where that is possible, and at the end
/// deactivates and deletes the old one. An issuer never touches a sink (but for ``Generated``, which has no other place
/// for its secrets), keeps no client secret, and repeats no call: after a lost answer the machine asks ``survey()``
/// first.
package protocol Issuer: Sendable {
    var succession: Succession { get }

    /// The client's name, for messages, by which no two rotations share one client; it holds no secret.
    var target: String { get }

    /// Whether the caller chooses the value, so that its SHA-256 in the journal proves that a secret is ours.
    var takesChosenValue: Bool { get }

    /// Whether ``read(_:)`` returns a value again.
    var isReadable: Bool { get }

    /// Whether the sinks alone hold the secrets, so that there is no log-in with them.
    var livesInSinks: Bool { get }

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

/// An issuer chooses its values itself, shows each once, and switches none off, unless it says otherwise.
extension Issuer {
    package var takesChosenValue: Bool { false }
    package var isReadable: Bool { false }
    package var livesInSinks: Bool { false }
    package func read(_ id: String) throws(StepFailure) -> Secret? { nil }
    package func deactivate(_ id: String) throws(StepFailure) -> Bool { false }
}

extension Issuer {
    /// Whether ``survey()`` says anything: neither a person nor sinks that hold one secret each can be asked.
    var canBeAsked: Bool { succession != .person && (!livesInSinks || succession.overlaps) }
}

/// How the new secret of a client takes the place of the old one at the issuer.
package enum Succession: Equatable, Sendable {
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

    /// Whether each secret is listed and removed by its own id.
    var isSeparate: Bool {
        if case .separate = self { true } else { false }
    }
}

package struct IssuerSurvey: Equatable, Sendable {
    package let secrets: [ListedSecret]
    /// The issuer's time, from the header `Date`.
    let date: Timestamp?
    /// Whether this survey proves that a secret is dead if it lists it as inactive, or not at all.
    var showsDeath = true

    var active: [ListedSecret] { secrets.filter(\.isActive) }

    /// Returns whether the secret with this id is listed as active.
    func hasActive(_ id: String) -> Bool { secrets.contains { $0.id == id && $0.isActive } }

    /// Returns the secret with this id, or nil.
    func secret(_ id: String) -> ListedSecret? { secrets.first { $0.id == id } }
}

/// A secret as its issuer lists it, without its value.
package struct ListedSecret: Equatable, Sendable {
    let id: String
    /// The rotation's marker, if the issuer has room for it; see `SecretCreation`.
    var marker: String?
    var isActive = true
    var expiresAt: Timestamp?
    /// The value's digest in hexadecimal, or nil if the issuer does not show the value.
    var sha256: String?
}

package struct SecretCreation: Sendable {
    /// `hfmint:<rotation>:<run>`, which is written beside the secret if the issuer has room.
    let marker: String
    /// The chosen value, for issuers that take one.
    let value: SharedSecret?
}

package struct CreatedSecret: Sendable {
    let id: String
    let value: SharedSecret
    var expiresAt: Timestamp?
}
