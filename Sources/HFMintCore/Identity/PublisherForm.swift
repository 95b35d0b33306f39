/// The rows to type into the Hub's Trusted Publishers form.
package struct PublisherForm: Equatable, Sendable {
    package var preset = "Custom"
    package let issuer: String
    package var rows: [Row] = []
    /// Rows that make the publisher narrower, or that still hold after a rename.
    package var tighter: [Row] = []

    package struct Row: Equatable, Sendable {
        package let claim: String
        package let value: String
        package let why: String
    }

    /// Returns a function that makes the form for a job, with a row for each of these claims that its ID token has.
    ///
    /// - Parameters:
    ///   - rows: the claims, each with the reason to pin it.
    ///   - issuer: the issuer for an ID token that names none.
    static func pinning(
        _ rows: KeyValuePairs<String, String>, tighter: KeyValuePairs<String, String> = [:],
        preset: String = "Custom", issuer: String = ""
    ) -> @Sendable (Claims) -> PublisherForm {
        { claims in
            func present(_ rows: KeyValuePairs<String, String>) -> [Row] {
                rows.compactMap { claim, why in claims[claim].map { Row(claim: claim, value: $0, why: why) } }
            }
            return PublisherForm(
                preset: preset, issuer: claims["iss"] ?? issuer, rows: present(rows), tighter: present(tighter))
        }
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
