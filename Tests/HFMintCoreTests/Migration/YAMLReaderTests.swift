@testable import HFMintCore
import Testing

@Suite("YAML of workflows")
struct YAMLReaderTests {
    private func read(_ text: String) throws -> YAMLReader { try YAMLReader(SourceText(Array(text.utf8))) }

    @Test("is read as mappings, sequences and scalars, with their lines")
    func structure() throws {
        let root = try read(
            """
            # a comment
            on: push
            jobs:
              one: # another
                steps:
                - uses: a/b@v1
                  with: { x: 1,
                    y: "}" }
                - run: |
                    echo "a: b"

                    echo # c

              two: {}
            """
        ).root
        #expect(root.entries?.map(\.key) == ["on", "jobs"])
        #expect(root["on"]?.value.scalar?.text == "push")
        let steps = try #require(root["jobs"]?.value["one"]?.value["steps"]?.value.items)
        #expect(steps.map(\.lines) == [5..<8, 8..<12])
        #expect(steps[1].value["run"]?.value.scalar?.body == 9..<12)
        #expect(root["jobs"]?.value["two"]?.line == 13)
        #expect(root.keys(to: 10) == ["jobs", "one", "steps", "run"])
    }

    @Test(
        "is refused where its structure is not certain",
        arguments: [
            "a: 1\na: 2\n", "a:\n\tb: 1\n", "a: 1\n---\nb: 2\n", "? a\n: b\n", "a: b: c\n", "a: \"b\nc\"\n",
            "a:\n    b: 1\n  c: 2\n", "a: [1\n", "%YAML 1.2\n---\na: 1\n", "- a\nb: 1\n", "a: |\n    b\n  c\n",
            "a: |x\n  b\n", "a: 'b' c\n",
        ])
    func refused(text: String) {
        #expect(throws: Doubt.self) { try read(text) }
    }

    @Test("names the lines with anchors, aliases, tags and merge keys")
    func odd() throws {
        let reader = try read("a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\ne: !reference [a]\nf: 1\n")
        #expect(reader.odd.keys.sorted() == [0, 2, 4, 5])
    }

    @Test("may be nested, but not without an end")
    func depth() {
        let deep = (0..<2_000).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(throws: Doubt.self) { try read(deep) }
    }
}

@Suite("names of stored tokens")
struct TokenNameTests {
    @Test(
        "are known by their words",
        arguments: [
            "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HF_API_TOKEN", "hf_token", "HF_TOKEN_WRITE",
        ])
    func tokens(name: String) { #expect(TokenName.matches(name.utf8)) }

    @Test(
        "differ from names that hold none",
        arguments: [
            "HF_TOKEN_PATH", "HF_ID_TOKEN", "HF_OIDC_ID_TOKEN", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HOME", "TOKEN",
        ])
    func others(name: String) { #expect(!TokenName.matches(name.utf8)) }
}

@Suite("shell lines that name a token")
struct ShellCommandTests {
    private func command(_ text: String) -> ShellCommand { ShellCommand(text, secrets: ["WRITE"]) }

    @Test(
        "are log-ins if they are nothing else",
        arguments: [
            "huggingface-cli login --token $HF_TOKEN", "hf auth login --token=\"${HF_TOKEN}\"",
            "hf auth login --token ${{ secrets.WRITE }}", "export HF_TOKEN=${{ secrets.HF_TOKEN }}",
            "huggingface-cli login --token $$HF_TOKEN",
        ])
    func logins(text: String) { #expect(command(text).role == .login(addsToGit: false)) }

    @Test(
        "are not known if they do more",
        arguments: [
            "hf auth login --token ${{ secrets.WRITE }} || true", "HF_TOKEN=$X python a.py",
            "docker build --build-arg HF_TOKEN=$HF_TOKEN .", "docker run -e HF_TOKEN image",
            "echo \"HF_TOKEN=$HF_TOKEN\" >> $GITHUB_ENV",
            "echo https://u:$HF_TOKEN@huggingface.co > ~/.git-credentials x",
        ])
    func unknown(text: String) {
        if case .login = command(text).role { Issue.record("\(text)") }
        #expect(command(text).role != .git)
    }

    @Test("lose the log-in of their URLs, and say which repository it is")
    func urls() throws {
        let text = "git push --force \"https://user:${{ secrets.WRITE }}@huggingface.co/spaces/acme/demo\" main"
        let plain = try #require(ShellCommand.withoutTokens(text, ["WRITE"]))
        #expect(plain.text == "git push --force \"https://huggingface.co/spaces/acme/demo\" main")
        #expect(plain.resources.map { $0?.canonical } == ["spaces/acme/demo"])
    }

    @Test("say what they upload to, and of which kind it is")
    func uploads() {
        let found = [
            "hf upload acme/model . --commit-message x": "acme/model",
            "hf upload --repo-type dataset acme/data data": "datasets/acme/data",
            "uv run huggingface-cli upload --private acme/demo . --repo-type=space": "spaces/acme/demo",
            "python train.py --hub_model_id=acme/chat": "acme/chat",
        ]
        for (text, name) in found { #expect(command(text).resources.map { $0?.canonical } == [name], "\(text)") }
        #expect(command("hf upload $REPO .").resources == [nil])
        #expect(command("hf download acme/model").resources.isEmpty)
    }
}
