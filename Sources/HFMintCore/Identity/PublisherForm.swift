/// The rows to type into the Hub's Trusted Publishers form.
package struct PublisherForm: Equatable, Sendable {
    /// The form's preset, or "Custom".
    package let preset: String
    package let issuer: String
    package var rows: [Row]
    /// Rows that make the publisher narrower, or that still hold after a rename.
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

    /// Makes a form with a row for each of these claims that the token has.
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

/// A preset of the Hub's form for the jobs of a provider.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>
package struct PublisherPreset: Sendable {
    package let name: String
    /// The issuer of the preset; `*` stands for any text.
    let issuer: String
    /// Returns the row of the preset for a pinned claim, or nil if the preset has none.
    var entry: @Sendable (PublisherForm.Row) -> PublisherForm.Row? = { $0 }
}
