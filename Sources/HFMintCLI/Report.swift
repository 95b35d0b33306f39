package import HFMintCore

/// What a command found or did, to be printed as text or as JSON.
package struct Report: Sendable {
    /// What stdout gets without `--json`, byte for byte.
    package var text: [TextOrToken] = []
    /// What stdout gets with `--json`.
    package var json: JSONValue = .null
    /// What failed while other parts succeeded; the first failure decides the exit status.
    package var failures: [MintError] = []
    /// The exit status of the program, if one was run.
    package var childStatus: Int32?
}

extension Report {
    init(lines: [String], json: JSONValue = .null, failures: [MintError] = []) {
        self.init(text: lines.map { .text("\($0)\n") }, json: json, failures: failures)
    }
}
