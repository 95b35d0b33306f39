/// Rows to type into the Hub's Trusted Publishers form.
package struct PublisherForm: Equatable, Sendable {
    /// The form's preset, or "Custom".
    package let preset: String
    package let issuer: String
    package var rows: [Row]
    /// Rows that would hold even if a name changed hands.
    package var tighter: [Row]

    package struct Row: Equatable, Sendable {
        package let claim: String
        package let value: String
        package let why: String

        package init(_ claim: String, _ value: String, _ why: String) {
            self.claim = claim
            self.value = value
            self.why = why
        }
    }

    /// Rows for those of these claims that the token has.
    package init(
        preset: String = "Custom",
        issuer: String = "",
        claims: Claims,
        rows: [(claim: String, why: String)],
        tighter: [(claim: String, why: String)] = []
    ) {
        func present(_ rows: [(claim: String, why: String)]) -> [Row] {
            rows.compactMap { row in claims[row.claim].map { Row(row.claim, $0, row.why) } }
        }
        self.init(
            preset: preset, issuer: claims["iss"] ?? issuer, rows: present(rows), tighter: present(tighter))
    }

    package init(preset: String = "Custom", issuer: String, rows: [Row], tighter: [Row] = []) {
        self.preset = preset
        self.issuer = issuer
        self.rows = rows
        self.tighter = tighter
    }
}

/// What the Hub's form has ready for the jobs of a provider.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>
package struct PublisherPreset: Sendable {
    package let name: String
    /// The issuer that it is for, with `*` where anything may stand.
    let issuer: String
    /// The row of the form for a claim that is pinned; `nil` where the preset has none.
    var entry: @Sendable (PublisherForm.Row) -> PublisherForm.Row? = { $0 }
}
