@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("acquisition")
struct AcquisitionTests {
    private static let jwt = unsignedJWT(["aud": "https://huggingface.co"])
    private static let line = "GET https://token.example/?x=1"

    private func outcome(_ acquisition: Acquisition, on machine: FakeMachine) -> Result<String, MintError> {
        do throws(MintError) {
            let token = try acquisition.idToken(in: machine.context, limits: .default)
            return .success(token.secret.revealedText())
        } catch {
            return .failure(error)
        }
    }

    private func failing(_ acquisition: Acquisition, on machine: FakeMachine) -> MintError? {
        guard case .failure(let failure) = outcome(acquisition, on: machine) else { return nil }
        return failure
    }

    private func token(_ acquisition: Acquisition, on machine: FakeMachine) -> String? {
        try? outcome(acquisition, on: machine).get()
    }

    @Test("reads a variable, a file, standard input, or what a command prints")
    func reads() {
        let command = ChildCommand(["/bin/sh", "-c", "x"])
        let machine = FakeMachine(
            ["T": .init(Self.jwt)], files: MemoryFiles(["/t": Self.jwt + "\n"]),
            processes: ScriptedProcesses([(command.arguments, .exit(0, Self.jwt + "\n"))]))
        for acquisition in [
            .variable("T"), .file("/t"), .held(SharedSecret(Secret(Self.jwt + "\r\n"))), .command(command),
        ] as [Acquisition] {
            #expect(token(acquisition, on: machine) == Self.jwt)
        }
        #expect(machine.processes.started == [command])
    }

    @Test(
        "says what is wrong with a file",
        arguments: [
            ("/missing", "cannot read '/missing': there is no such file"),
            ("/forbidden", "cannot read '/forbidden': permission denied"),
            ("/empty", "'/empty' did not give an ID token: it is empty"),
            ("/large", "'/large' did not give an ID token: it is larger than 32 KiB"),
        ])
    func badFile(path: String, message: String) {
        let large = Self.jwt + String(repeating: "A", count: (32 << 10) + 1 - Self.jwt.utf8.count)
        let files = MemoryFiles(["/empty": "", "/large": large], failures: ["/forbidden": "permission denied"])
        let failure = failing(.file(path), on: FakeMachine(files: files))
        #expect(failure?.code == .identityUnsuitable)
        #expect(failure?.message == message)
        #expect(failure?.isTransient == false)
    }

    private func failing(command ending: ScriptedProcesses.Ending) -> MintError? {
        let command = ["/bin/sh", "-c", "x"]
        let machine = FakeMachine(processes: ScriptedProcesses([(command, ending)]))
        return failing(.command(ChildCommand(command)), on: machine)
    }

    @Test("says at once how a command failed, and tries again what asks to come back", arguments: ProgramEnding.all)
    func endings(end: ProgramEnding) {
        let failure = failing(command: end.ending)
        #expect(failure?.code == (end.meaning == .later ? .identityUnavailable : .identityUnsuitable))
        #expect(failure?.isTransient == (end.meaning == .later))
        #expect(failure?.message == "the ID token command \(end)")
    }

    @Test(
        "says what is wrong with what a command printed, and not what that was",
        arguments: [
            ("eyJsecret", "did not give an ID token: it has no dots: an opaque token, or a part of a JWT"),
            ("", "did not give an ID token: it is empty"),
        ])
    func badCommand(output: String, clause: String) {
        let failure = failing(command: .exit(0, output))
        #expect(failure?.code == .identityUnsuitable)
        #expect(failure?.message == "the ID token command \(clause)")
    }

    private func http(_ answer: ScriptedTransport.Exchange) throws -> (Acquisition, FakeMachine) {
        let url = try #require(HTTPURL("https://token.example/?x=1"))
        return (
            .http(
                HTTPAcquisition(
                    provider: "p", request: HTTPRequest(.get, url),
                    proof: .variable("PROOF", headers: ["Authorization"], prefix: "Bearer "),
                    tokenPlace: .member("value"), transientRefusals: ["Pending", "Delayed"], refusalHint: "the hint",
                    addressVariable: "ADDRESS")),
            FakeMachine(["PROOF": "proof"], script: [answer])
        )
    }

    @Test("proves the job to the provider, and takes the named member of its answer")
    func request() throws {
        let (acquisition, machine) = try http(.answer(Self.line, 200, #"{"count":1,"value":"\#(Self.jwt)"}"#))
        #expect(token(acquisition, on: machine) == Self.jwt)
        #expect(machine.transport.sent.map(\.credential) == ["Authorization: Bearer proof"])
        #expect(machine.transport.sent.map(\.body) == [nil])
    }

    @Test(
        "tries a passing trouble of the provider again, and no refusal",
        arguments: [
            (500, "", true), (502, "", true), (503, "<html>", true), (429, "", true), (408, "", true), (425, "", true),
            (403, "Can't issue ID_TOKEN for job in 'Pending' state", true),
            (403, "Can't issue ID_TOKEN for job in 'Delayed' state", true), (403, "Forbidden", false), (403, "", false),
            (401, "Pending", false), (400, "", false), (404, "", false), (204, "", false),
        ])
    func refusals(status: Int, body: String, isTransient: Bool) throws {
        let (acquisition, machine) = try http(.answer(Self.line, status, body, headers: ["retry-after": "7"]))
        let failure = try #require(failing(acquisition, on: machine))
        #expect(failure.isTransient == isTransient)
        #expect(failure.code == (isTransient ? .identityUnavailable : .identityDenied))
        #expect(failure.retryAfterSeconds == (isTransient ? 7 : nil))
        let hint =
            switch status {
            case 401: "PROOF is another job's, or this job's time is over: hand it on from this very job, unaltered"
            case 404: "ADDRESS is another job's or another server's: hand it on from this very job, unaltered"
            default: "the hint"
            }
        #expect(failure.hint == (isTransient ? "the CI system is having trouble; try again" : hint))
        #expect(failure.message.hasPrefix("p: token.example "))
        #expect(failure.message.contains("\(status)"))
    }

    @Test(
        "tells the server's own code, where vendors put one, and nothing else of its answer",
        arguments: [
            (#"{"error":"invalid_scope","error_description":"SECRET"}"#, "invalid_scope"),
            (#"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"SECRET"}}"#, "PERMISSION_DENIED"),
            (#"{"kind":"Status","reason":"Forbidden","message":"SECRET","code":403}"#, "Forbidden"),
            (
                "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>SECRET</Message></Error></ErrorResponse>",
                "ExpiredToken"
            ),
            (#"{"Error":{"Code":"AccessDenied","Message":"SECRET"}}"#, "AccessDenied"),
            (#"{"$id":"1","message":"SECRET","typeKey":"AccessCheckException"}"#, "AccessCheckException"),
            (#"{"error":"SECRET words"}"#, nil), (#"{"code":"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"}"#, "[redacted]"),
            ("<html>", nil), ("", nil),
        ])
    func code(body: String, code: String?) throws {
        let (acquisition, machine) = try http(.answer(Self.line, 403, body))
        let error = try #require(failing(acquisition, on: machine))
        #expect(error.details == (code.map { ["the server's own code: \($0)"] } ?? []))
        #expect(!error.message.contains("SECRET"))
    }

    @Test(
        "takes the blanks off a proof, and names one that is damaged",
        arguments: [
            ("proof\n", "Authorization: Bearer proof"), (" proof\r\n", "Authorization: Bearer proof"), ("a\nb", nil),
        ])
    func damagedProof(proof: String, sent: String?) throws {
        let (acquisition, _) = try http(.answer(Self.line, 200, #"{"value":"\#(Self.jwt)"}"#))
        let script =
            sent == nil ? [] : [ScriptedTransport.Exchange.answer(Self.line, 200, #"{"value":"\#(Self.jwt)"}"#)]
        let machine = FakeMachine(["PROOF": proof], script: script)
        if let sent {
            #expect(token(acquisition, on: machine) == Self.jwt)
            #expect(machine.transport.sent.map(\.credential) == [sent])
        } else {
            let error = try #require(failing(acquisition, on: machine))
            #expect(error.message == "p: PROOF holds a line break, or a byte that no header may hold")
            #expect(machine.transport.sent.isEmpty)
        }
    }

    @Test("refuses an answer without a token", arguments: ["", "{}", #"{"value":null}"#, #"{"Value":"x"}"#, "<html>"])
    func noToken(body: String) throws {
        let (acquisition, machine) = try http(.answer(Self.line, 200, body))
        let error = failing(acquisition, on: machine)
        #expect(error?.code == .identityUnavailable)
        #expect(error?.message == "p: token.example answered, but without an ID token")
    }

    @Test("refuses a token that is none", arguments: ["", "abc", "a.b.c", "a b"])
    func badToken(token: String) throws {
        let (acquisition, machine) = try http(.answer(Self.line, 200, #"{"value":"\#(token)"}"#))
        #expect(failing(acquisition, on: machine)?.code == .identityUnsuitable)
    }

    @Test(
        "tells each way in which no answer came, and tries again where that may help",
        arguments: [
            (.resolve, .identityUnavailable, true), (.connect, .identityUnavailable, true),
            (.proxy, .identityUnavailable, true),
            (.tls, .identityUnavailable, true), (.timeout, .identityUnavailable, true),
            (.interrupted, .identityUnavailable, true), (.untrusted, .serverUntrusted, false),
            (.proxyRefused, .proxyRefused, false), (.library, .libraryMissing, false),
            (.tooLarge, .answerInvalid, false),
            (.policy, .endpointRefused, false),
        ] as [(TransportError.Kind, MintError.Code, Bool)])
    func noAnswer(kind: TransportError.Kind, code: MintError.Code, isTransient: Bool) throws {
        let (acquisition, machine) = try http(.failure(Self.line, kind))
        let failure = try #require(failing(acquisition, on: machine))
        #expect(failure.code == code)
        #expect(failure.isTransient == isTransient)
    }

    @Test("does nothing without the variable that proves the job")
    func noProof() throws {
        let url = try #require(HTTPURL("https://token.example/"))
        let http = HTTPAcquisition(
            provider: "p", request: HTTPRequest(.get, url),
            proof: .variable("PROOF", headers: ["Authorization"], prefix: "Bearer "), tokenPlace: .member("value"),
            refusalHint: "")
        #expect(
            failing(.http(http), on: FakeMachine())
                == MintError(.identityDenied, "p: PROOF is not set", hint: ""))
    }

    @Test(
        "knows what can be asked again",
        arguments: [
            (.variable("A"), false, "A"), (.held(SharedSecret(Secret("x"))), false, "standard input"),
            (.file("/t"), true, "'/t'"),
            (.command(ChildCommand(["x"])), true, "the ID token command"),
        ] as [(Acquisition, Bool, String)])
    func again(acquisition: Acquisition, canMintAgain: Bool, source: String) {
        #expect(acquisition.canMintAgain == canMintAgain)
        #expect(acquisition.source == source)
    }
}
