import HFMintCore
import HFMintTesting
import Testing

@Suite("deny list")
struct DenyListTests {
    private static let digest = String(repeating: "0a", count: 32)
    private static let id = String(repeating: "1b", count: 16)
    private static let key = "0123456789abcdef"

    private static let list = """
        # who has left
        {"iss": "https://gitlab.com", "sub": "project_path:acme/old"}

          {"iss":"https:\\/\\/idp.example"}\r
        {"ticket": "\(digest.uppercased())"}
        {"ticket": "\(id)"}
        \t# and a key that was seen elsewhere
        {"key": "\(key)"}
        """

    private func refuses(
        _ list: DenyList, _ issuer: String = "", _ subject: String = "", token: String = "", ticket: String? = nil,
        key: String? = nil
    ) -> Bool {
        list.refuses(
            issuer: Array(issuer.utf8), subject: Array(subject.utf8), tokenSHA256: token, ticketID: ticket, keyID: key)
    }

    @Test("refuses whom it names, by their bytes, and nobody else")
    func names() throws {
        let list = try DenyList(Array(Self.list.utf8))
        #expect(list.count == 5)
        #expect(refuses(list, "https://gitlab.com", "project_path:acme/old"))
        #expect(!refuses(list, "https://gitlab.com", "project_path:acme/new"))
        #expect(!refuses(list, "https://gitlab.com/", "project_path:acme/old"))
        #expect(!refuses(list, "https://gitlab.example", "project_path:acme/old"))
        #expect(refuses(list, "https://idp.example", "anybody"))
        #expect(!refuses(list, "https://IDP.example", "anybody"))
        #expect(refuses(list, token: Self.digest) && !refuses(list, token: Self.id + Self.id))
        #expect(refuses(list, ticket: Self.id) && !refuses(list, ticket: Self.key + Self.key))
        #expect(refuses(list, key: Self.key) && !refuses(list, key: "0123456789abcdee"))
        #expect(!refuses(list))
    }

    @Test("compares no characters")
    func bytes() throws {
        let list = try DenyList(Array(#"{"iss":"https://idp.example","sub":"\u00e9"}"#.utf8))
        #expect(refuses(list, "https://idp.example", "\u{E9}"))
        #expect(!refuses(list, "https://idp.example", "e\u{301}"))
    }

    @Test("is empty without a line of its own", arguments: ["", "\n\n", "# nobody", " \t\r\n#{\"iss\":\"x\"}\n"])
    func empty(text: String) throws {
        let list = try DenyList(Array(text.utf8))
        #expect(list == DenyList() && list.count == 0)
    }

    @Test("counts whom it names twice once")
    func twice() throws {
        let list = try DenyList(Array("{\"iss\":\"a\"}\n{\"iss\":\"a\"}\n{\"iss\":\"a\",\"sub\":\"b\"}".utf8))
        #expect(list.count == 2)
    }

    @Test(
        "is refused whole for one line that is none, and says which",
        arguments: [
            (#"{"iss":"a","iss":"b"}"#, "a name occurs twice in one object"),
            (#"{"iss":"a","su"#, "the text ends too early"),
            (#"{"iss":"a"} {"iss":"b"}"#, "something follows the value"),
            (#"{"iss":"a",}"#, "unexpected character"),
            (#"{"iss":[]}"#, "'iss' must be a text, and not an empty one"),
            (#"{"iss":""}"#, "'iss' must be a text, and not an empty one"),
            (#"{"iss":null,"sub":"b"}"#, "'iss' must be a text, and not an empty one"),
            (#"{"iss":"a","sub":[["b"]]}"#, "too deeply nested"),
            ("[]", "it is no JSON object"), ("null", "it is no JSON object"), ("hf_secret", "unexpected character"),
            (#"{"iss":"a\#u{FF}"}"#, nil),
        ] as [(String, String?)])
    func syntax(line: String, complaint: String?) throws {
        let text = "# one\n{\"iss\":\"x\"}\n\(line)\n{\"iss\":\"y\"}"
        guard let complaint else {
            #expect(try DenyList(Array(text.utf8)).count == 3)
            return
        }
        let error = try #require(throws: Malformed.self) { try DenyList(Array(text.utf8)) }
        #expect(error.reason == "line 3: \(complaint)")
    }

    @Test(
        "takes no line that says something else",
        arguments: [
            "{}", #"{"sub":"a"}"#, #"{"iss":"a","key":"0123456789abcdef"}"#, #"{"iss":"a","sub":"b","why":"c"}"#,
            #"{"issuer":"a"}"#, #"{"iss":"a","why":"c"}"#, #"{"Key":"0123456789abcdef"}"#,
        ])
    func members(line: String) throws {
        let error = try #require(throws: Malformed.self) { try DenyList(Array(line.utf8)) }
        #expect(error.reason == "line 1: it must have 'iss', 'iss' and 'sub', 'ticket', or 'key', and nothing else")
    }

    @Test(
        "takes no ticket and no key in place of its name, and quotes neither",
        arguments: [
            #"{"ticket":"hf_ticket_eyJqdGkiOiIxIn0.c2VjcmV0"}"#, #"{"ticket":"0a"}"#, #"{"key":"0123456789abcdeg"}"#,
            #"{"key":"0123456789abcdef0"}"#, "{\"ticket\":\"\(id.dropLast())é\"}",
        ])
    func digits(line: String) throws {
        let error = try #require(throws: Malformed.self) { try DenyList(Array(line.utf8)) }
        #expect(error.reason.hasSuffix("hexadecimal digits"))
        #expect(!error.reason.contains("hf_") && !error.reason.contains("01234"))
    }

    @Test("has a bound")
    func bound() throws {
        let line = Array(#"{"iss":"a"}"#.utf8)
        let most = [UInt8](repeating: ASCII.lineFeed, count: DenyList.byteLimit - line.count) + line
        #expect(try DenyList(most).count == 1)
        #expect(throws: Malformed("it is larger than 8 MiB")) { try DenyList(most + [ASCII.lineFeed]) }
    }
}
