internal import HFMintCore

/// What a command found or did, to be printed as text or as JSON.
struct Report: Sendable {
    /// What stdout gets without `--json`, byte for byte.
    var text: [TextOrToken] = []
    /// What stdout gets with `--json`.
    var json: JSONValue = .null
    /// What failed while other parts succeeded; the first failure decides the exit status.
    var failures: [MintError] = []
    /// The exit status of the program, if one was run.
    var childStatus: Int32?
}

extension Report {
    init(lines: [String], json: JSONValue = .null, failures: [MintError] = []) {
        self.init(text: lines.map { .text("\($0)\n") }, json: json, failures: failures)
    }
}
