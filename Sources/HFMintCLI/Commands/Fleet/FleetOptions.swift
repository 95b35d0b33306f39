internal import HFMintCore

extension Option {
    static let app = Option("app", "PATH", help: "only what this app's manifest has, named as the manifest names it")
    static let recordDirectory = Option(
        "record-dir", "DIR",
        help: "where this machine remembers its writes (default: HFMINT_FLEET_DIR, else ~/.local/state/hfmint/fleet)")

    /// The options of every command that asks the Hub about a fleet.
    static let askingFleet: [Option] = [manifest, app, endpoint, recordDirectory] + reporting
}

extension Environment.Key {
    static let fleetDirectory: Self = "HFMINT_FLEET_DIR"
}
