/// The version that `hfmint --version` prints; a release's tag must equal it.
package let hfmintVersion = "0.1.0"

/// The day of that release, in the form of mdoc(7) for manual pages: `Month day, year`.
package let hfmintReleased = "November 21, 2026"
