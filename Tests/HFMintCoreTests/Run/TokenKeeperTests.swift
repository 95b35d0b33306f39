import HFMintCore
import HFMintTesting
import Testing

@Suite("token keeper")
struct TokenKeeperTests {
    private struct World {
        let machine: FakeMachine
        let keeper: TokenKeeper

        /// A keeper of a token that lives an hour.
        init(_ script: [ScriptedTransport.Exchange], failures: [String: String] = [:]) throws {
            let files = MemoryFiles(privateBases: ["/run"], failures: failures)
            machine = FakeMachine(GitHubJob.permitted, transport: ScriptedTransport(script), files: files)
            let candidate = DirectoryCandidate(base: "/run", components: ["job"])
            let directory = try #require(try files.openPrivateDirectory(candidate, making: true))
            let token = HubToken(
                secret: Secret("hf_jwt_first.x.y"), expiresAt: machine.clock.now() + 3_600, sha256: "00")
            keeper = try TokenKeeper(
                token, for: try Resource(parsing: "acme/model", endpoint: .huggingFace),
                exchanger: try ExchangeWorld(machine: machine).exchanger(), directory: directory,
                context: machine.context)
        }

        var token: String? { machine.files[keeper.path] }

        /// How many lines of stderr hold `words`.
        func lines(saying words: String) -> Int {
            machine.output.err.split(separator: "\n").filter { $0.contains(words) }.count
        }
    }

    /// A try that fails five times, as the Hub has trouble.
    private static let trouble = (0..<5).flatMap { _ in
        [ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 503)]
    }
    private static let success = [
        ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted("hf_jwt_second.x.y")),
    ]

    @Test("writes the first token, and replaces it at half its life")
    func renews() throws {
        let world = try World(Self.success)
        #expect(world.token == "hf_jwt_first.x.y")
        let renewal = world.keeper.renewal
        #expect(renewal.firstWait == .seconds(1_800))
        world.machine.clock.advance(by: renewal.firstWait)
        #expect(renewal.renew() == .seconds(1_800))
        #expect(world.token == "hf_jwt_second.x.y")
        #expect(world.machine.output.all.isEmpty)
    }

    @Test("fails at once if the first token cannot be written")
    func unwritable() {
        let path = "/run/job/\(TokenKeeper.fileName)"
        let failure = #expect(throws: FileFailure.self) { try World([], failures: [path: "no space left on device"]) }
        #expect(failure?.path == path)
    }

    @Test("writes nothing after its end")
    func end() throws {
        let world = try World(Self.success)
        world.keeper.end()
        _ = world.keeper.renewal.renew()
        #expect(world.token == "hf_jwt_first.x.y")
    }

    @Test("tries again after a trouble, which it notes once, and notes that it is over")
    func recovers() throws {
        let world = try World(Self.trouble + Self.trouble + Self.success)
        let renewal = world.keeper.renewal
        #expect(renewal.renew() == .seconds(60))
        #expect(renewal.renew() == .seconds(60))
        #expect(world.lines(saying: "could not be renewed yet: huggingface.co answered 503") == 1)
        #expect(world.token == "hf_jwt_first.x.y")
        #expect(renewal.renew() == .seconds(1_800))
        #expect(world.lines(saying: "the token for acme/model is renewed") == 1)
        #expect(world.token == "hf_jwt_second.x.y")
    }

    @Test("goes on trying after the token has expired")
    func expired() throws {
        let world = try World(Self.trouble)
        world.machine.clock.advance(by: .seconds(3_700))
        #expect(world.keeper.renewal.renew() == .seconds(15))
        #expect(world.lines(saying: "the last one has expired; hfmint goes on trying") == 1)
    }

    @Test("ends where the Hub refuses, and says how long the last token lives")
    func refused() throws {
        let world = try World([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 403, "{}")])
        #expect(world.keeper.renewal.renew() == nil)
        #expect(world.lines(saying: "the token for acme/model is not renewed") == 1)
        #expect(world.lines(saying: "it expires in") == 1)
        #expect(world.token == "hf_jwt_first.x.y")
    }

    @Test("says what remains where no thread can be started")
    func givesUp() throws {
        let world = try World([])
        world.keeper.renewal.giveUp("out of memory")
        #expect(world.lines(saying: "is not renewed: no thread can be started: out of memory") == 1)
    }
}
