@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

/// Counts what is done from several threads.
private final class Count: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    func next() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }
}

@Suite("audit trail")
struct AuditTrailTests {
    private static let log = "/audit.jsonl"
    private let threads = WatchedThreads()

    private func machine(
        _ script: [ScriptedTransport.Exchange] = [], onSend: (@Sendable () -> Void)? = nil,
        onAppend: (@Sendable () -> FileFailure?)? = nil
    ) -> FakeMachine {
        var machine = FakeMachine(
            transport: ScriptedTransport(script, onSend: onSend),
            files: MemoryFiles(writable: [Self.log], onAppendToLog: onAppend))
        machine.context.machine.workers = threads
        return machine
    }

    private func trail(_ machine: FakeMachine, _ settings: AuditTrail.Settings) -> AuditTrail {
        let trail = AuditTrail(on: machine.context.machine)
        trail.begin(settings)
        return trail
    }

    private func entries(_ machine: FakeMachine) throws -> [AuditEntry] {
        let lines = (machine.files[Self.log] ?? "").split(separator: "\n").map { Array($0.utf8) }
        let entries = try lines.map { line in
            let entry = AuditEntry(line.span)
            return try #require(entry)
        }
        for (line, next) in zip(lines, entries.dropFirst()) {
            #expect(try next.previous == TestDigests().sha256(line.span).hexadecimal)
        }
        return entries
    }

    /// What became of the records of twenty threads, of which nineteen come while the first one's is written.
    private func record(
        in machine: FakeMachine, _ settings: AuditTrail.Settings
    ) -> [MintError.Code?] {
        let trail = trail(machine, settings)
        let context = machine.context
        let codes = Mutex<[MintError.Code?]>([])
        threads.run(20) { number in
            var code: MintError.Code?
            do throws(MintError) {
                try trail.record(AuditEvent(.tokenServed, reason: "\(number)"), in: context)
            } catch {
                code = error.code
            }
            codes.withLock { [code] in $0.append(code) }
        }
        return codes.withLock { $0 }
    }

    @Test("writes those together that come while another is written, each once, in a chain that holds")
    func together() throws {
        let (threads, writes) = (threads, Count())
        let machine = machine(onAppend: {
            if writes.next() == 1 { threads.untilWaiting(19) }
            return nil
        })
        #expect(record(in: machine, .init(file: Self.log, isRequired: true)) == Array(repeating: nil, count: 20))
        #expect(writes.value == 2)
        let entries = try entries(machine)
        #expect(entries.map(\.seq) == Array(1...21))
        #expect(Set(entries.dropFirst().compactMap(\.reason)) == Set((0..<20).map { "\($0)" }))
    }

    @Test("tells each whether its own record is there", arguments: [true, false])
    func apart(isRequired: Bool) throws {
        let (threads, writes) = (threads, Count())
        let machine = machine(onAppend: {
            guard writes.next() == 1 else { return FileFailure(Self.log, "no space left on device") }
            threads.untilWaiting(19)
            return nil
        })
        let codes = record(in: machine, .init(file: Self.log, isRequired: isRequired))
        #expect(codes.count { $0 == nil } == (isRequired ? 1 : 20))
        #expect(codes.count { $0 == .auditUnavailable } == (isRequired ? 19 : 0))
        #expect(try entries(machine).count == 2)
        let said = "cannot write '/audit.jsonl': no space left on device; going on, as it is not required"
        #expect(machine.output.err == (isRequired ? "" : "hfmint: audit: \(said)\n"))
    }

    @Test("says what goes wrong to whoever records, and keeps nobody's voice")
    func speaks() throws {
        let machine = machine(onAppend: { FileFailure(Self.log, "no") })
        let trail = trail(machine, .init(file: Self.log))
        var caller = machine.context
        let heard = RecordedOutput()
        caller.speaker.output = heard
        try trail.record(AuditEvent(.tokenServed), in: caller)
        #expect(heard.err.contains("cannot write '/audit.jsonl': no; going on"))
        try trail.record(AuditEvent(.tokenServed), in: machine.context)
        #expect(machine.output.err == "")
    }

    private static let request = "POST https://otel.example/v1/logs"

    private func collected() -> AuditTrail.Settings {
        .init(url: HTTPURL("https://otel.example"), isRequired: true)
    }

    @Test("asks the collector once for all who wait for its answer")
    func sendsTogether() throws {
        let threads = threads
        let machine = machine([.answer(Self.request)], onSend: { threads.untilWaiting(4) })
        let trail = trail(machine, collected())
        let context = machine.context
        for _ in 0..<3 { try trail.record(AuditEvent(.tokenServed), in: context) }
        let failures = Count()
        threads.run(5) { _ in if (try? trail.sendRequiredRecords(in: context)) == nil { _ = failures.next() } }
        #expect(failures.value == 0)
        #expect(machine.transport.sent.count == 1)
    }

    @Test("tells all who wait that the collector refuses, and does not ask it for each")
    func refusedTogether() throws {
        let threads = threads
        let machine = machine([.answer(Self.request, 400)], onSend: { threads.untilWaiting(4) })
        let trail = trail(machine, collected())
        let context = machine.context
        try trail.record(AuditEvent(.tokenServed), in: context)
        let failures = Count()
        threads.run(5) { _ in if (try? trail.sendRequiredRecords(in: context)) == nil { _ = failures.next() } }
        #expect(failures.value == 5)
        #expect(machine.transport.sent.count == 1)
    }

    @Test("records while the collector is asked, which hears of that next")
    func recordsMeanwhile() throws {
        let machine = machine()
        let trail = trail(machine, collected())
        let transport = ScriptedTransport([.answer(Self.request), .answer(Self.request)]) {
            try? trail.record(AuditEvent(.tokenServed, reason: "meanwhile"), in: machine.context)
        }
        var caller = machine.context
        caller.machine.transport = transport
        try trail.record(AuditEvent(.tokenServed, reason: "before"), in: caller)
        try trail.sendRequiredRecords(in: caller)
        try trail.sendRequiredRecords(in: caller)
        let bodies = transport.sent.map { $0.body ?? "" }
        #expect(bodies.map { $0.contains("before") } == [true, false])
        #expect(bodies.map { $0.contains("meanwhile") } == [false, true])
    }
}
