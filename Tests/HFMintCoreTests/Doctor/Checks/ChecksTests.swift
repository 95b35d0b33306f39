@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("doctor's checks")
struct ChecksTests {
    @Test("have ids of their own, in kebab-case, and a title")
    func ids() {
        #expect(Set(allChecks.map(\.id)).count == allChecks.count)
        for check in allChecks {
            #expect(check.id.utf8.allSatisfy { $0.isASCIILowercase || $0 == ASCII.minus })
            #expect(!check.title.isEmpty)
        }
    }

    @Test("find at least one thing each, in a job that is well and in one that has nothing")
    func always() throws {
        var examination = try TestExamination.make()
        for check in allChecks { #expect(!check.run(examination).isEmpty, "\(check.id)") }
        examination.claims = .failure(.usage("x"))
        examination.acquisition = .failure(.usage("x"))
        examination.question.authority = .failure(.usage("x"))
        examination.question.provider = nil
        examination.question.detected = []
        examination.git = nil
        examination.hub = .notAsked("x")
        for check in allChecks { #expect(!check.run(examination).isEmpty, "\(check.id)") }
    }

    @Test(
        "know whether `sub` names a repository by number",
        arguments: [
            ("repo:acme/training:ref:refs/heads/main", "by its name"),
            ("repo:acme@123/training@456:ref:refs/heads/main", "with its numbers"),
            ("repo:acme-123/training-456:ref:refs/heads/main", "with its numbers"),
            // A repository that is only called so.
            ("repo:acme-1/training-4:ref:refs/heads/main", "repo:acme-1/training-4"),
            ("repository:acme/training", "repository:acme/training"),
        ])
    func subject(subject: String, words: String) throws {
        let finding = try Check.finding("subject", TestExamination.make(["sub": .string(subject)]))
        #expect(finding.message.contains(words))
    }

    @Test(
        "print no user name and no password of a proxy",
        arguments: [
            ("http://user:secret@proxy.acme.example:3128/", "proxy.acme.example:3128"),
            ("user:secret@proxy.acme.example:3128", "proxy.acme.example:3128"),
            ("http://user:se%40cret@proxy.acme.example", "proxy.acme.example"),
            ("socks5h://[::1]:1080", "[::1]:1080"),
        ])
    func proxy(value: String, shown: String) throws {
        let environment: Environment = ["GITHUB_ACTIONS": "true", "HTTPS_PROXY": value]
        let finding = try Check.finding("proxy", TestExamination.make(environment: environment))
        #expect(finding.message == "through the one that HTTPS_PROXY names: \(shown)")
    }

    @Test("know that HTTP_PROXY does not count for https, and that NO_PROXY exempts")
    func otherProxies() throws {
        func finding(_ environment: Environment) throws -> Finding {
            try Check.finding("proxy", TestExamination.make(environment: environment))
        }
        #expect(try finding([:]).status == .ok)
        #expect(try finding(["HTTP_PROXY": "http://p"]).status == .warn)
        #expect(
            try finding(["HTTPS_PROXY": "http://p", "NO_PROXY": "huggingface.co"]).message.contains("NO_PROXY exempts"))
    }

    @Test("warn of a mirror that only HF_ENDPOINT names")
    func mirror() throws {
        var examination = try TestExamination.make(environment: ["HF_ENDPOINT": "https://mirror.example"])
        examination.question.authority = .success(
            try Authority(endpointOption: nil, audienceOption: nil, environment: examination.context.environment))
        #expect(try Check.finding("endpoint", examination).status == .warn)
        examination.context.environment = [:]
        #expect(try Check.finding("endpoint", examination).status == .ok)
    }

    @Test("tell a machine's clock from an issuer's")
    func clock() throws {
        var examination = try TestExamination.make()
        examination.acquisition = .success(.variable(.hfOIDCIDToken))
        examination.hub = .answered(status: 200, date: FrozenClock.usualNow + 600)
        #expect(try Check.finding("clock", examination).status == .warn)
        // A new token shows the issuer's clock as well.
        let job = Provider.Job(
            environment: [
                "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
            ], files: MemoryFiles())
        examination.acquisition = .success(try Provider.gitHubActions.acquisition(job, "a"))
        #expect(try Check.finding("clock", examination).status == .fail)
        examination.hub = .answered(status: 200, date: FrozenClock.usualNow + 60)
        #expect(try Check.finding("clock", examination).status == .ok)
        examination.hub = .answered(status: 200, date: nil)
        #expect(try Check.finding("clock", examination).status == .skip)
    }

    @Test(
        "find trust too wide where nothing narrower than the repository is pinned",
        arguments: [
            (["repository"], Finding.Status.warn), (["repository", "repository_id", "iss"], .warn),
            (["repository", "branch"], .ok), (["sub"], .ok), ([], .skip),
        ])
    func trust(claims: [String], status: Finding.Status) throws {
        let examination = try TestExamination.make(expecting: claims.map { ($0, "x") })
        #expect(try Check.finding("trust", examination).status == status)
    }

    private static func access(
        _ name: String, _ read: TokenTrial.Answer, _ write: TokenTrial.Answer?
    ) throws -> Finding {
        var examination = try TestExamination.make()
        examination.resource = try Resource(parsing: name, endpoint: .huggingFace)
        examination.exchange = .granted(
            .init(kind: .repository, expiresAt: FrozenClock.usualNow + 3_600, sha256: "", read: read, write: write))
        return try Check.finding("access", examination)
    }

    @Test(
        "say what a token can do",
        arguments: [
            (200, 200, .ok, "read and write"), (200, 403, .ok, "read only"), (401, 401, .warn, "refuses it there"),
            (404, 404, .warn, "refuses it there"), (200, 0, .warn, "did not answer"), (500, 500, .warn, "does not say"),
            (200, 500, .warn, "does not say"),
        ] as [(Int, Int, Finding.Status, String)])
    func access(read: Int, write: Int, status: Finding.Status, words: String) throws {
        let finding = try Self.access("acme/model", TokenTrial.Answer(read), TokenTrial.Answer(write))
        #expect(finding.status == status && finding.message.contains(words))
    }

    @Test("say what a user's token can do, of which there is nothing to write")
    func userAccess() throws {
        let (yes, no) = (TokenTrial.Answer(200), TokenTrial.Answer(401))
        #expect(try Self.access("acme-bot", yes, nil).message.hasPrefix("what 'acme-bot' allows its jobs"))
        #expect(try Self.access("acme-bot", no, nil).message.contains("refuses it there (401)"))
    }

    @Test("take no web page, and no answer of a route that may not be there, for a refusal or a yes")
    func unclearAccess() throws {
        let page = TokenTrial.Answer(200, isPage: true)
        #expect(try Self.access("acme/model", page, page).message.contains("does not say"))
        for name in ["kernels/acme/fast", "buckets/acme/store"] {
            for status in [401, 404, 500] {
                let answer = TokenTrial.Answer(status, isDocumented: false)
                #expect(try Self.access(name, answer, answer).status == .skip)
            }
            let yes = TokenTrial.Answer(200, isDocumented: false)
            #expect(try Self.access(name, yes, yes).status == .ok)
            let no = TokenTrial.Answer(403, isDocumented: false)
            #expect(try Self.access(name, yes, no).message.hasPrefix("read only"))
        }
    }
}
