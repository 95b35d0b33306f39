/// The version of hfmint, as `hfmint --version` prints it; a release's tag must equal it.
package let hfmintVersion = "0.1.0"

/// The day of that release, as the manual pages show it: mdoc(7) wants `Month day, year`.
package let hfmintReleased = "November 21, 2026"
