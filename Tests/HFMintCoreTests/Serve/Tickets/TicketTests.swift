@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("tickets")
struct TicketTests {
    private static let keyTexts = [
        "first": "key-0123456789-0123456789-0123456789", "second": "KEY-9876543210-9876543210-9876543210",
    ]

    private let signatures = TestSignatures()
    private let claims: Claims
    private let id = String(repeating: "0123456789abcdef", count: 2)
    private let now = FrozenClock.usualNow

    init() throws {
        claims = try testClaims([
            "iss": "https://issuer.example", "sub": "job", "list": ["a", ["b": 1]], "text": "\" \\ ä \u{202E}",
        ])
    }

    private func keys(_ names: String...) throws -> TicketKeys {
        let files = MemoryFiles(
            Dictionary(uniqueKeysWithValues: Self.keyTexts.map { ("/m/keys/\($0.key)", $0.value + "\n") }))
        let tickets = ServeDefinition.Tickets(
            keys: names.map { .file("keys/\($0)") }, lifetime: try #require(Seconds(parsing: "1h")))
        let machine = FakeMachine(files: files, signatures: signatures)
        return try TicketKeys(reading: tickets, folder: "/m", in: machine.context)
    }

    private func text(
        _ keys: TicketKeys, role: String? = nil, resource: String? = nil, claims: Claims? = nil
    ) throws -> String {
        try keys.seal(
            id: id, issuedAt: now, expiresAt: now + 3_600, role: role, resource: try TestPolicy.resource(resource),
            claims: claims ?? self.claims, with: signatures
        ).secret.revealedText()
    }

    private func opened(_ text: String, _ keys: TicketKeys) -> Result<Ticket, Malformed> {
        keys.open(Secret(text), with: signatures)
    }

    private func reason(_ text: String, _ keys: TicketKeys) -> String? {
        if case .failure(let malformed) = opened(text, keys) { malformed.reason } else { nil }
    }

    /// The ticket of this payload, rightly sealed by somebody with the key.
    private func sealed(_ payload: String, key: String = "first") throws -> String {
        let signed = Ticket.prefix + base64URL(payload.utf8)
        let code = try signatures.hmacSHA256(Array(signed.utf8), key: Secret(try #require(Self.keyTexts[key])))
        return "\(signed).\(base64URL(code))"
    }

    @Test(
        "opens as it was sealed",
        arguments: [
            (nil, nil), ("reader", nil), (nil, "datasets/acme/data"), ("writer", "acme"), ("ä\"b", "acme/model"),
        ] as [(String?, String?)])
    func roundTrip(role: String?, resource: String?) throws {
        let keys = try keys("first")
        let ticket = try opened(try text(keys, role: role, resource: resource), keys).get()
        #expect(ticket.id == id && ticket.keyID == keys.ids[0])
        #expect(ticket.issuedAt == now && ticket.expiresAt == now + 3_600)
        #expect(ticket.role == role)
        #expect(ticket.resource == (try TestPolicy.resource(resource)))
        #expect(ticket.claims == claims)
    }

    @Test("looks like a token to the Hub's clients, and like a ticket to hfmint")
    func looks() throws {
        let text = try text(try keys("first"))
        #expect(text.utf8.count < Ticket.byteLimit)
        #expect(Secret(text).reveal { HubToken.isWellFormed($0) && HubToken.Kind(in: $0) == .ticket })
        #expect(isTicket(text))
        #expect(text.looksLikeToken && "bad '\(text)'".withoutTokens == "bad '[redacted]'")
        for other in ["", "hf_ticket_", "hf_jwt_abcdefgh", "hf_ticke_x", "HF_TICKET_X", " \(text)"] {
            #expect(!isTicket(other))
        }
    }

    private func isTicket(_ text: String) -> Bool { TicketKeys.isTicket(Secret(text)) }

    @Test("is opened by any of the keys, and sealed by the first")
    func rotation() throws {
        let (old, both, new) = (try keys("second"), try keys("first", "second"), try keys("first"))
        #expect(both.ids == new.ids + old.ids && Set(both.ids).count == 2)
        #expect(both.ids.allSatisfy { $0.utf8.count == 16 })
        #expect(try opened(try text(old), both).get().keyID == old.ids[0])
        #expect(try opened(try text(both), both).get().keyID == new.ids[0])
        #expect(reason(try text(old), new) == "none of the keys has sealed it as it is")
    }

    @Test("is worth nothing with one letter changed, added or taken away")
    func changed() throws {
        let keys = try keys("first", "second")
        let text = Array(try text(keys, role: "reader", resource: "acme/model").utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(reason(String(decoding: changed, as: UTF8.self), keys) != nil, "byte \(index)")
            let shorter = text[..<index] + text[(index + 1)...]
            #expect(reason(String(decoding: shorter, as: UTF8.self), keys) != nil, "without byte \(index)")
        }
        let whole = String(decoding: text, as: UTF8.self)
        for other in [whole + "A", whole + ".", "\(whole)=", ".\(whole)", whole + "\n", whole + "." + whole] {
            #expect(reason(other, keys) != nil)
        }
    }

    @Test("is read strictly, even if it is rightly sealed")
    func payloads() throws {
        let keys = try keys("first", "second")
        let (first, second) = (keys.ids[0], keys.ids[1])
        func payload(
            id: String = #""0123456789abcdef0123456789abcdef""#, key: String? = nil,
            times: String = #""iat":1,"exp":2"#,
            more: String = "", claims: String = #"{"iss":"i","sub":"s"}"#
        ) -> String { #"{"id":\#(id),"key":"\#(key ?? first)",\#(times)\#(more),"claims":\#(claims)}"# }
        #expect(reason(try sealed(payload()), keys) == nil)
        #expect(reason(try sealed(payload(more: #","role":"r","resource":"acme/m""#)), keys) == nil)
        let bad = [
            payload(id: "1"), payload(id: #""0123""#), payload(id: #""0123456789ABCDEF0123456789ABCDEF""#),
            payload(key: second), payload(key: "0123"), payload(times: #""iat":1"#),
            payload(times: #""iat":2,"exp":1"#),
            payload(times: #""iat":1,"exp":2.0"#), payload(times: #""iat":-1,"exp":2"#),
            payload(times: #""iat":1,"exp":"2""#), payload(times: #""iat":1,"exp":253402300800"#),
            payload(more: #","x":1"#), payload(more: #","exp":3"#), payload(more: #","role":"""#),
            payload(more: #","role":null"#), payload(more: #","role":["r"]"#), payload(more: #","resource":null"#),
            payload(more: #","resource":"acme/*""#), payload(more: #","resource":"https://huggingface.co/a/b""#),
            payload(claims: "[]"), payload(claims: "{}"), payload(claims: #"{"iss":"i"}"#),
            payload(claims: #"{"iss":"i","sub":""}"#), payload(claims: #"{"iss":["i"],"sub":"s"}"#),
            payload(claims: #"{"iss":"i","sub":"s","sub":"t"}"#), payload() + " x", "[]", "", "null",
        ]
        for payload in bad { #expect(reason(try sealed(payload), keys) != nil, "\(payload)") }
        // Not canonical base64url, and rightly sealed.
        let signed = Ticket.prefix + "e30="
        let code = try signatures.hmacSHA256(Array(signed.utf8), key: Secret(try #require(Self.keyTexts["first"])))
        #expect(reason("\(signed).\(base64URL(code))", keys) != nil)
    }

    @Test("has room for the claims of every CI system, and says so of claims that are larger")
    func size() throws {
        let keys = try keys("first")
        func claims(_ count: Int) throws -> Claims {
            try testClaims(["iss": "i", "sub": "s", "groups": .string(String(repeating: "g", count: count))])
        }
        #expect(try opened(try text(keys, claims: try claims(4_000)), keys).get().claims == claims(4_000))
        let error = #expect(throws: MintError.self) { try text(keys, claims: try claims(4_500)) }
        #expect(error?.code == .identityUnsuitable && error?.message.contains("bytes: too many") == true)
    }

    @Test("takes claims that are as deep as an ID token's may be")
    func depth() throws {
        let keys = try keys("first")
        let deep = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        let claims = Claims(try JSONText(Array(#"{"iss":"i","sub":"s","x":\#(deep)}"#.utf8)))
        #expect(try opened(try text(keys, claims: claims), keys).get().claims == claims)
    }

    @Test(
        "is good for its own resource, or for all that its user or organization owns",
        arguments: [
            (nil, "acme/model", true), ("acme/model", "acme/model", true), ("acme/model", "acme/other", false),
            ("acme/model", "datasets/acme/model", false), ("acme/model", "acme", false), ("acme", "acme/model", true),
            ("acme", "spaces/acme/app", true), ("acme", "acme", true), ("acme", "acme2/model", false),
            ("acme", "Acme/model", false),
        ] as [(String?, String, Bool)])
    func covers(own: String?, asked: String, isGood: Bool) throws {
        let keys = try keys("first")
        let ticket = try opened(try text(keys, resource: own), keys).get()
        let caller = DecisionPoint.Caller(ticket.claims, resource: ticket.resource)
        #expect(caller.mayAsk(for: try #require(try TestPolicy.resource(asked))) == isGood)
    }

    @Test(
        "wants keys of 32 bytes, and names the place of a shorter one alone",
        arguments: ["", "short", "31-bytes-31-bytes-31-bytes-31-b"])
    func shortKeys(text: String) throws {
        let tickets = ServeDefinition.Tickets(
            keys: [.file("keys/first")], lifetime: try #require(Seconds(parsing: "1h")))
        let machine = FakeMachine(files: MemoryFiles(["/m/keys/first": text]), signatures: signatures)
        let error = #expect(throws: MintError.self) {
            try TicketKeys(reading: tickets, folder: "/m", in: machine.context)
        }
        #expect(error?.code == .stateUnusable && error?.message.contains("keys/first") == true)
        #expect(text.isEmpty || error?.message.contains(text) == false)
    }

    @Test("opens nothing where no code can be computed")
    func noLibrary() throws {
        let keys = try keys("first")
        let text = try text(keys)
        let without = TestSignatures(failing: MintError(.libraryMissing, "no libcrypto"))
        guard case .failure(let malformed) = keys.open(Secret(text), with: without) else {
            Issue.record("it was opened")
            return
        }
        #expect(malformed.reason == "its code cannot be checked here")
    }
}
