/// The version of hfmint, as `hfmint --version` prints it; a release's tag must equal it.
package let hfmintVersion = "0.1.0"
