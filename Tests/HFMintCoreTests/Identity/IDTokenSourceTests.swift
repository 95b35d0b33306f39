import HFMintCore
import HFMintTesting
import Testing

@Suite("id token source")
struct IDTokenSourceTests {
    private static let everything: Environment = [
        "HF_OIDC_ID_TOKEN": "x", "GITHUB_ACTIONS": "true", "GITLAB_CI": "true", "HF_ID_TOKEN": "y",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://a.example/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
    ]

    private func source(_ options: IDTokenSource.Options, _ environment: Environment) throws -> IDTokenSource {
        let context = FakeMachine(environment).context
        return try IDTokenSource(
            options, of: try Provider.chosen(options.provider, else: Provider.detected(in: context.job)),
            audience: "https://huggingface.co", in: context)
    }

    @Test("is what an option says, before any variable")
    func options() throws {
        #expect(try source(.init(file: "/t"), Self.everything).acquisition == .file("/t"))
        #expect(
            try source(.init(command: "a | b"), Self.everything).acquisition
                == .command(ChildCommand(["/bin/sh", "-c", "a | b"])))
        #expect(try source(.init(provider: "gitlab-ci"), Self.everything).acquisition == .variable("HF_ID_TOKEN"))
    }

    @Test("reads standard input once, however often the token is needed")
    func standardInput() throws {
        let jwt = unsignedJWT(["aud": "x"])
        let machine = FakeMachine(files: MemoryFiles(["/dev/stdin": jwt + "\n"]))
        let source = try IDTokenSource(.init(file: "-"), of: nil, audience: "x", in: machine.context)
        for _ in 0..<3 {
            let text = try source.acquisition.idToken(in: machine.context, limits: .default).secret.revealedText()
            #expect(text == jwt)
        }
        #expect(machine.files.reads.filter { $0 == "/dev/stdin" }.count == 1)
        #expect(!"\(source.acquisition)".contains(jwt))
    }

    @Test("is then HF_OIDC_ID_TOKEN, before the provider, which is known all the same")
    func variable() throws {
        let source = try source(.init(), Self.everything)
        #expect(source.acquisition == .variable("HF_OIDC_ID_TOKEN"))
        #expect(source.provider?.name == "github-actions")
    }

    @Test("is then the first provider that is here")
    func provider() throws {
        let gitHub = try source(.init(), GitHubJob.permitted)
        guard case .http = gitHub.acquisition else {
            Issue.record("not a request: \(gitHub.acquisition)")
            return
        }
        #expect(try source(.init(), ["GITLAB_CI": "true", "HF_ID_TOKEN": "y"]).acquisition == .variable("HF_ID_TOKEN"))
    }

    @Test("stops where a provider is here and refuses, and asks no other")
    func refused() {
        let error = #expect(throws: MintError.self) {
            try source(.init(), ["GITHUB_ACTIONS": "true", "GITLAB_CI": "true", "HF_ID_TOKEN": "y"])
        }
        #expect(error?.code == .identityDenied)
    }

    @Test(
        "is not found where there is none",
        arguments: [
            [:], ["HF_OIDC_ID_TOKEN": ""], ["HF_ID_TOKEN": "y"], ["GITHUB_ACTIONS": "1"],
        ] as [Environment])
    func notFound(environment: Environment) {
        let error = #expect(throws: MintError.self) { try source(.init(), environment) }
        #expect(error?.code == .identityNotFound)
    }

    @Test(
        "is one: options exclude each other",
        arguments: [
            (.init(file: "/t", command: "c"), "--id-token-file and --id-token-command"),
            (.init(file: "-", provider: "github-actions"), "--id-token-file and --provider"),
            (
                .init(file: "a", command: "b", provider: "gitlab-ci"),
                "--id-token-file and --id-token-command and --provider"
            ),
        ] as [(IDTokenSource.Options, String)])
    func exclusive(options: IDTokenSource.Options, names: String) {
        let error = #expect(throws: MintError.self) { try source(options, Self.everything) }
        #expect(error == .usage("\(names) exclude each other", hint: "give one of them"))
    }

    @Test("refuses a provider that it does not know")
    func unknownProvider() {
        let error = #expect(throws: MintError.self) { try source(.init(provider: "travis"), Self.everything) }
        #expect(error?.code == .usage)
    }
}
