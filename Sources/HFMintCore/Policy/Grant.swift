/// A grant: the identity that may take a role.
package struct Grant: Equatable, Sendable {
    package let place: ManifestPlace
    package let name: String?
    package let role: String
    package let issuer: [UInt8]
    /// The claims that an ID token must have, including `environment`; at least one.
    package let claims: [Claim]
    /// The name of the parent's grant that an app's grant narrows, or nil in the root manifest.
    package let extends: String?
    /// What becomes of requests of this identity that the policy refuses, or nil for what `serve` says.
    package let mode: EnforcementMode?

    package init(
        place: ManifestPlace, name: String?, role: String, issuer: [UInt8], claims: [Claim], extends: String?,
        mode: EnforcementMode? = nil
    ) {
        self.place = place
        self.name = name
        self.role = role
        self.issuer = issuer
        self.claims = claims
        self.extends = extends
        self.mode = mode
    }

    package struct Claim: Hashable, Sendable {
        package let name: [UInt8]
        package let value: [UInt8]
    }

    /// The grant's name in messages and records: `grants[3]`, or `grants[3] (production)`.
    package var label: String { name.map { "\(place.path) (\($0))" } ?? place.path }
}

/// The claims of one ID token, decoded once to be compared with many grants.
package struct DecodedClaims: Sendable {
    private let values: [[UInt8]: PinnedValue]

    package init(_ claims: Claims) {
        values = claims.comparableValues
    }

    package subscript(name: [UInt8]) -> PinnedValue { values[name] ?? .missing }

    /// Returns the claim's bytes if it is a string, else nil.
    ///
    /// An `aud` that is a list of one audience counts as that string (RFC 7519, 4.1.3). A list of several does not
    /// count, because its token is for others too.
    func text(_ name: [UInt8]) -> [UInt8]? {
        switch self[name] {
        case .string(let found): found
        case .strings(let found): name.equals("aud") && found.count == 1 ? found.first : nil
        case .missing, .other, .unusable, .either: nil
        }
    }

    package func has(_ wanted: Grant.Claim) -> Bool { text(wanted.name) == wanted.value }

    func isFrom(_ issuer: [UInt8]) -> Bool { text(Self.issuerName) == issuer }

    func differences(from grant: Grant) -> [Decision.Difference] {
        grant.identity.filter { !has($0) }.map {
            Decision.Difference(claim: $0.name, wanted: $0.value, found: self[$0.name])
        }
    }

    static let issuerName = Array("iss".utf8)
}
