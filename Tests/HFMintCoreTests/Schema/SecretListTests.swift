@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a list of secrets")
struct SecretListTests {
    private func texts(_ list: SecretList) -> [String] { list.secrets.map { $0.secret.revealedText() } }

    private func list(_ text: String) throws -> SecretList { try SecretList(parsing: Secret(text)) }

    @Test(
        "is a secret a line, in order, each once",
        arguments: [
            ("", []), ("\n\n", []), ("a", ["a"]), ("a\nb", ["a", "b"]), ("a\nb\n", ["a", "b"]),
            ("\na\r\n\r\nb\r\n", ["a", "b"]), ("a\nb\na\n", ["a", "b"]), ("a b\n#c\n", ["a b", "#c"]),
        ] as [(String, [String])])
    func lines(text: String, secrets: [String]) throws {
        let list = try list(text)
        #expect(texts(list) == secrets)
        #expect(texts(try SecretList(parsing: list.text)) == secrets)
    }

    @Test(
        "says which line no secret can be, and nothing of it",
        arguments: [
            ("a\nSENT\u{1}INEL\n", "line 2 has a control character in it"),
            ("a\n\n SENTINEL", "line 3 begins or ends with a blank"),
            ("SENTINEL\t\n", "line 1 has a control character in it"),
            ("SENT\rINEL\n", "line 1 has a line break in it"),
            ("\u{FEFF}SENTINEL\n", "line 1 begins with a byte order mark (U+FEFF), which nobody sees"),
        ])
    func malformed(text: String, reason: String) throws {
        #expect(throws: Malformed(reason)) { try list(text) }
    }

    @Test("holds sixteen at the most")
    func most() throws {
        let lines = (1...17).map { "secret-\($0)\n" }
        #expect(try list(lines.dropLast().joined()).secrets.count == 16)
        #expect(throws: Malformed("it holds 17 secrets, more than 16")) { try list(lines.joined()) }
    }

    @Test("takes a new one at its end, puts one in front, and lets one go")
    func changes() throws {
        var list = try list("a\nb\n")
        let new = SharedSecret(Secret("new"))
        list.add(new)
        list.add(SharedSecret(Secret("a")))
        #expect(texts(list) == ["a", "b", "new"])
        list.putFirst(SharedSecret(Secret("new")))
        #expect(texts(list) == ["new", "a", "b"])
        list.remove(SharedSecret(Secret("a")))
        #expect(list.text.revealedText() == "new\nb\n")
        #expect(list.holds(Secret("b")) && !list.holds(Secret("a")))
    }

    @Test("is read from where a reference points, and is not empty there")
    func reference() throws {
        let machine = FakeMachine(
            ["KEYS": "a\nb"], files: MemoryFiles(["/k": "one\ntwo\n", "/e": "\n", "/b": "a\n \n"]))
        func read(_ reference: String) throws -> [String] {
            let reference = try #require(SecretReference(parsing: reference))
            return texts(try reference.readList(relativeTo: "/", in: machine.context))
        }
        #expect(try read("file:k") == ["one", "two"])
        #expect(try read("env:KEYS") == ["a", "b"])
        for (name, message) in [
            ("file:e", "'e': it is empty"), ("file:b", "'b': line 2 begins or ends with a blank"),
            ("file:x", "cannot read '/x': there is no such file"),
        ] {
            let error = #expect(throws: MintError.self) { try read(name) }
            #expect(error?.message == message && error?.code == .stateUnusable)
        }
    }
}
