@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("rotation journal")
struct RotationJournalTests {
    private func text(_ states: [RotationState]) throws -> [UInt8] {
        let log = Kept()
        let journal = try RotationJournal(log)
        for state in states { try journal.record(state) }
        return log.bytes
    }

    private final class Kept: LogFile, @unchecked Sendable {
        // `@unchecked`: one test, one thread.
        var bytes: [UInt8] = []

        func read() throws(FileFailure) -> [UInt8] { bytes }
        func append(_ line: [UInt8]) throws(FileFailure) { bytes += line }
        func replace(_ content: [UInt8]) throws(FileFailure) { bytes = content }
    }

    private var full: RotationState {
        var state = RotationState()
        (state.phase, state.run.number, state.run.cause, state.run.definition) = (.delivered, 7, .leaked, "d\"\n")
        (state.run.startedAt, state.run.slot) = (FrozenClock.usualNow, FrozenClock.usualNow + -5)
        (state.ids.known, state.predecessor.id, state.predecessor.sha256) = (["a", "b"], "a", "00")
        state.pending = .write(sink: "file /x")
        state.successor = .init(id: "c", sha256: "11", expiresAt: FrozenClock.usualNow + 9)
        (state.ids.lost, state.ids.strangers, state.told.closedEndpoints) = (["d"], ["e"], ["https://x.example/"])
        state.delivery.sinks = [
            .init(target: "file /x", evidence: Evidence(.version, "3"), isAdded: true),
            .init(target: "y", evidence: nil, timesOverwritten: 2),
        ]
        (state.delivery.hasTouchedSinks, state.predecessor.deathProof) = (true, "listed")
        state.deadlines.usedFrom = FrozenClock.usualNow + 7
        (state.deadlines.overlapEndsAt, state.deadlines.graceEndsAt, state.retry.dueAt) = (
            FrozenClock.usualNow, FrozenClock.usualNow, nil
        )
        state.told.events = [
            CallbackEvent(
                id: "app.7.x-1", run: 7, kind: .secretRevoking, at: FrozenClock.usualNow, secretID: "a", notBefore: nil,
                deliveries: [
                    .init(
                        url: "https://x.example/", status: .pending, tries: 2, dueAt: FrozenClock.usualNow,
                        problem: "it answered 503")
                ])
        ]
        (state.retry.failedTries, state.attention) = (3, Attention(.noRoom, "no room"))
        state.timetable.wanted = .init(cause: .schedule, slot: FrozenClock.usualNow)
        state.delivery.mayOverwrite = ["y"]
        (state.timetable.adopted, state.timetable.adoptedExpiresAt, state.timetable.enabledAt) = (
            "a", FrozenClock.usualNow, FrozenClock.usualNow
        )
        state.timetable.last = .init(id: "a", at: FrozenClock.usualNow, slot: nil, expiresAt: nil)
        return state
    }

    @Test("remembers everything that a state says")
    func roundTrip() throws {
        #expect(try RotationJournal.lastState(in: try text([full])) == full)
        for act: RotationState.Act in [
            .create(sha256: nil), .create(sha256: "x"), .removeCreated, .deactivate, .delete,
        ] {
            var state = full
            state.pending = act
            #expect(try RotationJournal.lastState(in: try text([state])) == state)
        }
    }

    @Test("is written as earlier versions read it")
    func format() {
        let now = FrozenClock.usualNow.secondsSince1970
        let text = String(decoding: full.json.rendered().reveal { $0.bytes }, as: UTF8.self)
        let parts = [
            #"{"format":1,"phase":"delivered","run":7,"cause":"leaked","started_at":\#(now),"slot":\#(now - 5),"#,
            #""definition":"d\"\n","known_ids":["a","b"],"predecessor":"a","predecessor_sha256":"00","#,
            #""pending":{"act":"write","sink":"file /x"},"#,
            #""created":{"id":"c","sha256":"11","expires_at":\#(now + 9)},"lost":["d"],"#,
            #""sinks":[{"target":"file /x","evidence":{"kind":"version","detail":"3"},"is_added":true,"#,
            #""times_overwritten":0},"#,
            #"{"target":"y","evidence":null,"is_added":false,"times_overwritten":2}],"has_touched_sinks":true,"#,
            #""used_from":\#(now + 7),"overlap_ends_at":\#(now),"death_evidence":"listed","#,
            #""events":[{"id":"app.7.x-1","run":7,"kind":"secret.revoking","at":\#(now),"secret_id":"a","#,
            #""not_before":null,"deliveries":[{"url":"https://x.example/","status":"pending","attempts":2,"#,
            #""due_at":\#(now),"problem":"it answered 503"}]}],"attempts":3,"due_at":null,"problem":null,"#,
            #""attention":{"reason":"no-room","message":"no room"},"wanted":{"cause":"schedule","slot":\#(now)},"#,
            #""grace_ends_at":\#(now),"grace_set_at":null,"strangers":["e"],"#,
            #""closed_endpoints":["https://x.example/"],"adopted_expires_at":\#(now),"enabled_at":\#(now),"#,
            #""adopted":"a","may_overwrite":["y"],"#,
            #""last":{"id":"a","at":\#(now),"slot":null,"expires_at":null}}"#,
        ]
        #expect(text == parts.joined())
    }

    @Test("a line that an earlier version wrote is understood")
    func earlier() throws {
        let now = FrozenClock.usualNow.secondsSince1970
        let text = String(decoding: full.json.rendered().reveal { $0.bytes }, as: UTF8.self)
            .replacing(#","may_overwrite":["y"]"#, with: "").replacing(#","times_overwritten":2"#, with: "")
            .replacing(#","times_overwritten":0"#, with: "").replacing(#","is_added":true"#, with: "")
            .replacing(#","is_added":false"#, with: "").replacing(#""used_from":\#(now + 7),"#, with: "")
            .replacing(#","run":7,"kind""#, with: #","kind""#)
        let line = Array("\(fingerprint([Array(text.utf8)])) \(text)\n".utf8)
        var state = full
        (state.delivery.mayOverwrite, state.deadlines.usedFrom) = ([], nil)
        state.delivery.sinks[0].isAdded = false
        state.delivery.sinks = [state.delivery.sinks[0], .init(target: "y", evidence: nil)]
        #expect(try RotationJournal.lastState(in: line) == state)
        for name in ["overwr", "used_from", "is_added", #""run":7,"kind""#] { #expect(!text.contains(name)) }
    }

    @Test("an empty file is a rotation that never ran; a torn last line does not count")
    func torn() throws {
        #expect(try RotationJournal.lastState(in: []) == RotationState())
        let whole = try text([full])
        var next = full
        next.phase = .retired
        let both = try text([full, next])
        for count in whole.count..<both.count {
            #expect(try RotationJournal.lastState(in: Array(both[..<count])) == full)
        }
        #expect(try RotationJournal.lastState(in: both) == next)
    }

    @Test("a first line that was torn again and again is nothing recorded; one that was damaged is something")
    func tornAtFirst() throws {
        let line = try text([full])
        let feed = [ASCII.lineFeed]
        for count in 1..<line.count - 1 where line[count - 1] != UInt8(ascii: "}") {
            let torn = Array(line[..<count])
            for again in [torn, Array(line.dropLast()), [0, 0]] {
                #expect(try RotationJournal.lastState(in: torn + feed + again) == RotationState())
                #expect(try RotationJournal.lastState(in: torn + feed + torn + feed + again) == RotationState())
            }
            #expect(try RotationJournal.lastState(in: torn + feed + torn + feed + line) == full)
        }
        for place in line.indices.dropLast(2) {
            var damaged = line
            damaged[place] ^= 1
            #expect(throws: FileFailure.self) { try RotationJournal.lastState(in: damaged + line.prefix(50)) }
        }
        for text in ["\n", "mine\n", "mine\nmore", "\(fingerprint([Array("{".utf8)])) {\n"] {
            #expect(throws: FileFailure.self) { try RotationJournal.lastState(in: Array(text.utf8)) }
        }
    }

    @Test("a line of another version, an act that is not known, or a changed byte, is never guessed at")
    func foreign() throws {
        func line(_ edit: (String) -> String) -> [UInt8] {
            let text = Array(edit(String(decoding: full.json.rendered().reveal { $0.bytes }, as: UTF8.self)).utf8)
            return Array("\(fingerprint([text])) ".utf8) + text + [ASCII.lineFeed]
        }
        #expect(try RotationJournal.lastState(in: line { $0 }) == full)
        for (old, new) in [
            (#""format":1"#, #""format":2"#), (#""act":"write""#, #""act":"vanish""#),
            (#""phase":"delivered""#, #""phase":"later""#),
        ] {
            let changed = line { $0.replacing(old, with: new) }
            #expect(throws: FileFailure.self) { try RotationJournal.lastState(in: changed) }
        }
        var damaged = line { $0 }
        damaged[60] ^= 1
        #expect(throws: FileFailure.self) { try RotationJournal.lastState(in: damaged) }
    }
}
