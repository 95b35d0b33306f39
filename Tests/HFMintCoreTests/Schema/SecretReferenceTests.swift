@testable import HFMintCore
import HFMintTesting
import Testing

/// Where a secret is read, whoever wants it.
@Suite("secret references")
struct SecretReferenceTests {
    /// Each place a secret may be in, holding `text`, and its name in a message.
    private static func places(_ text: String) -> [(SecretReference, Context, String)] {
        let program = ScriptedProcesses(Array(repeating: (["/bin/secret"], .exit(0, text)), count: 2))
        return [
            (.variable("PLACE"), FakeMachine(["PLACE": text]).context, "PLACE"),
            (.file("/place"), FakeMachine(files: MemoryFiles(["/place": text])).context, "'/place'"),
            (.command(["/bin/secret"]), FakeMachine(processes: program).context, "'/bin/secret'"),
        ]
    }

    @Test(
        "lose the line breaks at their end, wherever the secret is",
        arguments: [
            ("s", "s"), ("s\n", "s"), ("s\r\n", "s"), ("s\n\n\n", "s"), ("s\r\n\r\n", "s"), ("s\r", "s"),
            ("Bearer a b", "Bearer a b"), ("ä\n", "ä"),
        ])
    func trims(text: String, secret: String) throws {
        for (reference, context, _) in Self.places(text) {
            for content in [SecretReference.Content.line, .key] {
                let found = try reference.read(content, relativeTo: "", in: context).revealedText()
                #expect(found == secret, "\(reference)")
            }
        }
    }

    @Test(
        "are refused by name where no server would take what they hold",
        arguments: [
            ("a\nb", "has a line break in it"), ("a\r\nb\n", "has a line break in it"),
            ("a\rb", "has a line break in it"), ("\na", "has a line break in it"),
            (" a", "begins or ends with a blank"),
            ("a \n", "begins or ends with a blank"), ("a\tb", "has a control character in it"), ("\n", "is empty"),
            ("\u{FEFF}a", "begins with a byte order mark (U+FEFF), which nobody sees"),
            ("\u{FEFF}", "begins with a byte order mark (U+FEFF), which nobody sees"),
            ("\u{A0}a", "begins or ends with a character that nobody sees"),
            ("a\u{A0}", "begins or ends with a character that nobody sees"),
            ("a\u{200B}\n", "begins or ends with a character that nobody sees"),
            ("\u{200B}", "begins or ends with a character that nobody sees"),
            ("a\u{2028}", "begins or ends with a character that nobody sees"),
            ("a\u{FEFF}", "begins or ends with a character that nobody sees"),
            ("a\u{85}", "begins or ends with a character that nobody sees"),
            ("\r\n\n", "is empty"), ("", "is empty"), ("sentinel\nsentinel", "has a line break in it"),
        ])
    func refuses(text: String, complaint: String) throws {
        for (reference, context, name) in Self.places(text) {
            let error = #expect(throws: MintError.self) {
                _ = try reference.read(relativeTo: "", in: context).byteCount
            }
            #expect(error?.message == "\(name) \(complaint)")
            #expect(error?.code == .stateUnusable)
            #expect(error?.hint?.contains("sentinel") == false)
        }
    }

    @Test("a key has no byte order mark in front of its first line")
    func markedKey() {
        for (reference, context, name) in Self.places("\u{FEFF}-----BEGIN PRIVATE KEY-----") {
            let error = #expect(throws: MintError.self) {
                _ = try reference.read(.key, relativeTo: "", in: context).byteCount
            }
            #expect(error?.message == "\(name) begins with a byte order mark (U+FEFF), which nobody sees")
        }
    }

    @Test("a key may have lines")
    func keys() throws {
        let pem = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
        for (reference, context, _) in Self.places(pem + "\n") {
            #expect(try reference.read(.key, relativeTo: "", in: context).revealedText() == pem)
        }
    }

    @Test("an unset variable is told from an empty one")
    func unset() {
        let error = #expect(throws: MintError.self) {
            _ = try SecretReference.variable("PLACE").read(relativeTo: "", in: FakeMachine().context).byteCount
        }
        #expect(error?.message == "PLACE is not set")
    }

    @Test(
        "a program that did not give its secret may be asked again, unless it refused or is not there",
        arguments: ProgramEnding.all)
    func endings(end: ProgramEnding) {
        let processes = ScriptedProcesses([(["/bin/secret"], end.ending)])
        let error = #expect(throws: MintError.self) {
            _ = try SecretReference.command(["/bin/secret"])
                .read(relativeTo: "", in: FakeMachine(processes: processes).context).byteCount
        }
        let code: MintError.Code =
            switch end.meaning {
            case .refused, .notStarted: .stateUnusable
            case .later, .unknown: .serviceUnavailable
            }
        #expect(error?.code == code)
        #expect(error?.message == "'/bin/secret' did not give its secret: it \(end)")
    }
}
