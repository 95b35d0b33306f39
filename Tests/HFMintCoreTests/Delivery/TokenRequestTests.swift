import HFMintCore
import Testing

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
