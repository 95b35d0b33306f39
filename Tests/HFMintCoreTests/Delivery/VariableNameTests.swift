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

@Suite("token request")
struct TokenRequestTests {
    private func parse(_ operands: String...) throws -> [String] {
        try TokenRequest.parse(operands, endpoint: .huggingFace).map {
            "\($0.name.name)=\($0.resource?.canonical ?? "")"
        }
    }

    @Test("names the first token HF_TOKEN, and others as the user says")
    func names() throws {
        #expect(try parse("acme/model") == ["HF_TOKEN=acme/model"])
        #expect(try parse("A=acme/model", "acme/other") == ["A=acme/model", "HF_TOKEN=acme/other"])
        #expect(try parse("HF_TOKEN=acme/model", "B=datasets/a/b") == ["HF_TOKEN=acme/model", "B=datasets/a/b"])
        #expect(try parse() == [])
    }

    @Test("takes an equals sign in a pasted URL for the URL's own")
    func url() throws {
        #expect(try parse("https://huggingface.co/a/b?row=1&x=y") == ["HF_TOKEN=a/b"])
        #expect(try parse("A=https://huggingface.co/a/b?row=1") == ["A=a/b"])
    }

    @Test(
        "refuses two resources that would set one variable",
        arguments: [
            ["a/b", "c/d"], ["a/b", "HF_TOKEN=c/d"], ["X=a/b", "X=c/d"], ["X=a/b", "X_PATH=c/d"],
            ["X_EXPIRES_AT=a/b", "X=c/d"],
            ["X=a/b", "X=a/b"],
        ])
    func collisions(operands: [String]) {
        let error = #expect(throws: MintError.self) { try TokenRequest.parse(operands, endpoint: .huggingFace) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("would set a variable that another resource sets") == true)
    }

    @Test("refuses what is neither", arguments: ["=a/b", "X=", "x=a/b", "X==a/b", "a/b=c", "PATH=a/b", "", "X=Y=a/b"])
    func refuses(operand: String) {
        let error = #expect(throws: MintError.self) { try TokenRequest.parse([operand], endpoint: .huggingFace) }
        #expect(error?.code == .usage)
    }
}

@Suite("delivery method")
struct DeliveryMethodTests {
    @Test(
        "is read as help spells it",
        arguments: [
            ("auto", .auto), ("shell", .shell), ("env", .env), ("output", .output), ("stdout", .stdout),
            ("env-file", .environmentFile(nil)), ("env-file=/a", .environmentFile("/a")),
            ("token-file", .tokenFile(nil)),
            ("token-file=a=b", .tokenFile("a=b")),
        ] as [(String, DeliveryMethod)])
    func reads(text: String, method: DeliveryMethod) throws {
        #expect(try DeliveryMethod(parsing: text) == method)
        #expect(text.hasPrefix(method.name))
        #expect(DeliveryMethod.words.contains { $0.hasPrefix(method.name) })
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "Shell", "shell=x", "env=x", "env-file=", "token-file=", "stdout=-", "auto=1", "=", "envfile", " shell",
            "file",
        ])
    func refuses(text: String) {
        let error = #expect(throws: MintError.self) { try DeliveryMethod(parsing: text) }
        #expect(error?.code == .usage)
    }
}
