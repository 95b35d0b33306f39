import HFMintCore
import HFMintTesting
import Testing

@Suite("delivery")
struct DeliveryTests {
    private static let base = "/run/job"
    private static let gitHub: Environment = ["GITHUB_ENV": "/gh/env", "GITHUB_OUTPUT": "/gh/output"]

    private func machine(
        _ environment: Environment = gitHub, writable: Set<String> = ["/gh/env", "/gh/output", "/home/t"],
        output: RecordedOutput = RecordedOutput(), failures: [String: String] = [:], texts: [String: String] = [:]
    ) -> FakeMachine {
        FakeMachine(
            environment,
            files: MemoryFiles(
                texts, kinds: ["/gh/env": .regular], writable: writable, privateBases: [Self.base],
                failures: failures),
            output: output)
    }

    private func delivery(
        _ methods: [DeliveryMethod], on machine: FakeMachine, provider: Provider? = .gitHubActions,
        exports: Bool = false, report: Bool = false
    ) throws -> Delivery {
        let candidate = DirectoryCandidate(base: Self.base, components: ["hfmint"])
        return try Delivery(
            methods: methods, exportsValues: exports, printsReport: report, provider: provider,
            directory: try machine.files.openPrivateDirectory(candidate, making: true), context: machine.context)
    }

    private func refusal(
        _ methods: [DeliveryMethod], on machine: FakeMachine, provider: Provider? = .gitHubActions,
        exports: Bool = false
    ) -> MintError? {
        #expect(throws: MintError.self) { try delivery(methods, on: machine, provider: provider, exports: exports) }
    }

    private let tokenFile = "\(base)/hfmint/token-" + fingerprint([Array("acme/model".utf8)])

    @Test("puts tokens into files of the job's own, and their paths on stdout and before later steps")
    func auto() throws {
        let machine = machine()
        let receipt = try delivery([], on: machine).deliver([try namedToken()])

        #expect(machine.files[tokenFile] == "hf_jwt_a.b.c")
        #expect(receipt.tokenPaths == [tokenFile])
        #expect(receipt.lines.count == 1 && receipt.lines[0].hasPrefix("export HF_TOKEN_PATH='\(tokenFile)'"))
        #expect(receipt.tokens.isEmpty)
        #expect(receipt.destinations.map { "\($0.method) \($0.target)" } == ["shell -", "env GITHUB_ENV"])
        #expect(machine.files["/gh/env"]?.hasPrefix("HF_TOKEN_PATH<<ghadelimiter_") == true)
        #expect(machine.files["/gh/env"]?.contains("hf_jwt_a") == false)
        #expect(machine.output.all.isEmpty)
        #expect(!receipt.lines.joined().contains("hf_jwt_a"))
    }

    @Test(
        "writes for later steps only where the provider has a file for that",
        arguments: [
            ([:], .gitHubActions), (["GITHUB_ENV": ""], .gitHubActions), (gitHub, .gitLabCI), (gitHub, nil),
        ] as [(Environment, Provider?)])
    func autoWithoutStepFiles(environment: Environment, provider: Provider?) throws {
        let machine = machine(environment, writable: [])
        let receipt = try delivery([.auto], on: machine, provider: provider).deliver([try namedToken()])
        #expect(receipt.destinations.map(\.method) == ["shell"])
    }

    @Test(
        "masks a token before any value of it leaves, on a line of its own whatever stands before",
        arguments: [
            ([.env], true), ([.output], true), ([.auto], true), ([.stdout], false), ([.stdout, .output], true),
        ] as [([DeliveryMethod], Bool)])
    func masksFirst(methods: [DeliveryMethod], exports: Bool) throws {
        let machine = machine()
        let delivery = try delivery(methods, on: machine, exports: exports)
        let before = machine.files.acts.count
        _ = try delivery.deliver([try namedToken(), try namedToken("DATA", for: "acme/data", "hf_jwt_d.e.f")])
        #expect(
            machine.output.all
                == [.init(stream: .err, text: "\n::add-mask::hf_jwt_a.b.c\n::add-mask::hf_jwt_d.e.f\n")])
        #expect(machine.files.acts.count > before || methods == [.stdout])
    }

    @Test("refuses a file that cannot be written before there is any token")
    func unusableFile() throws {
        let machine = machine(failures: ["/gh/env": "others can write it"])
        let error = #expect(throws: MintError.self) { try delivery([.env], on: machine, exports: true) }
        #expect(error?.code == .stateUnusable)
        #expect(error?.message == "cannot deliver to '/gh/env': others can write it")
        #expect(machine.output.err.isEmpty)
    }

    @Test(
        "masks nothing where no value leaves, or where no provider eats the line",
        arguments: [
            ([.auto], false, .gitHubActions), ([.tokenFile(nil)], false, .gitHubActions), ([.shell], true, .gitLabCI),
            ([.stdout], false, nil), ([.stdout], false, .gitLabCI),
        ] as [([DeliveryMethod], Bool, Provider?)])
    func masksNothing(methods: [DeliveryMethod], exports: Bool, provider: Provider?) throws {
        let machine = machine()
        _ = try delivery(methods, on: machine, provider: provider, exports: exports).deliver([try namedToken()])
        #expect(!machine.output.err.contains("hf_"))
        #expect(!machine.output.err.contains("add-mask"))
    }

    @Test(
        "exports values to the provider's files as secrets",
        arguments: [
            (.env, "/gh/env", true), (.output, "/gh/output", true), (.env, "/gh/env", false),
        ] as [(DeliveryMethod, String, Bool)])
    func stepFiles(method: DeliveryMethod, path: String, exports: Bool) throws {
        let machine = machine()
        _ = try delivery([method], on: machine, exports: exports).deliver([try namedToken()])
        let text = try #require(machine.files[path])
        #expect(text.contains("\nhf_jwt_a.b.c\n") == exports)
        #expect(machine.files.acts.last == .append(path, text, isSecret: exports))
    }

    @Test("has the shell read values from the file, and never prints them")
    func shellExport() throws {
        let machine = machine()
        let receipt = try delivery([.shell], on: machine, provider: .gitLabCI, exports: true).deliver([try namedToken()]
        )
        #expect(receipt.lines.count == 1 && receipt.lines[0].hasSuffix(" <'\(tokenFile)'"))
        #expect(receipt.lines[0].hasPrefix("export HF_TOKEN='' HF_TOKEN_EXPIRES_AT="))
        #expect(!receipt.lines[0].contains("hf_jwt_a"))
        #expect(machine.files[tokenFile] == "hf_jwt_a.b.c")
        let file = try #require(receipt.environmentFile)
        #expect(machine.files[file]?.hasPrefix("HF_TOKEN=hf_jwt_a.b.c\n") == true)
    }

    @Test(
        "blanks for later steps what this step has or the file says, and as an output what the file says",
        arguments: [
            (.env, [:], "", false), (.env, ["HF_TOKEN": ""], "", false), (.env, ["HF_TOKEN": "hf_old"], "", true),
            (.env, [:], "HF_TOKEN=hf_old\n", true), (.env, [:], "A=1\nHF_TOKEN<<E\nhf_old\nE\n", true),
            (.env, [:], "MY_HF_TOKEN=x\nHF_TOKEN_PATH=/t\n", false), (.env, [:], "HF_TOKEN", false),
            (.output, ["HF_TOKEN": "hf_old"], "", false), (.output, [:], "HF_TOKEN=hf_old\n", true),
        ] as [(DeliveryMethod, [String: String], String, Bool)])
    func blanks(method: DeliveryMethod, set: [String: String], before: String, isBlanked: Bool) throws {
        let entries = set.merging(["GITHUB_ENV": "/gh/env", "GITHUB_OUTPUT": "/gh/output"]) { $1 }
        let environment = Environment(entries: entries.map { Array("\($0)=\($1)".utf8) })
        let file = method == .env ? "/gh/env" : "/gh/output"
        let machine = machine(environment, texts: [file: before])
        _ = try delivery([method], on: machine).deliver([try namedToken()])
        let text = try #require(machine.files[file]?.dropFirst(before.count))
        #expect(text.contains("HF_TOKEN_PATH<<"))
        #expect(text.contains("HF_TOKEN<<") == isBlanked)
        #expect(!text.contains("HUGGING_FACE_HUB_TOKEN") && !text.contains("HF_OIDC_RESOURCE"))
    }

    @Test(
        "puts the token or the variables where the user says, and notes that for `hfmint forget`",
        arguments: [
            (.tokenFile("/home/t"), "hf_jwt_a.b.c"),
            (
                .environmentFile("/home/t"),
                "HF_TOKEN=hf_jwt_a.b.c\nHF_TOKEN_EXPIRES_AT=2026-11-21T04:04:05Z\nHFMINT_RESOURCE=acme/model\n"
            ),
        ] as [(DeliveryMethod, String)])
    func userFiles(method: DeliveryMethod, text: String) throws {
        let machine = machine()
        let receipt = try delivery([method], on: machine).deliver([try namedToken()])
        #expect(machine.files["/home/t"] == text)
        #expect(receipt.lines == ["/home/t"])
        #expect(receipt.tokenPaths.isEmpty)
        let directory = try machine.files.openPrivateDirectory(
            DirectoryCandidate(base: Self.base, components: ["hfmint"]), making: false)
        let copies = UserCopy.all(in: try #require(directory))
        #expect(copies.map(\.path) == ["/home/t"])
        let mark = try #require(copies.first?.mark)
        let marks = UserCopies(of: "/home/t", in: try #require(directory))
        #expect(marks.mark(of: mark.identity) == mark)
        #expect(try machine.files.eraseUserFile("/home/t", mark, marks: marks) == .erased)
    }

    @Test("names the files in the job's directory where the user names none")
    func ownFiles() throws {
        let machine = machine()
        let tokens = [try namedToken(), try namedToken("DATA", for: "acme/data")]
        let receipt = try delivery([.tokenFile(nil), .environmentFile(nil)], on: machine).deliver(tokens)
        #expect(receipt.lines == receipt.tokenPaths + [receipt.environmentFile].compactMap(\.self))
        #expect(receipt.lines.allSatisfy { machine.files[$0] != nil })
        #expect(Set(receipt.lines).count == 3)
    }

    @Test("hands the token itself to stdout, where asked for")
    func stdout() throws {
        let machine = machine()
        let receipt = try delivery([.stdout], on: machine).deliver([try namedToken()])
        #expect(receipt.tokens.map { $0.bearer.secret.revealedText() } == ["hf_jwt_a.b.c"])
        #expect(receipt.lines.isEmpty && receipt.tokenPaths.isEmpty)
    }

    @Test(
        "refuses before the exchange what could not be delivered safely",
        arguments: [
            ([.shell, .stdout], .gitHubActions, false, gitHub, .usage),
            ([.auto, .stdout], .gitHubActions, false, gitHub, .usage),
            ([.env], .gitLabCI, false, gitHub, .deliveryRefused), ([.output], nil, false, gitHub, .deliveryRefused),
            ([.env], .gitHubActions, false, [:], .deliveryRefused),
            ([.output], .gitHubActions, false, ["GITHUB_ENV": "/gh/env"], .deliveryRefused),
        ] as [([DeliveryMethod], Provider?, Bool, Environment, MintError.Code)])
    func refuses(
        methods: [DeliveryMethod], provider: Provider?, exports: Bool, environment: Environment, code: MintError.Code
    ) {
        let machine = machine(environment)
        #expect(refusal(methods, on: machine, provider: provider, exports: exports)?.code == code)
    }

    @Test("refuses to print a token on a terminal")
    func terminal() {
        let error = refusal([.stdout], on: machine(output: RecordedOutput(out: .terminal)))
        #expect(error?.code == .deliveryRefused)
        #expect(error?.message == "a token is not printed on a terminal")
    }

    @Test(
        "refuses a value whose mask would stay in a file",
        arguments: [([.stdout], false), ([.env], true)] as [([DeliveryMethod], Bool)])
    func maskInFile(methods: [DeliveryMethod], exports: Bool) throws {
        let machine = machine(output: RecordedOutput(err: .file))
        #expect(refusal(methods, on: machine, exports: exports)?.message.hasPrefix("stderr is a file") == true)
        // Paths need no mask.
        _ = try delivery([.env], on: machine).deliver([try namedToken()])
        #expect(machine.output.err.isEmpty)
    }

    @Test(
        "warns where nothing hides a printed token from a log",
        arguments: [
            (.gitHubActions, false, false), (.gitLabCI, false, true), (nil, false, true), (nil, true, false),
        ] as [(Provider?, Bool, Bool)])
    func warns(provider: Provider?, report: Bool, isWarned: Bool) throws {
        let machine = machine()
        _ = try delivery([.stdout], on: machine, provider: provider, report: report)
        #expect(machine.output.err.contains("nothing here hides it from a log") == isWarned)
    }

    @Test("prints no shell line beside a report")
    func report() throws {
        let receipt = try delivery([.shell], on: machine(), report: true).deliver([try namedToken()])
        #expect(receipt.lines.isEmpty && receipt.tokenPaths == [tokenFile])
    }

    @Test("needs a directory for files of its own, and for nothing else")
    func noDirectory() throws {
        func make(_ methods: [DeliveryMethod]) throws -> Delivery {
            try Delivery(
                methods: methods, exportsValues: false, printsReport: false, provider: nil, directory: nil,
                context: machine().context)
        }
        for methods in [[], [.shell], [.tokenFile(nil)]] as [[DeliveryMethod]] {
            #expect(throws: MintError.self) { try make(methods) }
        }
        #expect(try make([.tokenFile("/home/t")]).deliver([try namedToken()]).lines == ["/home/t"])
        #expect(try make([.stdout]).deliver([try namedToken()]).tokens.count == 1)
    }

    @Test(
        "puts no ambient resource into a file that a shell reads, unless it is one",
        arguments: [
            ("acme/other", true), ("$(touch /tmp/x)", false), ("a b", false), ("a\nB=c", false), ("", false),
        ])
    func ambientResource(value: String, isKept: Bool) throws {
        let machine = machine(["HFMINT_RESOURCE": .init(value)])
        let receipt = try delivery([.environmentFile(nil)], on: machine, provider: nil).deliver([try namedToken("DATA")]
        )
        let file = try #require(receipt.environmentFile.flatMap { machine.files[$0] })
        #expect(file.contains("HFMINT_RESOURCE=\(value)\n") == isKept)
        #expect(file.contains("HFMINT_RESOURCE") == isKept)
    }
}
