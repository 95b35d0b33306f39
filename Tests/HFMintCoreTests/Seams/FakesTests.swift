import HFMintCore
import HFMintTesting
import Testing

@Suite("fakes")
struct FakesTests {
    @Test("fail a test that does what no script foresees, and the code under test too")
    func unforeseen() throws {
        let machine = FakeMachine()
        let candidate = DirectoryCandidate(base: "/tmp", components: ["x"])
        withKnownIssue {
            #expect(throws: TransportError.self) {
                _ = try machine.context.send(HTTPRequest(.get, HTTPURL(.huggingFace, "/")), limits: .default)
            }
        } matching: {
            "\($0)".contains("GET https://huggingface.co/")
        }
        withKnownIssue {
            #expect(throws: ProcessFailure.self) { _ = try machine.processes.run(ChildCommand(["true"])) }
        } matching: {
            "\($0)".contains("true")
        }
        withKnownIssue {
            #expect(throws: FileFailure.self) { try machine.files.replaceUserFile("/t", with: Secret("x"), marks: nil) }
        } matching: {
            "\($0)".contains("a write to /t")
        }
        withKnownIssue {
            #expect(throws: FileFailure.self) {
                try machine.files.appendToStepFile("/e", Secret("x"), isSecret: true, mayBeAbsent: false)
            }
        } matching: {
            "\($0)".contains("a write to /e")
        }
        withKnownIssue {
            #expect(throws: FileFailure.self) { _ = try machine.files.openPrivateDirectory(candidate, making: true) }
        } matching: {
            "\($0)".contains("the private directory /tmp/x")
        }
        withKnownIssue {
            #expect(machine.supervisor.become(SupervisedCommand(["x"], environment: [])) == .notFound)
        } matching: {
            "\($0)".contains("the program")
        }
    }

    @Test("refuse a request that is not the one whose turn it is")
    func order() {
        let machine = FakeMachine([:], script: [.answer("GET https://huggingface.co/first")])
        withKnownIssue {
            #expect(throws: TransportError.self) {
                _ = try machine.context.send(HTTPRequest(.get, HTTPURL(.huggingFace, "/second")), limits: .default)
            }
        } matching: {
            "\($0)".contains("the script says GET https://huggingface.co/first")
        }
    }

    @Test("let time pass only for who sleeps")
    func clock() {
        let clock = FrozenClock()
        let start = clock.uptime()
        clock.sleep(for: .milliseconds(1_500))
        #expect(clock.uptime() - start == .milliseconds(1_500))
        #expect(clock.now() - FrozenClock.usualNow == 1)
        #expect(clock.sleeps == [.milliseconds(1_500)])
    }
}
