import HFMintCore
import HFMintTesting
import Testing

@Suite("variable name")
struct VariableNameTests {
    @Test("takes the names of variables", arguments: ["A", "HF_TOKEN", "DATA_TOKEN", "A1_", "X9"])
    func takes(name: String) throws {
        let variable = try VariableName(name)
        #expect([variable.name, variable.path, variable.expiresAt] == [name, name + "_PATH", name + "_EXPIRES_AT"])
    }

    @Test(
        "refuses what is no name",
        arguments: [
            "", "a", "Token", "_A", "1A", "A-B", "A B", "A.B", "A\n", "Ä", "A\u{301}", "A$",
            String(repeating: "A", count: 129),
        ])
    func refuses(name: String) {
        let error = #expect(throws: MintError.self) { try VariableName(name) }
        #expect(error?.code == .usage)
    }

    @Test(
        "refuses a name that changes how programs start, or where hfmint and the Hub's tools look",
        arguments: [
            "PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "IFS", "HOME", "SHELLOPTS", "NODE_OPTIONS",
            "GIT_DIR",
            "GIT_SSH_COMMAND", "PYTHONPATH", "PYTHONSTARTUP", "HFMINT_RESOURCE", "HFMINT_X", "HF_ENDPOINT", "HF_HOME",
            "HF_TOKEN_PATH", "HF_OIDC_RESOURCE", "HF_OIDC_ID_TOKEN", "HUGGING_FACE_HUB_TOKEN", "GITHUB_ENV",
            "GITHUB_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL", "RUNNER_TEMP",
        ])
    func dangerous(name: String) {
        let error = #expect(throws: MintError.self) { try VariableName(name) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("programs give that variable a meaning of their own") == true)
    }
}
