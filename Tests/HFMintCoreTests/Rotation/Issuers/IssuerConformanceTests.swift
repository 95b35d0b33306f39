@testable import HFMintCore
import HFMintTesting
import Testing

/// What every issuer with an API promises, whatever its server says.
@Suite("every issuer")
struct IssuerConformanceTests {
    private static let manifests = RotationFixtures.issuerManifests

    private static let bodies = [
        "SENTINEL", #"{"SENTINEL":"#, #"["SENTINEL"]"#, #"{"error":"SENTINEL9a8b7c6d"}"#, #"{"a":1,"a":"SENTINEL"}"#,
        #"[{"id":"SENTINEL\u0001","status":"ACTIVE"}]"#, #"{"id":"","client_secret":"SENTINEL"}"#,
        #"{"value":{"x":"SENTINEL"}}"#, String(repeating: "[", count: 100), "",
    ]

    private func issuer(_ manifest: String, _ answer: ConstantTransport.Answer) throws -> any Issuer {
        var machine = FakeMachine(RotationFixtures.environment())
        machine.context.machine.transport = ConstantTransport(answer)
        return try RotationFixtures.issuer(manifest, on: machine)
    }

    /// The failures of all operations; one that does not fail adds none.
    private func failures(_ issuer: any Issuer) -> [StepFailure] {
        let operations: [() throws -> Void] = [
            { _ = try issuer.survey() }, { _ = try issuer.create(RotationFixtures.creation("chosen")) },
            { _ = try issuer.read("client_secret") == nil }, { _ = try issuer.deactivate("id") },
            { try issuer.delete("id") },
        ]
        return operations.compactMap { operation in
            do {
                try operation()
                return nil
            } catch {
                return error as? StepFailure
            }
        }
    }

    @Test("passes its own manifest's check", arguments: manifests)
    func checks(manifest: String) throws { #expect(try RotationFixtures.complaints(manifest).isEmpty) }

    @Test("is one client under every spelling of its URL", arguments: manifests)
    func spelling(manifest: String) throws {
        let targets = try ["https://x.example", "HTTPS://X.Example:443/", "https://x.example//"].map { url in
            try RotationFixtures.issuer(
                manifest.replacing("https://x.example", with: url), on: RotationFixtures.machine()
            ).target
        }
        #expect(Set(targets).count == 1)
    }

    @Test("never repeats what a server said, nor its own credential", arguments: manifests)
    func secrecy(manifest: String) throws {
        for status in [200, 201, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
            for body in Self.bodies {
                let failures = failures(try issuer(manifest, .status(status, body)))
                #expect(failures.allSatisfy { !$0.message.contains("SENTINEL") && !$0.message.contains("chosen") })
                #expect(failures.allSatisfy { !$0.message.isEmpty && $0.message.utf8.allSatisfy { $0 >= 0x20 } })
            }
        }
    }

    @Test("never takes a malformed answer for a list, nor for a secret that was made", arguments: manifests)
    func malformed(manifest: String) throws {
        for body in Self.bodies {
            let issuer = try issuer(manifest, .status(200, body))
            #expect(try RotationFixtures.failure { _ = try issuer.survey() }.kind != .refused)
            let kind = try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }.kind
            // Hydra looks before it acts.
            #expect(kind == .ambiguous || manifest.contains("hydra"))
        }
    }

    @Test("calls the doubt by its name where a creation's answer is lost", arguments: manifests)
    func lost(manifest: String) throws {
        let acts = manifest.contains("hydra") ? StepFailure.Kind.transient(retryAfterSeconds: nil) : .ambiguous
        for answer in [.failure(.timeout), .failure(.interrupted), .status(500, ""), .status(503, "")]
            as [ConstantTransport.Answer]
        {
            let issuer = try issuer(manifest, answer)
            #expect(
                try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }.kind == acts
            )
            #expect(
                try RotationFixtures.failure { _ = try issuer.survey() }.kind == .transient(retryAfterSeconds: nil))
        }
    }

    @Test("knows that nothing happened where no connection came about", arguments: manifests)
    func notSent(manifest: String) throws {
        for kind in [.resolve, .connect, .tls] as [TransportError.Kind] {
            let issuer = try issuer(manifest, .failure(kind))
            let failure = try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }
            #expect(failure.kind == .transient(retryAfterSeconds: nil))
        }
    }

    @Test("stops where it is refused", arguments: manifests)
    func refused(manifest: String) throws {
        for status in [301, 401, 403] {
            let issuer = try issuer(manifest, .status(status, "{}"))
            #expect(try RotationFixtures.failure { _ = try issuer.survey() }.kind == .refused)
            #expect(
                try RotationFixtures.failure { _ = try issuer.create(RotationFixtures.creation("chosen")) }.kind
                    == .refused)
        }
    }

    @Test("refuses an answer that is larger than any of its server's", arguments: manifests)
    func oversized(manifest: String) throws {
        let body = "[" + String(repeating: "0,", count: 40_000) + "0]"
        #expect(try RotationFixtures.failure { _ = try issuer(manifest, .status(200, body)).survey() }.kind != .refused)
        #expect(
            try RotationFixtures.failure { _ = try issuer(manifest, .failure(.tooLarge)).survey() }.kind == .refused)
    }

    @Test("says where its credential should have been", arguments: manifests)
    func noCredential(manifest: String) throws {
        let machine = FakeMachine()
        let issuer = try RotationFixtures.issuer(manifest, on: machine)
        let failure = try RotationFixtures.failure { _ = try issuer.survey() }
        #expect(failure.kind == .refused && failure.message.hasSuffix("TOKEN is not set"))
    }
}
