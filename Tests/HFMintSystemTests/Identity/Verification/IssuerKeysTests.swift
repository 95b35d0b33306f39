@testable import HFMintCore
import HFMintSystem
import HFMintTesting
import Synchronization
import Testing

/// A verifier that lives as long as one `hfmint run`, and an issuer that answers from a script.
private struct Scene {
    let machine: FakeMachine
    let verifier: IDTokenVerifier

    init(
        _ script: [ScriptedTransport.Exchange], issuer: String = Forge.issuer, workers: any Workers = OneThread(),
        onSend: (@Sendable () -> Void)? = nil
    ) {
        var machine = FakeMachine(transport: ScriptedTransport(script, onSend: onSend), signatures: LibCrypto())
        machine.context.machine.workers = workers
        self.machine = machine
        verifier = IDTokenVerifier(
            issuer: Array(issuer.utf8), audience: Forge.audience, keys: IssuerKeys(), context: machine.context)
    }

    func verify(_ algorithm: SignatureAlgorithm = .rs256) throws(MintError) {
        guard let text = try? Forge.signed(algorithm) else { fatalError("no token") }
        try verify(text)
    }

    func verify(_ text: String) throws(MintError) {
        guard let token = try? IDToken.parse(Secret(text)) else { fatalError("no token") }
        try verifier.verify(token) { .default }
    }

    /// With the right signature of something else.
    static func forged() throws -> String {
        let words = try Forge.signed(.rs256).split(separator: ".")
        let other = try Forge.signed(.rs256, header: #"{"alg":"RS256","kid":"e"}"#).split(separator: ".")
        return "\(words[0]).\(words[1]).\(other[2])"
    }

    static let strangers = #"{"alg":"RS256","kid":"unknown"}"#

    /// What was asked, and whether a cache on the way might have answered.
    var asked: [String] {
        machine.transport.sent.map { sent in
            let isFresh = sent.request.headers.contains(HTTPHeader("Cache-Control", "no-cache"))
            return sent.request.url.target + (isFresh ? " anew" : "")
        }
    }

    static let anew = [documentTarget + " anew", "/keys anew"]
    static let documentTarget = "/.well-known/openid-configuration"
    static let document = ScriptedTransport.Exchange.answer(
        "GET https://issuer.example/.well-known/openid-configuration", 200,
        #"{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/keys"}"#)

    static func keys(_ keys: String...) -> ScriptedTransport.Exchange {
        .answer("GET https://issuer.example/keys", 200, #"{"keys":[\#(keys.joined(separator: ","))]}"#)
    }
}

/// Tests of Core that need the real libcrypto, and so stand with what opens it.
@Suite("issuer keys")
struct IssuerKeysTests {
    @Test("asks once for the tokens of one process")
    func once() throws {
        let scene = Scene([Scene.document, Scene.keys(Forge.rsaKey, Forge.ecKey)])
        try scene.verify(.rs256)
        try scene.verify(.es256)
        #expect(scene.asked == [Scene.documentTarget, "/keys"])
    }

    @Test("believes no key for longer than ten minutes without asking again")
    func again() throws {
        let scene = Scene([Scene.document, Scene.keys(Forge.rsaKey), Scene.document, Scene.keys()])
        try scene.verify()
        scene.machine.clock.advance(by: .seconds(600))
        // Past the token's own time, too: what matters here is what is asked.
        #expect(throws: MintError.self) { try scene.verify() }
        #expect(scene.asked.count == 2)
        let other = Scene([Scene.document, Scene.keys(Forge.rsaKey), Scene.document, Scene.keys(Forge.ecKey)])
        try other.verify(.rs256)
        try other.verify(.es256)
        #expect(other.asked == [Scene.documentTarget, "/keys"] + Scene.anew)
    }

    @Test("asks once more, past all caches, for a key that is not there, and not a third time")
    func rotated() throws {
        let scene = Scene([Scene.document, Scene.keys(Forge.ecKey), Scene.document, Scene.keys(Forge.rsaKey)])
        try scene.verify(.rs256)
        #expect(scene.asked == [Scene.documentTarget, "/keys", Scene.documentTarget + " anew", "/keys anew"])
        let without = Scene([Scene.document, Scene.keys(), Scene.document, Scene.keys()])
        let failure = #expect(throws: MintError.self) { try without.verify() }
        #expect(failure?.code == .identityUnverified && without.asked.count == 4)
    }

    @Test("asks once more where the issuer gave a name to another key")
    func renamed() throws {
        let other = #"{"kty":"RSA","kid":"r","n":"\#(base64URL([UInt8](repeating: 0xFF, count: 256)))","e":"AQAB"}"#
        let scene = Scene([
            Scene.document, Scene.keys(other, Forge.ecKey), Scene.document, Scene.keys(Forge.rsaKey),
        ])
        try scene.verify(.es256)
        try scene.verify(.rs256)
        #expect(scene.asked == [Scene.documentTarget, "/keys", Scene.documentTarget + " anew", "/keys anew"])
    }

    @Test("asks anew once in thirty seconds, whatever strangers show", arguments: [true, false])
    func floor(isNamed: Bool) throws {
        let keys = [Scene.document, Scene.keys(Forge.rsaKey)]
        let scene = Scene(keys + keys + keys)
        let stranger = isNamed ? try Scene.forged() : try Forge.signed(.rs256, header: Scene.strangers)
        try scene.verify()
        for _ in 0..<3 { #expect(throws: MintError.self) { try scene.verify(stranger) } }
        try scene.verify()
        scene.machine.clock.advance(by: .milliseconds(29_999))
        #expect(throws: MintError.self) { try scene.verify(stranger) }
        #expect(scene.asked == [Scene.documentTarget, "/keys"] + Scene.anew)
        scene.machine.clock.advance(by: .milliseconds(1))
        #expect(throws: MintError.self) { try scene.verify(stranger) }
        #expect(throws: MintError.self) { try scene.verify(stranger) }
        #expect(scene.asked == [Scene.documentTarget, "/keys"] + Scene.anew + Scene.anew)
    }

    @Test("finds what an issuer has rotated to when the thirty seconds are over")
    func rotatedLater() throws {
        let scene = Scene([
            Scene.document, Scene.keys(Forge.ecKey), Scene.document, Scene.keys(Forge.ecKey),
            Scene.document, Scene.keys(Forge.ecKey, Forge.rsaKey),
        ])
        #expect(throws: MintError.self) { try scene.verify(.rs256) }
        try scene.verify(.es256)
        scene.machine.clock.advance(by: .seconds(30))
        try scene.verify(.rs256)
        #expect(scene.asked == [Scene.documentTarget, "/keys"] + Scene.anew + Scene.anew)
    }

    @Test("tries again at once what failed for a moment, and only after thirty seconds what was refused")
    func failures() throws {
        let scene = Scene([
            Scene.document, Scene.keys(Forge.ecKey),
            .failure("GET https://issuer.example/.well-known/openid-configuration", .timeout),
            Scene.document, Scene.keys(Forge.rsaKey),
        ])
        #expect(throws: MintError.self) { try scene.verify() }
        try scene.verify()
        let missing = ScriptedTransport.Exchange.answer(
            "GET https://issuer.example/.well-known/openid-configuration", 404)
        let refused = Scene([missing, Scene.document, Scene.keys(Forge.rsaKey)])
        for _ in 0..<3 {
            let failure = #expect(throws: MintError.self) { try refused.verify() }
            #expect(failure?.code == .identityUnverified)
        }
        #expect(refused.asked.count == 1)
        refused.machine.clock.advance(by: .seconds(30))
        try refused.verify()
    }

    @Test("asks once for all who need the same keys at the same time")
    func crowd() throws {
        let threads = WatchedThreads()
        let scene = Scene([Scene.document, Scene.keys(Forge.rsaKey)], workers: threads) { threads.untilWaiting(9) }
        let token = try Forge.signed(.rs256)
        let passed = Mutex(0)
        threads.run(10) { _ in if (try? scene.verify(token)) != nil { passed.withLock { $0 += 1 } } }
        #expect(passed.withLock { $0 } == 10)
        #expect(scene.asked == [Scene.documentTarget, "/keys"])
    }

    @Test("asks once anew for all who show what the keys do not fit, while the others go on")
    func crowdOfStrangers() throws {
        let threads = WatchedThreads()
        let genuine = try Forge.signed(.rs256)
        let isKnown = Mutex(false)
        let keys = [Scene.document, Scene.keys(Forge.rsaKey)]
        let scene = Scene(keys + keys, workers: threads) { if isKnown.withLock({ $0 }) { threads.untilWaiting(9) } }
        try scene.verify(genuine)
        isKnown.withLock { $0 = true }
        let stranger = try Scene.forged()
        let passed = Mutex(0)
        threads.run(11) { number in
            // With the keys that are there; it waits for nobody.
            if (try? scene.verify(number == 0 ? genuine : stranger)) != nil { passed.withLock { $0 += 1 } }
        }
        #expect(passed.withLock { $0 } == 1)
        #expect(scene.asked == [Scene.documentTarget, "/keys"] + Scene.anew)
    }

    @Test("says that the issuer may be asked again", arguments: [429, 500, 503])
    func transient(status: Int) {
        let scene = Scene([.answer("GET https://issuer.example/.well-known/openid-configuration", status)])
        let failure = #expect(throws: MintError.self) { try scene.verify() }
        #expect(failure?.isTransient == true && failure?.code == .identityUnavailable)
    }

    @Test("believes nothing where the issuer says no, or points elsewhere", arguments: [204, 301, 307, 403, 404])
    func refused(status: Int) {
        let scene = Scene([
            Scene.document,
            .answer("GET https://issuer.example/keys", status, headers: ["location": "https://evil.example/"]),
        ])
        let failure = #expect(throws: MintError.self) { try scene.verify() }
        #expect(failure?.isTransient == false && failure?.code == .identityUnverified)
        #expect(failure?.message.hasSuffix("answered \(status) where its keys should be") == true)
    }

    @Test("believes nothing of an answer that does not end")
    func endless() {
        let scene = Scene([
            Scene.document, .failure("GET https://issuer.example/keys", .tooLarge),
        ])
        let failure = #expect(throws: MintError.self) { try scene.verify() }
        #expect(failure?.message.hasSuffix("issuer.example sent too much where its keys should be") == true)
    }

    @Test(
        "asks nobody where the issuer is no https URL",
        arguments: [
            "issuer.example", "http://issuer.example", "https://user@issuer.example", "https://issuer.example?x=1",
            "https://issuer.example/#x", "https://issuer.example/%2e%2e/x", "file:///etc/passwd", "",
        ])
    func unaskable(issuer: String) {
        #expect(throws: Malformed.self) { try IssuerMetadata.url(of: Array(issuer.utf8)) }
    }

    @Test(
        "looks for the document where the standard says",
        arguments: [
            ("https://issuer.example", "https://issuer.example/.well-known/openid-configuration"),
            ("https://issuer.example/", "https://issuer.example/.well-known/openid-configuration"),
            ("https://issuer.example/a/b", "https://issuer.example/a/b/.well-known/openid-configuration"),
            ("https://issuer.example/a/", "https://issuer.example/a/.well-known/openid-configuration"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/.well-known/openid-configuration"),
        ])
    func place(issuer: String, expected: String) throws {
        #expect(try IssuerMetadata.url(of: Array(issuer.utf8)).description == expected)
    }
}
