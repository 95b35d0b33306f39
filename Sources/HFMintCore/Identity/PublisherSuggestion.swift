/// The rows of a Trusted Publisher that fits this job, and the lines that the job needs in its CI file.
///
/// A refusal and `hfmint doctor --suggest` print the same suggestion.
package struct PublisherSuggestion: Sendable {
    /// The form, or nil without an ID token.
    package let form: PublisherForm?
    /// The page of the form, or nil if no resource was named.
    package let page: String?
    /// The CI file, and its lines that let the job have an ID token.
    package let permission: PipelineExample?

    /// Makes a suggestion, or nil if the provider is not known.
    package init?(provider: Provider?, claims: Claims?, resource: Resource?, endpoint: Origin) {
        guard let provider else { return nil }
        form = claims.map { provider.publisher($0) }
        page = resource?.settingsURL(on: endpoint)
        permission = provider.example
    }

    /// The whole suggestion in lines that are not yet escaped.
    package var lines: [String] {
        formLines + (form == nil ? [] : page.map { ["enter it at \($0)"] } ?? []) + permissionLines
    }

    /// The issuer and the claims with a reason each, then the tighter rows.
    package var formLines: [String] {
        guard let form else { return [] }
        let head = [("preset", form.preset, ""), ("issuer", form.issuer, "who signs the job's ID tokens")]
        let rows = head + form.rows.map { ($0.claim, $0.value, $0.why) }
        let tighter = form.tighter.map { ($0.claim, $0.value, $0.why) }
        return ["a Trusted Publisher that fits this job:"] + aligned(rows)
            + (tighter.isEmpty ? [] : ["tighter, if the form takes them as custom claims:"] + aligned(tighter))
    }

    private var permissionLines: [String] {
        guard let permission, !permission.permission.isEmpty else { return [] }
        return ["what the job needs, in \(permission.file):"] + permission.permission.map { "  \($0)" }
    }

    private func aligned(_ rows: [(String, String, String)]) -> [String] {
        // A long value must not push the reasons of the others out of sight.
        let width = rows.map(\.1.utf8.count).filter { $0 <= 48 }.max() ?? 0
        return columns(
            rows.map { ($0, $2.isEmpty ? $1 : "\($1.padded(to: width))  (\($2))") }, indent: 2)
    }

    package var json: JSONValue {
        func rows(_ rows: [PublisherForm.Row]) -> JSONValue {
            .array(rows.map { ["claim": .string($0.claim), "value": .string($0.value), "why": .string($0.why)] })
        }
        return [
            "page": .string(page),
            "preset": .string(form?.preset),
            "issuer": .string(form?.issuer),
            "claims": rows(form?.rows ?? []),
            "tighter": rows(form?.tighter ?? []),
            "file": .string(permission?.file),
            "permission": .strings(permission?.permission ?? []),
        ]
    }
}
