@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// What many threads do with the tokens and the records of one front door.
@Suite("serve, with many threads")
struct ServeThreadsTests {
    private static let hub = "POST https://huggingface.co/oauth/token"
    private static let log = "/audit.jsonl"
    private let threads = WatchedThreads()
    private let metrics = ServeMetrics(startedAt: FrozenClock.usualNow)

    private func machine(
        _ script: [ScriptedTransport.Exchange] = [], onSend: (@Sendable () -> Void)? = nil,
        onAppend: (@Sendable () -> FileFailure?)? = nil
    ) -> FakeMachine {
        var machine = FakeMachine(
            ["ID": "acme-ci", "S": "app-secret"], transport: ScriptedTransport(script, onSend: onSend),
            files: MemoryFiles(writable: [Self.log], onAppendToLog: onAppend))
        machine.context.machine.workers = threads
        return machine
    }

    /// What twenty threads get that need one token at once.
    private func fetch(_ answer: ScriptedTransport.Exchange) throws -> (outcomes: [String], requests: Int) {
        let manifest = try TestPolicy.manifest(
            """
            { version: 1, serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
              hosts: { 'hub.acme.example': { kind: 'hub' } },
              credentials: [{ resources: ['acme/*'], right: 'read', member: 'ci@acme.example',
                client: { id: 'env:ID', secret: 'env:S' } }] } }
            """)
        let definition = try #require(manifest.serve)
        let threads = threads
        let machine = machine([answer], onSend: { threads.untilWaiting(19) })
        let tokens = UpstreamTokens(recordingIn: machine.audit, metrics: metrics, in: machine.context)
        let outcomes = Mutex<[String]>([])
        threads.run(20) { _ in
            var outcome: String
            do throws(MintError) {
                outcome = try tokens.fetch(definition.credentials[0], for: definition).secret.revealedText()
            } catch {
                outcome = error.code.rawValue
            }
            outcomes.withLock { [outcome] in $0.append(outcome) }
        }
        return (outcomes.withLock { $0 }, machine.transport.sent.count)
    }

    @Test("asks the Hub once for all who need one token at once")
    func oneRequest() throws {
        let (outcomes, requests) = try fetch(.answer(Self.hub, 200, granted("hf_oauth_abcdefgh")))
        #expect(outcomes == Array(repeating: "hf_oauth_abcdefgh", count: 20))
        #expect(requests == 1)
    }

    @Test("tells all of them the Hub's refusal")
    func oneRefusal() throws {
        let (outcomes, requests) = try fetch(.answer(Self.hub, 401, #"{"error":"invalid_client"}"#))
        #expect(outcomes == Array(repeating: "exchange-rejected", count: 20))
        #expect(requests == 1)
    }

    @Test("tells all of them that the Hub does not answer")
    func oneFailure() throws {
        let (outcomes, requests) = try fetch(.answer(Self.hub, 503, headers: ["retry-after": "60"]))
        #expect(outcomes == Array(repeating: "service-unavailable", count: 20))
        #expect(requests == 1)
    }

    @Test("records each decision once, whoever makes it, and ends when it is told to")
    func records() throws {
        let appends = Mutex(0)
        let machine = machine(onAppend: {
            appends.withLock { $0 += 1 }
            return nil
        })
        let trail = AuditTrail(on: machine.context.machine)
        trail.begin(AuditTrail.Settings(file: Self.log, isRequired: true))
        let records = DecisionRecords(trail, metrics: metrics, in: machine.context)
        let done = Mutex<(durable: Int, failed: Int)>((0, 0))
        threads.run(9) { number in
            // The last one to be done lets the thread that works come to its end.
            guard number > 0 else { return records.work() }
            for index in 0..<250 {
                records.add(AuditEvent(.requestAllowed, reason: "\(number)-\(index)")) { failure in
                    let isLast = done.withLock { done in
                        if failure == nil { done.durable += 1 } else { done.failed += 1 }
                        return done.durable + done.failed == 2_000
                    }
                    if isLast { records.stop() }
                }
            }
        }
        #expect(done.withLock { $0.durable } == 2_000 && done.withLock { $0.failed } == 0)
        let lines = (machine.files[Self.log] ?? "").split(separator: "\n").dropFirst()
        let reasons = lines.compactMap { line -> String? in
            let entry = AuditEntry(Array(line.utf8).span)
            return entry?.reason
        }
        #expect(reasons.count == 2_000 && Set(reasons).count == 2_000)
        for number in 1..<9 {
            let own = reasons.filter { $0.hasPrefix("\(number)-") }
            #expect(own == (0..<250).map { "\(number)-\($0)" }, "in the order in which they came")
        }
        #expect(appends.withLock { $0 } <= 2_000)
    }
}
