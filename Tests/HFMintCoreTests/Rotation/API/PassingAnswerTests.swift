@testable import HFMintCore
import HFMintTesting
import Testing

/// Every row of every table, through the issuer, sink or log-in that it is for.
@Suite("answers that pass")
struct PassingAnswerTests {
    static func create(_ issuer: any Issuer) throws -> StepFailure.Kind {
        try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }.kind
    }

    private static func write(_ sink: any Sink) throws -> StepFailure.Kind {
        try RotationFixtures.failure { _ = try sink.write(Secret("value"), idempotencyKey: "hfmint:app:1:0") }.kind
    }

    private static func later(_ meaning: KnownAnswer.Meaning) -> StepFailure.Kind {
        switch meaning {
        case .later(let seconds): .transient(retryAfterSeconds: seconds)
        case .doubt: .transient(retryAfterSeconds: nil)
        case .refused: .refused
        }
    }

    @Test(
        "of an issuer: each row; a secret is not made again before the issuer was asked",
        arguments: AnsweringServer.issuers)
    func issuerRows(server: AnsweringServer) throws {
        for row in server.answers {
            let issuer = try server.issuer(answering: .status(row.status, server.body(row)))
            #expect(try RotationFixtures.failure { _ = try issuer.survey() }.kind == Self.later(row.meaning), "\(row)")
            // Hydra and, under a policy, Keycloak look before they act.
            let doubt = row.meaning == .doubt && !server.manifest.contains("hydra")
            #expect(try Self.create(issuer) == (doubt ? .ambiguous : Self.later(row.meaning)), "\(row)")
        }
    }

    @Test("of a sink: each row", arguments: AnsweringServer.sinks)
    func sinkRows(server: AnsweringServer) throws {
        for row in server.answers {
            let sink = try server.sink(answering: .status(row.status, server.body(row)))
            #expect(try RotationFixtures.failure { try sink.preflight() }.kind == Self.later(row.meaning), "\(row)")
            #expect(try Self.write(sink) == Self.later(row.meaning), "\(row)")
        }
    }

    static let logIns = ["client-credentials", "client-authentication"]

    @Test("of a token endpoint: each row, at a log-in", arguments: logIns)
    func logInRows(kind: String) throws {
        for row in TokenEndpointAnswers.all {
            var machine = FakeMachine(RotationFixtures.environment())
            let body = #"{"error":"\#(row.code ?? "invalid_grant")","error_description":"\#(row.words ?? "so")","#
            machine.context.machine.transport = ConstantTransport(
                .status(row.status, body + #""errorCode":"\#(row.code ?? "")"}"#))
            let verifier = try RotationFixtures.verifier(
                #"{kind: "\#(kind)", url: "https://id.example/token", clientId: "c"}"#, on: machine)
            let failure = try RotationFixtures.failure { _ = try verifier.logIn(with: Secret("s")) }
            #expect(failure.kind == Self.later(row.meaning), "\(row)")
        }
    }

    @Test(
        "are told by their status, where nothing else is said",
        arguments: AnsweringServer.issuers + AnsweringServer.sinks)
    func byStatus(server: AnsweringServer) throws {
        let passing = [408, 409, 412, 423, 425, 429, 500, 502, 503, 504, 507]
        for status in passing + [400, 402, 403, 405, 410, 422, 451, 499] {
            let passes = passing.contains(status)
            let answer = ConstantTransport.Answer.status(status, #"{"detail":"no"}"#)
            let kind: StepFailure.Kind = passes ? .transient(retryAfterSeconds: nil) : .refused
            if server.manifest.contains("token: \"env:TOKEN\"") {
                let issuer = try server.issuer(answering: answer)
                #expect(try RotationFixtures.failure { _ = try issuer.survey() }.kind == kind, "\(status)")
                let acts = passes && ![425, 429].contains(status) && !server.manifest.contains("hydra")
                #expect(try Self.create(issuer) == (acts ? .ambiguous : kind), "\(status)")
            } else {
                #expect(try Self.write(try server.sink(answering: answer)) == kind, "\(status)")
            }
        }
    }

    @Test(
        "are told by their words under any status that a refusal has, and never under 401 and 404",
        arguments: AnsweringServer.sinks)
    func words(server: AnsweringServer) throws {
        for words in [KnownAnswer].words {
            let body = #"{"message":"So. \#(words.uppercased())."}"#
            for status in [400, 403, 405, 409, 422] {
                let sink = try server.sink(answering: .status(status, body))
                guard case .transient = try RotationFixtures.failure({ try sink.preflight() }).kind else {
                    Issue.record("\(status) \(words)")
                    continue
                }
            }
        }
        let lost = try server.sink(answering: .status(401, #"{"message":"please retry"}"#))
        #expect(try RotationFixtures.failure { try lost.preflight() }.kind == .refused)
    }

    @Test(
        "are what a sandbox without a network makes of them: another run may have one",
        arguments: AnsweringServer.issuers + AnsweringServer.sinks)
    func forbidden(server: AnsweringServer) throws {
        let answer = ConstantTransport.Answer.failure(.forbidden)
        let passes = StepFailure.Kind.transient(retryAfterSeconds: nil)
        if server.manifest.contains("token: \"env:TOKEN\"") {
            #expect(try Self.create(try server.issuer(answering: answer)) == passes)
        } else {
            #expect(try Self.write(try server.sink(answering: answer)) == passes)
        }
    }

    /// The machine's clock stands at 1970-01-01 with an offset; the server's says what counts.
    private static let waits: [(status: Int, headers: [(String, String)], body: String, seconds: Int?)] = [
        (403, [("retry-after", "7")], "{}", 7),
        (403, [("retry-after", "Thu, 26 Nov 2026 10:00:30 GMT"), ("date", "Thu, 26 Nov 2026 10:00:00 GMT")], "{}", 30),
        (422, [("retry-after", "7")], "{}", 7), (429, [], "{}", nil), (503, [("retry-after", "9")], "{}", 9),
        (
            403,
            [
                ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795687240"),
                ("date", "Thu, 26 Nov 2026 10:00:00 GMT"),
            ], "{}", 40
        ),
        (
            429, [("x-rate-limit-reset", "1795687212"), ("date", "Thu, 26 Nov 2026 10:00:00 GMT")],
            #"{"errorCode":"E0000047"}"#, 12
        ),
        (429, [("x-ratelimit-reset", "12"), ("date", "Thu, 26 Nov 2026 10:00:00 GMT")], "{}", 12),
        (429, [], #"{"reason":"TooManyRequests","details":{"retryAfterSeconds":5}}"#, 5),
        (504, [], #"{"reason":"Timeout","details":{"retryAfterSeconds":3}}"#, 3),
        (429, [], #"{"details":{"retryAfterSeconds":null}}"#, nil), (429, [("retry-after", "soon")], "{}", nil),
    ]

    @Test("say when, in each way that a server has for it", arguments: waits)
    func wait(status: Int, headers: [(String, String)], body: String, seconds: Int?) throws {
        let answer = ConstantTransport.Answer.headed(status, headers.map { HTTPHeader($0.0, $0.1) }, body)
        for server in AnsweringServer.sinks {
            let sink = try server.sink(answering: answer)
            #expect(
                try RotationFixtures.failure { try sink.preflight() }.kind == .transient(retryAfterSeconds: seconds))
        }
        let issuer = try AnsweringServer.issuers[0].issuer(answering: answer)
        let failure = try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }
        #expect(failure.kind == (status == 429 ? .transient(retryAfterSeconds: seconds) : .ambiguous))
        #expect(failure.retryAfterSeconds == seconds)
    }
}
