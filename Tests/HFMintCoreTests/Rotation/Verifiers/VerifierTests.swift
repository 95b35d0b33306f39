@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("log-ins")
struct VerifierTests {
    private static let url = "https://id.acme.example/token/"
    private static let post = "POST \(url)"

    private func logIn(
        _ manifest: String, _ script: ScriptedTransport.Exchange...
    ) throws -> (LogIn, [ScriptedTransport.Sent]) {
        let machine = RotationFixtures.machine(script)
        let answer = try RotationFixtures.verifier(manifest, on: machine).logIn(with: Secret("SENTINEL:+%"))
        #expect(machine.transport.left.isEmpty)
        return (answer, machine.transport.sent)
    }

    private static let credentials =
        #"{kind: "client-credentials", url: "\#(url)", clientId: "env:CLIENT_ID", scope: "a b"}"#
    private static let authentication =
        #"{kind: "client-authentication", url: "\#(url)", clientId: "id", redirectUri: "https://a/b"}"#

    @Test("client credentials travel in a header, each half form-encoded, and a token is a yes")
    func basic() throws {
        let (answer, sent) = try logIn(
            Self.credentials, .answer(Self.post, 200, #"{"access_token":"SENTINEL-at","expires_in":60}"#))
        #expect(answer == .accepted)
        // `client%20id:SENTINEL%3A%2B%25`
        #expect(sent.first?.credential == "Authorization: Basic Y2xpZW50JTIwaWQ6U0VOVElORUwlM0ElMkIlMjU=")
        #expect(sent.first?.body == "grant_type=client_credentials&scope=a%20b")
        #expect(sent.first?.contentType == "application/x-www-form-urlencoded")
    }

    @Test("client credentials travel in the body where the manifest says so")
    func post() throws {
        let manifest = String(Self.credentials.dropLast() + #", method: "client_secret_post", audience: "x"}"#)
        let (answer, sent) = try logIn(manifest, .answer(Self.post, 200, #"{"access_token":"t"}"#))
        #expect(answer == .accepted)
        #expect(sent.first?.credential == nil)
        #expect(
            sent.first?.body == "grant_type=client_credentials&scope=a%20b&audience=x"
                + "&client_id=client%20id&client_secret=SENTINEL%3A%2B%25")
    }

    @Test(
        "a refusal of the client is a no, in the words of every server that is known",
        arguments: [
            (401, "invalid_client"), (400, "invalid_client"), (401, "unauthorized_client"), (401, "access_denied"),
        ])
    func refused(status: Int, error: String) throws {
        let body = #"{"error":"\#(error)","error_description":"SENTINEL"}"#
        #expect(try logIn(Self.credentials, .answer(Self.post, status, body)).0 == .refused)
        #expect(try logIn(Self.authentication, .answer(Self.post, status, body)).0 == .refused)
    }

    @Test(
        "everything else is neither yes nor no",
        arguments: [
            (200, "<html>SENTINEL", .transient(retryAfterSeconds: nil)),
            (200, #"{"access_token":""}"#, .transient(retryAfterSeconds: nil)),
            (401, "SENTINEL", .transient(retryAfterSeconds: nil)),
            (401, #"{"error":"SENTINEL words"}"#, .transient(retryAfterSeconds: nil)),
            (400, #"{"error":"invalid_scope"}"#, .refused), (400, #"{"error":"unauthorized_client"}"#, .refused),
            (400, #"{"error":"invalid_request"}"#, .refused), (403, #"{"error":"invalid_client"}"#, .refused),
            (404, "", .refused), (302, "", .refused), (429, "", .transient(retryAfterSeconds: nil)),
            (500, "SENTINEL", .transient(retryAfterSeconds: nil)), (503, "", .transient(retryAfterSeconds: nil)),
        ] as [(Int, String, StepFailure.Kind)])
    func neither(status: Int, body: String, kind: StepFailure.Kind) throws {
        for manifest in [Self.credentials, Self.authentication] {
            let failure = try RotationFixtures.failure { _ = try logIn(manifest, .answer(Self.post, status, body)) }
            #expect(failure.kind == kind)
            #expect(!failure.message.contains(RotationFixtures.sentinel))
        }
    }

    @Test("neither is silence", arguments: [TransportError.Kind.timeout, .connect, .interrupted])
    func silence(kind: TransportError.Kind) throws {
        let failure = try RotationFixtures.failure { _ = try logIn(Self.credentials, .failure(Self.post, kind)) }
        #expect(failure.kind == .transient(retryAfterSeconds: nil))
    }

    private static let badCode = ScriptedTransport.Exchange.answer(post, 400, #"{"error":"invalid_grant"}"#)
    private static let badClient = ScriptedTransport.Exchange.answer(post, 401, #"{"error":"invalid_client"}"#)

    @Test("a code that nobody issued is refused only to a client that was accepted, and a wrong secret shows it")
    func authentication() throws {
        let (answer, sent) = try logIn(Self.authentication, Self.badCode, Self.badClient)
        #expect(answer == .accepted)
        #expect(
            sent.first?.body == "grant_type=authorization_code&code=00000000000000000000000000000000"
                + "&redirect_uri=https%3A%2F%2Fa%2Fb")
        #expect(sent.first?.credential != sent.last?.credential)
    }

    @Test("the check with a wrong secret is made once")
    func once() throws {
        let machine = RotationFixtures.machine([Self.badCode, Self.badClient, Self.badCode, Self.badClient])
        let verifier = try RotationFixtures.verifier(Self.authentication, on: machine)
        let answers = try (0..<3).map { _ in try verifier.logIn(with: Secret("x")) }
        #expect(answers == [.accepted, .accepted, .refused])
    }

    @Test("an endpoint that judges the code first has said nothing")
    func codeFirst() throws {
        let failure = try RotationFixtures.failure { _ = try logIn(Self.authentication, Self.badCode, Self.badCode) }
        #expect(failure.kind == .refused && failure.message.contains("looks at the code before"))
    }

    @Test("client authentication is the Hub's unless the manifest says otherwise, and three times in a row")
    func hub() throws {
        let hub = "POST https://huggingface.co/oauth/token"
        let machine = RotationFixtures.machine([.answer(hub, 401, #"{"error":"invalid_client"}"#)])
        let verifier = try RotationFixtures.verifier(#"{kind: "client-authentication", clientId: "id"}"#, on: machine)
        #expect(verifier.neededLogIns == 3)
        #expect(try verifier.logIn(with: Secret("x")) == .refused)
    }

    @Test("says where the client's id should have been")
    func noClientID() throws {
        let manifest = Self.credentials.replacing("CLIENT_ID", with: "NOWHERE")
        let failure = try RotationFixtures.failure { _ = try logIn(manifest) }
        #expect(failure == StepFailure(.refused, "client-credentials:env:NOWHERE: NOWHERE is not set"))
    }

    private func logIn(
        ending: ScriptedProcesses.Ending
    ) throws -> (verifier: any Verifier, processes: ScriptedProcesses) {
        let processes = ScriptedProcesses([(["/opt/try", "x"], ending)])
        let verifier = try RotationFixtures.verifier(
            #"{kind: "command", command: ["/opt/try", "x"], attempts: 5}"#, on: FakeMachine(processes: processes))
        return (verifier, processes)
    }

    @Test("a program says yes with 0, and reads the secret alone on stdin")
    func command() throws {
        let (verifier, processes) = try logIn(ending: .exit(0, "SENTINEL"))
        #expect(verifier.neededLogIns == 5)
        #expect(try verifier.logIn(with: Secret("secret")) == .accepted)
        #expect(processes.started.first?.input?.secret.revealedText() == "secret")
    }

    @Test("a program says no with 1, and with every other end neither", arguments: ProgramEnding.all)
    func endings(end: ProgramEnding) throws {
        let (verifier, _) = try logIn(ending: end.ending)
        guard end.meaning != .refused else {
            #expect(try verifier.logIn(with: Secret("secret")) == .refused)
            return
        }
        let failure = try RotationFixtures.failure { _ = try verifier.logIn(with: Secret("secret")) }
        let kind: StepFailure.Kind = end.meaning == .notStarted ? .refused : .transient(retryAfterSeconds: nil)
        #expect(failure == StepFailure(kind, "command: log-in: '/opt/try' \(end)"))
    }
}
