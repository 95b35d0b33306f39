import HFMintCore
import HFMintTesting
import Testing

@Suite("token cache")
struct TokenCacheTests {
    private static let base = "/run/job"

    private struct World {
        let machine: FakeMachine
        let cache: TokenCache
        let directory: any PrivateDirectory

        init(failures: [String: String] = [:]) throws {
            machine = FakeMachine(files: MemoryFiles(privateBases: [base], failures: failures))
            let candidate = DirectoryCandidate(base: base, components: ["hfmint"])
            directory = try #require(try machine.files.openPrivateDirectory(candidate, making: true))
            cache = TokenCache(directory, context: machine.context)
        }

        /// The token's text, and whether the Hub was asked for it.
        func token(_ key: TokenKey, lifetime: Int = 3_600, gives: String = "hf_jwt_first.x.y") throws -> (String, Bool)
        {
            if case .success(let token) = cache.token(for: key) { return (token.bearer.secret.revealedText(), false) }
            let lock = try cache.lock(key, until: machine.clock.uptime() + .seconds(10))
            defer { lock.release() }
            let token = HubToken(
                secret: Secret(gives), expiresAt: machine.clock.now() + lifetime, sha256: "digest of \(gives)")
            cache.keep(token, for: key)
            return (token.bearer.secret.revealedText(), true)
        }

        /// Why the token for `key` is not used, or nil if it is.
        func miss(_ key: TokenKey) -> TokenCache.Miss? {
            if case .failure(let miss) = cache.token(for: key) { miss } else { nil }
        }
    }

    private func key(
        _ resource: String = "acme/model", identity: [String] = ["github-actions"], isAllowed: Bool = false,
        endpoint: String? = nil, audience: String? = nil
    ) throws -> TokenKey {
        TokenKey(
            authority: try Authority(endpointOption: endpoint, audienceOption: audience, environment: [:]),
            subject: .publisher(try Resource(parsing: resource, endpoint: .huggingFace)), identity: identity,
            allowsUntrustedEvent: isAllowed)
    }

    @Test("asks the Hub once, and serves what it gave")
    func serves() throws {
        let world = try World()
        #expect(try world.token(key()) == ("hf_jwt_first.x.y", true))
        #expect(try world.token(key(), gives: "hf_jwt_second.x.y") == ("hf_jwt_first.x.y", false))
    }

    @Test(
        "serves a token until five minutes, or a quarter of its life, are left",
        arguments: [
            (3_600, 3_300, false), (3_600, 3_301, true), (400, 300, false), (400, 301, true), (1, 0, false),
            (1, 1, true),
            (2_592_000, 2_591_700, false), (2_592_000, 2_591_701, true),
        ])
    func freshness(lifetime: Int, age: Int, isAsked: Bool) throws {
        let world = try World()
        _ = try world.token(key(), lifetime: lifetime)
        world.machine.clock.advance(by: .seconds(age))
        #expect(try world.token(key(), gives: "hf_jwt_second.x.y").1 == isAsked)
    }

    @Test("says why it serves nothing")
    func misses() throws {
        let world = try World()
        let key = try key()
        #expect(world.miss(key) == .absent)
        _ = try world.token(key)
        #expect(world.miss(key) == nil)
        world.machine.clock.advance(by: .seconds(-1))
        #expect(world.miss(key) == .fromFuture)
        world.machine.clock.advance(by: .seconds(3_400))
        #expect(world.miss(key) == .aged)
        for (text, miss) in [("{}", .damaged), (#"{"fields":[]}"#, .otherKey)] as [(String, TokenCache.Miss)] {
            let record = Secret(text)
            try world.directory.replace("record-\(key.fingerprint)", with: record)
            #expect(world.miss(key) == miss)
        }
    }

    @Test("tells a record that cannot be read from none")
    func unreadable() throws {
        let key = try key()
        let path = "\(Self.base)/hfmint/record-\(key.fingerprint)"
        let world = try World(failures: [path: "permission denied"])
        #expect(world.miss(key) == .unreadable(FileFailure(path, "permission denied")))
    }

    @Test("serves nothing from the future, after the clock went back")
    func future() throws {
        let world = try World()
        _ = try world.token(key())
        world.machine.clock.advance(by: .seconds(-3_600))
        #expect(try world.token(key()).1)
    }

    @Test(
        "serves nothing past its life, when a clock that was ahead has been set right", arguments: [60, 1_800, 3_400])
    func wasAhead(lead: Int) throws {
        let world = try World()
        let clock = world.machine.clock
        clock.set(to: clock.now() + lead)
        _ = try world.token(key())
        clock.set(to: clock.now() + -lead)
        clock.advance(by: .seconds(3_400))
        #expect(try world.token(key(), gives: "hf_jwt_second.x.y").1)
    }

    @Test("serves nothing across resources, identities, endpoints, audiences, or what is allowed")
    func keys() throws {
        let keys = [
            try key(), try key("acme/other"), try key("datasets/acme/model"), try key(identity: ["gitlab-ci"]),
            try key(identity: ["github-actions", ""]), try key(isAllowed: true),
            try key(endpoint: "https://mirror.example"),
            try key(endpoint: "https://huggingface.co", audience: "x"),
        ]
        #expect(Set(keys.map(\.fingerprint)).count == keys.count)
        let world = try World()
        for key in keys { #expect(try world.token(key).1) }
        for key in keys { #expect(try !world.token(key).1) }
    }

    @Test(
        "passes over a record that is damaged, or another key's",
        arguments: [
            "", "{", "null", "{}", #"{"fields":[]}"#, "\0",
        ])
    func damaged(text: String) throws {
        let world = try World()
        _ = try world.token(key())
        let name = "record-\(try key().fingerprint)"
        let bytes = Secret(text)
        try world.directory.replace(name, with: bytes)
        #expect(try world.token(key(), gives: "hf_jwt_second.x.y") == ("hf_jwt_second.x.y", true))
    }

    @Test(
        "passes over a record whose times or token cannot be",
        arguments: [
            ("1795230245", "9223372036854775807"), ("1795230245", "-9223372036854775808"), ("1795233845", "1e9"),
            ("1795233845", "9223372036854775807"), ("hf_jwt_first.x.y", "short"), ("hf_jwt_first.x.y", "hf_abcdefgh'"),
            ("\"acme/model\"", "\"acme/other\""),
        ])
    func impossible(part: String, other: String) throws {
        let world = try World()
        _ = try world.token(key())
        let name = "record-\(try key().fingerprint)"
        let record = try #require(world.machine.files["\(world.directory.path)/\(name)"])
        #expect(record.contains(part))
        let changed = Secret(record.split(separator: part, omittingEmptySubsequences: false).joined(separator: other))
        try world.directory.replace(name, with: changed)
        #expect(try world.token(key(), gives: "hf_jwt_second.x.y") == ("hf_jwt_second.x.y", true))
    }

    @Test("delivers a token that it cannot keep, and says so")
    func cannotKeep() throws {
        let path = "\(Self.base)/hfmint/record-\(try key().fingerprint)"
        let world = try World(failures: [path: "no space left on device"])
        #expect(try world.token(key()) == ("hf_jwt_first.x.y", true))
        #expect(world.machine.output.err.contains("is not kept for the next call"))
    }

    @Test("stops where its lock cannot be had")
    func locked() throws {
        let path = "\(Self.base)/hfmint/lock-\(try key().fingerprint)"
        let world = try World(failures: [path: "another process holds it"])
        let error = #expect(throws: MintError.self) { try world.token(key()) }
        #expect(error?.code == .stateUnusable)
    }

    @Test("makes one exchange of two by the same job, and two of two resources")
    func withExchanger() throws {
        let files = MemoryFiles(privateBases: [Self.base])
        let machine = FakeMachine(
            GitHubJob.permitted,
            transport: ScriptedTransport([
                ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted()), ExchangeWorld.minted(),
                .answer(ExchangeWorld.exchange, 200, granted("hf_jwt_other.x.y")),
            ]), files: files)
        let candidate = DirectoryCandidate(base: Self.base, components: ["hfmint"])
        let directory = try #require(try files.openPrivateDirectory(candidate, making: true))
        let world = ExchangeWorld(machine: machine)
        let exchanger = try world.exchanger(cache: TokenCache(directory, context: machine.context))
        let texts = try ["acme/model", "acme/model", "acme/other", "acme/model"].map {
            try world.token(exchanger, for: $0).bearer.secret.revealedText()
        }
        #expect(texts == ["hf_jwt_abc.def.ghi", "hf_jwt_abc.def.ghi", "hf_jwt_other.x.y", "hf_jwt_abc.def.ghi"])
        #expect(machine.transport.left.isEmpty)
    }

    @Test("writes no credential of the provider into a record")
    func discreet() throws {
        let world = ExchangeWorld([])
        let source = try #require(try world.exchanger().source)
        let identity = source.identity(of: world.machine.context.job, in: world.machine.context)
        #expect(!identity.contains { $0.contains("runner") })
        #expect(identity.first == "github-actions")
    }

    @Test("tells two callers apart by their own variables, not by this process's")
    func callers() throws {
        let world = ExchangeWorld([])
        let source = try #require(try world.exchanger().source)
        let identities = ["1", "2"].map { run in
            let job = Provider.Job(environment: ["GITHUB_RUN_ID": .init(run)], files: MemoryFiles())
            return source.identity(of: job, in: world.machine.context)
        }
        #expect(identities[0] != identities[1])
    }
}
