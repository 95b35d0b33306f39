@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// What completions were called with, in order.
private final class Completions: Sendable {
    private let all = Mutex<[String]>([])

    var told: [String] { all.withLock { $0 } }

    func note(_ name: String) -> DecisionRecords.Completion {
        { [self] failure in
            all.withLock { $0.append("\(name) \(failure?.code.rawValue ?? "durable")") }
        }
    }
}

/// Where turns find the records that are made after them.
private final class Place: Sendable {
    private let place = Mutex<DecisionRecords?>(nil)

    var records: DecisionRecords? { place.withLock { $0 } }

    func hold(_ records: DecisionRecords) { place.withLock { $0 = records } }
}

@Suite("records of decisions")
struct DecisionRecordsTests {
    private static let log = "/audit.jsonl"
    private let completions = Completions()
    private let metrics = ServeMetrics(startedAt: FrozenClock.usualNow)

    private struct World {
        let machine: FakeMachine
        let trail: AuditTrail
        let records: DecisionRecords

        var reasons: [String] {
            (machine.files[DecisionRecordsTests.log] ?? "").split(separator: "\n").compactMap { line in
                let entry = AuditEntry(Array(line.utf8).span)
                return entry?.event == "request.allowed" ? entry?.reason : nil
            }
        }
    }

    private func world(
        _ settings: AuditTrail.Settings? = AuditTrail.Settings(file: Self.log, isRequired: true),
        _ script: [ScriptedTransport.Exchange] = [], turns: [@Sendable () -> Void] = [],
        onAppend: (@Sendable () -> FileFailure?)? = nil
    ) -> World {
        var machine = FakeMachine(
            transport: ScriptedTransport(script), files: MemoryFiles(writable: [Self.log], onAppendToLog: onAppend))
        if !turns.isEmpty { machine.context.machine.workers = TurnTaking(turns) }
        let trail = AuditTrail(on: machine.context.machine)
        if let settings { trail.begin(settings) }
        return World(
            machine: machine, trail: trail, records: DecisionRecords(trail, metrics: metrics, in: machine.context))
    }

    private func event(_ name: String) -> AuditEvent { AuditEvent(.requestAllowed, reason: name) }

    private func add(_ name: String, to world: World) { world.records.add(event(name), then: completions.note(name)) }

    private func metric(_ name: String) -> String? {
        metrics.text(.init()).split(separator: "\n").first { $0.hasPrefix("hfmint_serve_\(name) ") }
            .map { String($0.split(separator: " ")[1]) }
    }

    @Test("are written together, in order, and called back when they are durable")
    func together() throws {
        let world = world()
        for name in ["a", "b", "c"] { add(name, to: world) }
        #expect(world.records.waitingCount == 3 && completions.told.isEmpty)
        world.records.stop()
        world.records.work()
        #expect(completions.told == ["a durable", "b durable", "c durable"])
        #expect(world.reasons == ["a", "b", "c"])
        #expect(world.records.waitingCount == 0 && world.records.trouble == nil)
        #expect(metric(#"audit_records_total{result="written"}"#) == "3")
    }

    @Test("wake the thread that waits for them, until it is told to stop")
    func wakes() throws {
        let (completions, place) = (completions, Place())
        let add: @Sendable (String) -> Void = { name in
            place.records?.add(AuditEvent(.requestAllowed, reason: name), then: completions.note(name))
        }
        let world = world(turns: [
            { add("a") },
            {
                #expect(completions.told == ["a durable"])
                add("b")
                add("c")
            },
            { place.records?.stop() },
        ])
        place.hold(world.records)
        world.records.work()
        #expect(completions.told == ["a durable", "b durable", "c durable"])
        #expect(world.reasons == ["a", "b", "c"])
    }

    @Test("come back with the failure of their write, all of them, if they are required")
    func failure() throws {
        let isFull = Mutex(true)
        let world = world(onAppend: {
            isFull.withLock { $0 } ? FileFailure(Self.log, "no space left on device") : nil
        })
        add("a", to: world)
        add("b", to: world)
        world.records.stop()
        world.records.work()
        #expect(completions.told == ["a audit-unavailable", "b audit-unavailable"])
        #expect(world.records.trouble == "audit: cannot write '/audit.jsonl': no space left on device")
        #expect(world.reasons.isEmpty)
        #expect(metric(#"audit_records_total{result="lost"}"#) == "2")
    }

    @Test("are waited for by nobody if they are not required, and a failure is told once until it is over")
    func notRequired() throws {
        let (completions, place) = (completions, Place())
        let fills = Mutex<[Bool]>([true, true, false, true])
        let another: @Sendable () -> Void = {
            place.records?.add(AuditEvent(.requestAllowed, reason: "x"), then: completions.note("x"))
        }
        let world = world(
            AuditTrail.Settings(file: Self.log), turns: [another, another, another, { place.records?.stop() }],
            onAppend: {
                fills.withLock { $0.removeFirst() } ? FileFailure(Self.log, "no space left on device") : nil
            })
        place.hold(world.records)
        add("early", to: world)
        #expect(completions.told == ["early durable"])
        world.records.work()
        #expect(completions.told == ["early durable"] + Array(repeating: "x durable", count: 3))
        let lost =
            "hfmint: audit: cannot write '/audit.jsonl': no space left on device; going on, as it is not required\n"
        #expect(world.machine.output.err == lost + "hfmint: audit: records are written again\n" + lost)
        #expect(world.records.trouble == "cannot write '/audit.jsonl': no space left on device")
        #expect(metric(#"audit_records_total{result="written"}"#) == "1")
        #expect(metric(#"audit_records_total{result="lost"}"#) == "3")
    }

    @Test("are tried again without another request if they are required, and tell how many are missing")
    func resumes() throws {
        let place = Place()
        let fills = Mutex<[Bool]>([true, true, false])
        let resume: @Sendable () -> Void = { place.records?.resume() }
        let world = world(
            turns: [resume, resume, { place.records?.stop() }],
            onAppend: {
                fills.withLock { $0.removeFirst() } ? FileFailure(Self.log, "no space left on device") : nil
            })
        place.hold(world.records)
        world.records.resume()
        #expect(world.records.waitingCount == 0, "nothing has failed")
        add("a", to: world)
        world.records.work()
        #expect(completions.told == ["a audit-unavailable"])
        #expect(world.records.trouble == nil && world.reasons.isEmpty)
        let last = try #require((world.machine.files[Self.log] ?? "").split(separator: "\n").last)
        let line = Array(last.utf8)
        let found = AuditEntry(line.span)
        let entry = try #require(found)
        #expect(entry.event == "serve.resumed" && entry.reason == "lost=1")
        #expect(world.machine.output.err == "hfmint: audit: records are written again\n")
        #expect(metric(#"audit_records_total{result="lost"}"#) == "1")
        #expect(metric(#"audit_records_total{result="written"}"#) == "0")
    }

    @Test("are bounded: one more is refused at once if it is required, and else told", arguments: [true, false])
    func full(isRequired: Bool) throws {
        let world = world(AuditTrail.Settings(file: Self.log, isRequired: isRequired))
        for _ in 0..<DecisionRecords.most { world.records.add(event("x")) }
        add("more", to: world)
        add("and more", to: world)
        #expect(world.records.waitingCount == DecisionRecords.most)
        let outcome = isRequired ? "audit-unavailable" : "durable"
        #expect(completions.told == ["more \(outcome)", "and more \(outcome)"])
        let said =
            "hfmint: audit: 16384 records wait already, and it is not written as fast as they come;"
            + " going on, as it is not required\n"
        #expect(world.machine.output.err == (isRequired ? "" : said))
        #expect(metric(#"audit_records_total{result="lost"}"#) == "2")
    }

    @Test("are refused once their thread was told to stop")
    func stopped() {
        let world = world()
        world.records.stop()
        add("late", to: world)
        #expect(completions.told == ["late audit-unavailable"])
        world.records.work()
        #expect(world.reasons.isEmpty)
    }

    @Test("go nowhere without a log")
    func noLog() {
        let world = world(nil)
        add("a", to: world)
        #expect(!world.records.isRecording && !world.records.isRequired)
        #expect(completions.told == ["a durable"] && world.records.waitingCount == 0)
    }

    private static let collector = "POST https://otel.example/v1/logs"

    @Test("are durable only when a collector that is required has them")
    func collected() throws {
        let settings = AuditTrail.Settings(url: HTTPURL("https://otel.example"), isRequired: true)
        let world = world(settings, [.answer(Self.collector)])
        add("a", to: world)
        add("b", to: world)
        world.records.stop()
        world.records.work()
        #expect(completions.told == ["a durable", "b durable"])
        #expect(world.machine.transport.sent.count == 1)
        world.records.sendToCollector()
        #expect(world.machine.transport.sent.count == 1)
    }

    @Test("come back if a collector that is required refuses them")
    func notCollected() throws {
        let settings = AuditTrail.Settings(url: HTTPURL("https://otel.example"), isRequired: true)
        let world = world(settings, [.answer(Self.collector, 400)])
        add("a", to: world)
        world.records.stop()
        world.records.work()
        #expect(completions.told == ["a audit-unavailable"])
    }

    @Test("reach a collector that is not required in the background")
    func background() throws {
        let world = world(AuditTrail.Settings(url: HTTPURL("https://otel.example")), [.answer(Self.collector)])
        add("a", to: world)
        world.records.stop()
        world.records.work()
        #expect(world.machine.transport.sent.isEmpty)
        world.records.sendToCollector()
        #expect(world.machine.transport.sent.count == 1)
    }
}
