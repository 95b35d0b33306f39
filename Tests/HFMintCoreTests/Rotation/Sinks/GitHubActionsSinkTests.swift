@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink github-actions")
struct GitHubActionsSinkTests {
    private typealias Exchange = ScriptedTransport.Exchange

    private let repository = #"{kind: "github-actions", token: "env:T", repository: "acme/app", name: "s"}"#
    private let organization = #"{kind: "github-actions", token: "env:T", organization: "acme", name: "S"}"#
    private let secrets = "https://api.github.com/repos/acme/app/actions/secrets"
    private let ofAcme = "https://api.github.com/orgs/acme/actions/secrets"
    private let key = #"{"key_id":"7","key":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}"#
    /// The first byte of the key and the value turned around, in base64.
    private let box = "ASJldWxhdiItdDNyYzNz"

    private func known(_ moment: String) -> String { #"{"name":"S","updated_at":"\#(moment)"}"# }

    @Test("seals to the key of the scope, and shows the later time of change")
    func write() throws {
        let scene = try SinkScene(
            repository,
            [
                .answer("GET \(secrets)/S", 200, known("2026-01-01T00:00:00Z")),
                .answer("GET \(secrets)/public-key", 200, key),
                .answer("PUT \(secrets)/S", 204),
                .answer("GET \(secrets)/S", 200, known("2026-01-02T00:00:00Z")),
            ])
        #expect(try scene.write() == Evidence(.updated, "2026-01-02T00:00:00Z"))
        #expect(scene.bodies[2] == #"{"encrypted_value":"\#(box)","key_id":"7"}"#)
        #expect(scene.isFaithful(credential: "Authorization: Bearer t0ken"))
    }

    @Test("claims no more than a yes where the time of change is the same")
    func accepted() throws {
        let scene = try SinkScene(
            repository,
            [
                .answer("GET \(secrets)/S", 200, known("2026-01-01T00:00:00Z")),
                .answer("GET \(secrets)/public-key", 200, key),
                .answer("PUT \(secrets)/S", 204),
                .answer("GET \(secrets)/S", 200, known("2026-01-01T00:00:00Z")),
            ])
        // The time that it shows is compared later all the same.
        #expect(try scene.write() == Evidence(.accepted, "2026-01-01T00:00:00Z"))
    }

    @Test("sends again who may use an organization's secret, page after page")
    func selected() throws {
        let page = { (ids: ClosedRange<Int>) in
            #"{"total_count":101,"repositories":[\#(ids.map { #"{"id":\#($0)}"# }.joined(separator: ","))]}"#
        }
        let scene = try SinkScene(
            organization,
            [
                .answer("GET \(ofAcme)/S", 200, #"{"updated_at":"a","visibility":"selected"}"#),
                .answer("GET \(ofAcme)/public-key", 200, key),
                .answer("GET \(ofAcme)/S/repositories?per_page=100&page=1", 200, page(1...100)),
                .answer("GET \(ofAcme)/S/repositories?per_page=100&page=2", 200, page(101...101)),
                .answer("PUT \(ofAcme)/S", 204),
                .answer("GET \(ofAcme)/S", 200, #"{"updated_at":"b","visibility":"selected"}"#),
            ])
        #expect(try scene.write() == Evidence(.updated, "b"))
        let ids = (1...101).map(String.init).joined(separator: ",")
        #expect(scene.bodies[4].hasSuffix(#""visibility":"selected","selected_repository_ids":[\#(ids)]}"#))
    }

    @Test("writes nothing while the list of repositories is not complete")
    func incomplete() throws {
        let scene = try SinkScene(
            organization,
            [
                .answer("GET \(ofAcme)/S", 200, #"{"updated_at":"a","visibility":"selected"}"#),
                .answer("GET \(ofAcme)/public-key", 200, key),
                .answer(
                    "GET \(ofAcme)/S/repositories?per_page=100&page=1", 200, #"{"total_count":3,"repositories":[]}"#),
            ])
        let message = "github-actions:orgs/acme/S: the list of its repositories is not complete"
        #expect(throws: StepFailure(.transient(retryAfterSeconds: nil), message)) { try scene.write() }
        #expect(scene.isFaithful(credential: "Authorization: Bearer t0ken"))
    }

    @Test("writes nothing where who may use an organization's secret is not shown")
    func unknownVisibility() throws {
        let scene = try SinkScene(
            organization,
            [
                .answer("GET \(ofAcme)/S", 200, #"{"updated_at":"a"}"#),
                .answer("GET \(ofAcme)/public-key", 200, key),
            ])
        #expect(throws: StepFailure.self) { try scene.write() }
        #expect(scene.bodies.count == 2)
    }

    @Test("a new secret of an organization is private unless the manifest says otherwise")
    func created() throws {
        let scene = try SinkScene(
            organization,
            [
                .answer("GET \(ofAcme)/S", 404, "{}"), .answer("GET \(ofAcme)/public-key", 200, key),
                .answer("PUT \(ofAcme)/S", 201), .answer("GET \(ofAcme)/S", 200, known("c")),
            ])
        #expect(try scene.write() == Evidence(.updated, "c"))
        #expect(scene.bodies[2].hasSuffix(#""visibility":"private"}"#))
    }

    @Test("asks for patience where GitHub says 403 and means too many requests")
    func rateLimit() throws {
        let headers = ["x-ratelimit-remaining": "0", "retry-after": "60"]
        let scene = try SinkScene(repository, [.answer("GET \(secrets)/public-key", 403, headers: headers)])
        let message = "github-actions:acme/app/S: GET on api.github.com answered 403"
        #expect(throws: StepFailure(.transient(retryAfterSeconds: 60), message)) { try scene.sink.preflight() }
    }

    @Test(
        "a preflight tells a bad credential from a place that is not there",
        arguments: [
            (401, "the credential is not accepted (401)"), (403, "the credential may not do this (403)"),
            (404, "there is no such place, or the credential may not see it (404)"),
        ])
    func preflight(status: Int, why: String) throws {
        let scene = try SinkScene(repository, [.answer("GET \(secrets)/public-key", status)])
        #expect(throws: StepFailure(.refused, "github-actions:acme/app/S: \(why)")) { try scene.sink.preflight() }
    }

    @Test("a preflight notices that libsodium is not installed, and says how to install it")
    func noLibrary() throws {
        let missing = MintError(.libraryMissing, "libsodium.so.23 is not installed", hint: "install it: apt-get …")
        let scene = try SinkScene(
            repository, [.answer("GET \(secrets)/public-key", 200, key)], sealedBoxes: TestSealedBoxes(failing: missing)
        )
        let message = "github-actions:acme/app/S: libsodium.so.23 is not installed; install it: apt-get …"
        #expect(throws: StepFailure(.refused, message)) { try scene.sink.preflight() }
    }
}
