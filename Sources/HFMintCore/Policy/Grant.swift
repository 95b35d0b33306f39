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

    /// Whether the claim is the string `wanted`, byte by byte.
    ///
    /// No number, truth value, list or object is ever equal to a string, but for `aud`: one audience in a list is that
    /// audience (RFC 7519, 4.1.3). A token for several audiences is for somebody else too, and is not.
    package func has(_ wanted: Grant.Claim) -> Bool {
        switch self[wanted.name] {
        case .string(let found): found == wanted.value
        case .strings(let found): wanted.name.equals("aud") && found == [wanted.value]
        case .missing, .other, .unusable, .either: false
        }
    }

    package func isFrom(_ issuer: [UInt8]) -> Bool { has(Grant.Claim(name: Self.issuerName, value: issuer)) }

    static let issuerName = Array("iss".utf8)
}
