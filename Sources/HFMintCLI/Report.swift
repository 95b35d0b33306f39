package import HFMintCore

/// What a command found or did.
///
/// One printer makes text or JSON of it.
package struct Report: Sendable {
    /// For stdout without `--json`, as it stands.
    package var text: [TextOrToken]
    /// For stdout with `--json`.
    package var json: JSONValue
    /// What failed although other things succeeded; the first decides the exit status.
    package var failures: [MintError]
    /// The status of the program that was run, where one was.
    package var childStatus: Int32?

    package init(text: [TextOrToken], json: JSONValue, failures: [MintError] = []) {
        self.text = text
        self.json = json
        self.failures = failures
    }

    package init(lines: [String], json: JSONValue, failures: [MintError] = []) {
        self.init(text: lines.map { .text("\($0)\n") }, json: json, failures: failures)
    }
}
