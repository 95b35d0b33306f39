@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("pace of requests to the Hub")
struct PaceTests {
    private static let start = Uptime(sinceStart: .seconds(1_000))

    private static func limit(_ remaining: Int, _ seconds: Int, of quota: Int? = nil) throws -> RateLimit {
        let policy = quota.map { "\"fixed window\";\"api\";q=\($0);w=300" }
        return try #require(RateLimit("\"api\";r=\(remaining);t=\(seconds)", policy: policy))
    }

    @Test(
        "reads the headers in the form of the draft, and nothing else",
        arguments: [
            (#""api";r=489;t=224"#, #""fixed window";"api";q=500;w=300"#, [489, 224, 500]),
            (#" "api" ; r=0 ; t=55 "#, nil, [0, 55, -1]),
            (#""pages";r=9;t=9, "api";r=3;t=4"#, #""pages";q=7;w=300,"api";q=8;w=300"#, [3, 4, 8]),
            (#""default";r=50;t=30"#, #"q=x"#, [50, 30, -1]),
            (#""api";t=30"#, nil, nil), (#""api";r=-1;t=30"#, nil, nil), (#""api";r=1"#, nil, nil), ("", nil, nil),
            (#""api";r=99999999999999999999;t=1"#, nil, nil), (#""api";r=1 0;t=1"#, nil, nil),
        ] as [(String, String?, [Int]?)])
    func headers(limit: String, policy: String?, numbers: [Int]?) {
        let found = RateLimit(limit, policy: policy)
        #expect(found.map { [$0.remaining, $0.seconds, $0.quota ?? -1] } == numbers)
    }

    @Test("asks freely while nothing is known")
    func unknown() {
        var pace = Pace()
        for _ in 0..<5_000 { #expect(pace.take(at: Self.start) == nil) }
    }

    @Test("leaves a tenth of the window to others, and goes on when the next one begins")
    func reserve() throws {
        var pace = Pace()
        #expect(pace.take(at: Self.start) == nil)
        pace.note(try Self.limit(499, 200, of: 500), at: Self.start)
        var sent = 1
        while pace.take(at: Self.start) == nil { sent += 1 }
        #expect(sent == 450)
        // The second that is under way is waited for as well.
        #expect(pace.take(at: Self.start) == .seconds(201))
        #expect(pace.take(at: Self.start + .seconds(150)) == .seconds(51))
        #expect(pace.take(at: Self.start + .seconds(201)) == nil)
    }

    @Test("counts what others send, and what is under way")
    func others() throws {
        var pace = Pace()
        for _ in 0..<8 { _ = pace.take(at: Self.start) }
        // Seven requests may not be counted in this answer.
        pace.note(try Self.limit(400, 200, of: 500), at: Self.start)
        #expect(pace.remaining == 393)
        // Others have sent a hundred requests meanwhile.
        pace.note(try Self.limit(300, 199, of: 500), at: Self.start + .seconds(1))
        #expect(pace.remaining == 294)
        // An answer that was overtaken does not raise the count.
        pace.note(try Self.limit(399, 199, of: 500), at: Self.start + .seconds(1))
        #expect(pace.remaining == 294)
    }

    @Test("an answer of the window before says nothing about this one")
    func late() throws {
        var pace = Pace()
        pace.note(try Self.limit(60, 2, of: 500), at: Self.start)
        pace.note(try Self.limit(499, 299, of: 500), at: Self.start + .seconds(3))
        pace.note(try Self.limit(51, 1, of: 500), at: Self.start + .seconds(3))
        #expect(pace.remaining == 499)
    }

    @Test("takes the most that was ever named for the window, if no policy says it")
    func noPolicy() throws {
        var pace = Pace()
        pace.note(try Self.limit(1_000, 300), at: Self.start)
        pace.note(try Self.limit(101, 299), at: Self.start + .seconds(1))
        #expect(pace.reserve == 100 && pace.take(at: Self.start + .seconds(1)) == nil)
        #expect(pace.take(at: Self.start + .seconds(1)) != nil)
    }

    @Test("after a 429, nobody asks before the time that it names, and never for more than an hour")
    func refused() throws {
        var pace = Pace()
        _ = pace.take(at: Self.start)
        pace.note(try Self.limit(0, 290), wait: 290, at: Self.start)
        #expect(pace.take(at: Self.start) == .seconds(291))
        // An answer that was sent before it does not open the window again.
        pace.note(try Self.limit(12, 289), at: Self.start + .seconds(1))
        #expect(pace.take(at: Self.start + .seconds(1)) == .seconds(290))
        pace.note(nil, wait: 1_000_000_000, at: Self.start + .seconds(2))
        #expect(pace.take(at: Self.start + .seconds(2)) == .seconds(3_601))
    }

    @Test("waits instead of meeting a 429, with all who share the pace")
    func waits() throws {
        let url = "https://huggingface.co/api/x"
        let headers = ["ratelimit": #""api";r=51;t=30"#, "ratelimit-policy": #""fixed window";"api";q=500;w=300"#]
        let machine = FakeMachine(
            [:], script: [.answer("GET \(url)", headers: headers), .answer("GET \(url)"), .answer("GET \(url)")])
        let access = HubAccess(
            .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: nil, in: machine.context)
        let start = machine.clock.uptime()
        _ = try access.hub("a").call(.get, "/api/x")
        _ = try access.hub("b").call(.get, "/api/x")
        #expect(machine.clock.uptime() == start)
        _ = try access.hub("c").call(.get, "/api/x")
        #expect(machine.clock.uptime() - start == .seconds(31))
        #expect(machine.transport.left.isEmpty)
    }

    @Test("a call that changes nothing is tried again when the Hub says, and five times at the most")
    func patience() throws {
        let url = "https://huggingface.co/api/x"
        let later = ScriptedTransport.Exchange.answer(
            "GET \(url)", 429, "<html>", headers: ["ratelimit": #""api";r=0;t=290"#])
        let machine = FakeMachine([:], script: [later, .answer("GET \(url)", 504, "<html>"), .answer("GET \(url)")])
        let access = HubAccess(
            .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: nil, in: machine.context)
        let api = access.hub("a")
        let start = machine.clock.uptime()
        let status = try api.patiently { () throws(StepFailure) in try api.call(.get, "/api/x").status }
        #expect(status == 200 && machine.clock.uptime() - start >= .seconds(290) && machine.transport.left.isEmpty)

        let away = FakeMachine([:], script: Array(repeating: .failure("GET \(url)", .connect), count: 5))
        let lost = HubAccess(.huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: nil, in: away.context)
            .hub("a")
        let failure = try RotationFixtures.failure {
            try lost.patiently { () throws(StepFailure) in _ = try lost.call(.get, "/api/x") }
        }
        #expect(failure.kind == .transient(retryAfterSeconds: nil) && away.transport.left.isEmpty)
    }

    @Test("a server that asks to come back much later is not waited for")
    func muchLater() throws {
        let url = "https://huggingface.co/api/x"
        let machine = FakeMachine([:], script: [.answer("GET \(url)", 503, headers: ["retry-after": "86400"])])
        let api = HubAccess(.huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: nil, in: machine.context)
            .hub("a")
        let failure = try RotationFixtures.failure {
            try api.patiently { () throws(StepFailure) in _ = try api.call(.get, "/api/x") }
        }
        #expect(failure.retryAfterSeconds == 86_400 && machine.clock.sleeps.isEmpty)
    }
}
