/// The variable name of a delivered token: `HF_TOKEN`, or the user's from `NAME=RESOURCE`.
package struct VariableName: Hashable, Sendable {
    package let name: String

    package static let hfToken = VariableName(unchecked: "HF_TOKEN")

    private init(unchecked name: String) {
        self.name = name
    }

    /// - Throws: ``MintError/Code/usage`` if `name` cannot be a variable's, or would change how programs start.
    package init(_ name: String) throws(MintError) {
        let bytes = Array(name.utf8)
        let isName =
            bytes.first?.isASCIIUppercase == true && bytes.count <= 128
            && bytes.allSatisfy { $0.isASCIIUppercase || $0.isASCIIDigit || $0 == ASCII.underscore }
        guard isName else {
            throw .usage(
                "'\(name)' is not a name for a token", hint: "write NAME=RESOURCE with a NAME like DATA_TOKEN")
        }
        guard !Self.refused.contains(name), !Self.refusedPrefixes.contains(where: { name.hasStart($0) }) else {
            throw .usage(
                "a token cannot be called '\(name)': programs give that variable a meaning of their own",
                hint: "write NAME=RESOURCE with a NAME like DATA_TOKEN")
        }
        self.name = name
    }

    private static let refused: Set = [
        "BASH_ENV", "ENV", "HF_ENDPOINT", "HF_HOME", "HF_OIDC_ID_TOKEN", "HF_OIDC_RESOURCE", "HF_TOKEN_PATH", "HOME",
        "HUGGING_FACE_HUB_TOKEN", "IFS", "NODE_OPTIONS", "PATH", "SHELLOPTS",
    ]
    private static let refusedPrefixes =
        ["GIT_", "HFMINT_", "LD_", "PYTHON"] + allProviders.flatMap(\.reservedPrefixes)

    package var path: String { name + "_PATH" }
    package var expiresAt: String { name + "_EXPIRES_AT" }
}
