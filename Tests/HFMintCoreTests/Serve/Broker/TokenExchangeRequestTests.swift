@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("token exchange requests")
struct TokenExchangeRequestTests {
    private static let grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    private static let type = "urn:ietf:params:oauth:token-type:id_token"
    private static let form = "grant_type=\(grant)&subject_token_type=\(type)"
    private static let object = #""grant_type":"\#(grant)","subject_token_type":"\#(type)""#

    /// `token|resource|role`, or `status error: words`.
    private func read(_ request: ServeRequest) throws -> String {
        let origin = try #require(Origin("https://hub.acme.example".utf8))
        do throws(TokenRefusal) {
            let read = try TokenExchangeRequest(request, to: origin)
            return "\(read.subjectToken.revealedText())|\(read.resource?.canonical ?? "")|\(read.role ?? "")"
        } catch {
            return "\(error.status.rawValue) \(error.error.rawValue): \(error.words)"
        }
    }

    private func form(_ more: String) throws -> String {
        try read(BrokerScene.request(Self.form + more, type: "application/x-www-form-urlencoded"))
    }

    private func json(_ more: String) throws -> String { try read(BrokerScene.request("{\(Self.object)\(more)}")) }

    @Test(
        "are read from a form",
        arguments: [
            ("&subject_token=t", "t||"), ("&subject_token=a%2Bb+c%3D=", "a+b c==||"), ("&&subject_token=t&", "t||"),
            ("&subject_token=t&resource=datasets%2Facme%2fdata", "t|datasets/acme/data|"),
            ("&subject_token=t&resource=https://hub.acme.example/acme/m&scope=r", "t|acme/m|r"),
            ("&subject_token=t&resource=https%3A%2F%2Fhuggingface.co%2Facme&role=r", "t|acme|r"),
            ("&subject_token=t&%72ole=r&client_id=x&unknown=%00", "t||r"),
            ("&subject_token=t&audience=https://hub.acme.example", "t||"),
            ("&subject_token=t&requested_token_type=urn:ietf:params:oauth:token-type:access_token", "t||"),
        ])
    func forms(more: String, expected: String) throws {
        #expect(try form(more) == expected)
    }

    @Test(
        "are read from an object",
        arguments: [
            (#","subject_token":"t""#, "t||"), (#","subject_token":"\u0074","resource":"acme/m","x":[1]"#, "t|acme/m|"),
            (#","subject_token":"t","resource":null,"scope":null,"role":"r""#, "t||r"),
        ])
    func objects(more: String, expected: String) throws {
        #expect(try json(more) == expected)
    }

    @Test(
        "are refused where something is doubtful",
        arguments: [
            ("", "'subject_token' is missing"), ("&subject_token=", "'subject_token' is empty"),
            ("&subject_token", "'subject_token' is empty"), ("&subject_token=t&subject_token=t", "occurs twice"),
            ("&subject_token=t&%67rant_type=x", "'grant_type' occurs twice"), ("&subject_token=t&x=1&x=1", "twice"),
            ("&subject_token=t&resource=", "'resource' is empty"),
            ("&subject_token=t&role=&scope=r", "'role' is empty"),
            ("&subject_token=%4", "'%' without"), ("&subject_token=%zz", "'%' without"),
            ("&subject_token=a b", "encodes"),
            ("&subject_token=\u{E4}", "encodes"), ("&subject_token=t&role=%0D%0AX", "character"),
            ("&subject_token=t&role=%C3%A4", "character"),
            ("&subject_token=t&role=\(String(repeating: "r", count: 1_025))", "'role' is too long"),
            ("&subject_token=t&actor_token=x", "'actor_token' is not taken"),
            ("&subject_token=t&requested_token_type=urn:ietf:params:oauth:token-type:jwt", "'requested_token_type'"),
            (
                String(repeating: "&", count: 9) + (0..<70).map { "p\($0)=1" }.joined(separator: "&"),
                "too many parameters"
            ),
        ])
    func doubtful(more: String, words: String) throws {
        let found = try form(more)
        #expect(found.hasPrefix("400 invalid_request: ") && found.contains(words), "\(found)")
    }

    @Test(
        "are refused for something else than is here",
        arguments: [
            ("&subject_token=t&audience=https://huggingface.co", "400 invalid_target: 'audience'"),
            ("&subject_token=t&audience=https://hub.acme.example/", "400 invalid_target: 'audience'"),
            ("&subject_token=t&resource=a/b/c", "400 invalid_target: 'resource'"),
            ("&subject_token=t&resource=acme/*", "400 invalid_target: 'resource'"),
            ("&subject_token=t&resource=https://evil.example/a/b", "400 invalid_target: 'resource'"),
            ("&subject_token=t&resource=https://hub.acme.example/a/b/tree/main", "400 invalid_target: 'resource'"),
            ("&subject_token=t&resource=https://hub.acme.example//a/b", "400 invalid_target: 'resource'"),
            ("&subject_token=t&scope=a+b", "400 invalid_scope: "),
            ("&subject_token=t&scope=a&role=b", "400 invalid_scope: "),
        ])
    func elsewhere(more: String, expected: String) throws {
        #expect(try form(more).hasPrefix(expected))
    }

    @Test(
        "are refused as objects that two readers could read differently",
        arguments: [
            (#","subject_token":"t","resource":"a/b","resource":"a/c""#, "a name occurs twice"),
            (#","subject_token":"t","re\u0073ource":"a/b","resource":"a/c""#, "a name occurs twice"),
            (#","subject_token":1"#, "'subject_token' is not a string"),
            (#","subject_token":"t","resource":["a/b"]"#, "'resource' is not a string"),
            (#","subject_token":"t","resource":"""#, "'resource' is empty"), (#","subject_token":"t"}{"#, "follows"),
        ])
    func doubtfulObjects(more: String, words: String) throws {
        let found = try json(more)
        #expect(found.hasPrefix("400 invalid_request: ") && found.contains(words), "\(found)")
    }

    @Test("are refused without the right grant type, which is the first thing to be looked at")
    func grantType() throws {
        func read(_ body: String) throws -> String {
            try self.read(BrokerScene.request(body, type: "application/x-www-form-urlencoded"))
        }
        #expect(try read("subject_token=t") == "400 invalid_request: 'grant_type' is missing")
        #expect(try read("") == "400 invalid_request: 'grant_type' is missing")
        #expect(try read("grant_type=refresh_token").hasPrefix("400 unsupported_grant_type: "))
        #expect(try read("grant_type=\(Self.grant)&subject_token=t").contains("'subject_token_type' is missing"))
        let email = "urn:huggingface:token-type:user-email"
        #expect(
            try read("grant_type=\(Self.grant)&subject_token=t&subject_token_type=\(email)")
                .hasPrefix("400 invalid_request: 'subject_token_type' is not "))
    }

    @Test("are refused in another envelope, whatever is in it")
    func envelope() throws {
        let body = "{\(Self.object),\"subject_token\":\"t\"}"
        #expect(try read(BrokerScene.request(body)) == "t||")
        #expect(try read(BrokerScene.request(body, type: "Application/JSON ; charset=utf-8")) == "t||")
        #expect(try read(BrokerScene.request(body, encoding: "identity")) == "t||")
        for type in [nil, "text/plain", "application/jsonx", "multipart/form-data", "json"] {
            #expect(try read(BrokerScene.request(body, type: type)).hasPrefix("415 invalid_request: "))
        }
        #expect(try read(BrokerScene.request(body, encoding: "gzip")).hasPrefix("415 invalid_request: "))
        for method in ["GET", "PUT", "post", "HEAD"] {
            #expect(try read(BrokerScene.request(body, method: method)).hasPrefix("405 invalid_request: "))
        }
        #expect(try read(BrokerScene.request(body, uri: "/oauth/token?role=x")).hasPrefix("400 invalid_request: "))
        #expect(try read(BrokerScene.request(body, uri: "/oauth/token?")).hasPrefix("400 invalid_request: "))
        #expect(try read(BrokerScene.request(body, length: body.utf8.count + 1)).hasPrefix("400 invalid_request: "))
    }

    @Test("are answered in the Hub's words, and with Allow for another method")
    func answers() {
        let request = BrokerScene.request("", method: "GET")
        let seen = BrokerScene.Seen(
            TokenRefusal(.methodNotAllowed, .invalidRequest, "c", "say \"\u{E4}\\\u{1B}\" hf_jwt_0123456789").answer(
                to: request))
        #expect(seen.header(.allow) == "POST" && seen.header(.requestID) == "req-1")
        #expect(seen["error_description"] == "c: say '??/?' [redacted]")
        let long = TokenRefusal(.badRequest, .invalidGrant, "c", String(repeating: "w", count: 5_000))
        #expect(BrokerScene.Seen(long.answer(to: request))["error_description"]?.utf8.count == 1_000)
    }
}
