/// Which identity may take a role.
package struct Grant: Equatable, Sendable {
    /// `grants[3]`, and its name where it has one.
    package let place: ManifestPlace
    package let name: String?
    package let role: String
    package let issuer: [UInt8]
    /// Every claim that must be there, with `environment` among them; at least one.
    package let claims: [Claim]
    /// The name of the parent's grant that an app's grant narrows; `nil` in the root manifest.
    package let extends: String?

    package struct Claim: Hashable, Sendable {
        package let name: [UInt8]
        package let value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// For messages and records: `grants[3]`, or `grants[3] (production)`.
    package var label: String { name.map { "\(place.path) (\($0))" } ?? place.path }
}

/// The claims of one ID token, ready to be compared with many grants.
package struct DecodedClaims: Sendable {
    private let values: [[UInt8]: PinnedValue]

    package init(_ claims: Claims) {
        values = claims.comparableValues
    }

    package subscript(name: [UInt8]) -> PinnedValue { values[name] ?? .missing }

    /// The string that the claim is, byte by byte; `nil` where it is missing, and where it is no string.
    ///
    /// No number, truth value, list or object is ever a string, but for `aud`: one audience in a list is that audience
    /// (RFC 7519, 4.1.3). A token for several audiences is for somebody else too, and is not.
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
