@testable import HFMintCore
import HFMintTesting
import Testing

extension SpaceListing {
    fileprivate static func read(author: String, _ api: API) throws(StepFailure) -> [ListedSpace] {
        var spaces: [ListedSpace] = []
        try read(author: author, api) { spaces.append($0) }
        return spaces
    }
}

@Suite("listing of an owner's Spaces")
struct SpaceListingTests {
    private static let first =
        "https://huggingface.co/api/spaces?author=acme&limit=100&expand=runtime&expand=sha&expand=sdk&expand=private"
    private static let next = "https://huggingface.co/api/spaces?author=acme&cursor=2"

    private static func api(_ script: [ScriptedTransport.Exchange]) -> (API, FakeMachine) {
        let machine = FakeMachine([:], script: script)
        let access = HubAccess(
            .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: SharedSecret(Secret("t0ken")),
            in: machine.context)
        return (access.hub("the Spaces of acme"), machine)
    }

    private static func page(_ names: String...) -> String {
        "[\(names.map { "{\"id\":\"acme/\($0)\",\"private\":true}" }.joined(separator: ","))]"
    }

    private static func link(_ url: String) -> [String: String] { ["link": "<\(url)>; rel=\"next\""] }

    @Test("has the Spaces of all pages")
    func pages() throws {
        let (api, machine) = Self.api([
            .answer("GET \(Self.first)", 200, Self.page("a", "b"), headers: Self.link(Self.next)),
            .answer("GET \(Self.next)", 200, Self.page("c"), headers: ["link": "<\(Self.first)>; rel=\"prev\""]),
        ])
        let found = try SpaceListing.read(author: "acme", api)
        #expect(found.map(\.resource.canonical) == ["spaces/acme/a", "spaces/acme/b", "spaces/acme/c"])
        #expect(machine.transport.left.isEmpty)
        #expect(machine.transport.sent.allSatisfy { $0.credential == "Authorization: Bearer t0ken" })
    }

    @Test(
        "is an error and no short list, if a page cannot be read",
        arguments: [
            (500, "oops"), (200, "<html>"), (200, "{}"), (200, #"[{"private":true}]"#), (200, #"[{"id":7}]"#),
            (200, #"[{"id":"acme/c"}"#), (403, #"{"error":"no"}"#), (401, ""), (302, ""), (204, ""),
        ])
    func broken(status: Int, body: String) throws {
        let answer = ScriptedTransport.Exchange.answer("GET \(Self.next)", status, body)
        let isFinal = [302, 401, 403].contains(status)
        let (api, machine) = Self.api(
            [.answer("GET \(Self.first)", 200, Self.page("a"), headers: Self.link(Self.next))]
                + Array(repeating: answer, count: isFinal ? 1 : 5))
        let failure = try RotationFixtures.failure { _ = try SpaceListing.read(author: "acme", api) }
        #expect((failure.kind == .refused) == isFinal && machine.transport.left.isEmpty)
    }

    @Test(
        "goes to no other server, path or scheme",
        arguments: [
            "https://evil.example/api/spaces?cursor=2", "http://huggingface.co/api/spaces?cursor=2",
            "https://huggingface.co/api/models?cursor=2", "https://huggingface.co:8443/api/spaces?cursor=2", "//evil",
            "/api/spaces/../models", "spaces?cursor=2", "", "https://huggingface.co@evil.example/api/spaces",
        ])
    func elsewhere(url: String) throws {
        let (api, machine) = Self.api([
            .answer("GET \(Self.first)", 200, Self.page("a"), headers: Self.link(url))
        ])
        let failure = try RotationFixtures.failure { _ = try SpaceListing.read(author: "acme", api) }
        #expect(failure.kind == .refused && machine.transport.sent.count == 1)
    }

    @Test(
        "reads the header in each of its forms",
        arguments: [
            (#"<https://h.example/x?c=2>; rel="next""#, NextPage.target("/x?c=2")),
            ("<https://h.example/x?c=2>;rel=next", .target("/x?c=2")),
            (#"</x?c=2>; rel="NEXT""#, .target("/x?c=2")),
            (#"</x?c=1>; rel="first", </x?c=2>; title="a"; rel="last next""#, .target("/x?c=2")),
            (#"</x?c=1>; rel="prev""#, .none), ("", .none), ("nonsense", .none), ("<", .none),
            (#"</y>; rel="next""#, .elsewhere), (#"<>; rel="next""#, .elsewhere), (#"<no end; rel="next""#, .elsewhere),
        ] as [(String, NextPage)])
    func header(text: String, page: NextPage) throws {
        let url = try #require(HTTPURL("https://h.example/x?c=1"))
        #expect(NextPage(text, of: url) == page)
    }

    @Test("ends with an error if the pages lead in a circle")
    func circle() throws {
        let same = ScriptedTransport.Exchange.answer(
            "GET \(Self.next)", 200, Self.page("b"), headers: Self.link(Self.next))
        let (api, _) = Self.api([
            .answer("GET \(Self.first)", 200, Self.page("a"), headers: Self.link(Self.next)), same,
        ])
        let failure = try RotationFixtures.failure { _ = try SpaceListing.read(author: "acme", api) }
        #expect(failure == StepFailure(.refused, "the Spaces of acme: its list of Spaces has no end"))
    }

    @Test("reads what the Hub shows of a Space, and leaves out what nobody can name")
    func members() throws {
        let body = #"""
            [{"id":"acme/chat","private":false,"sdk":"docker","sha":"abc",
              "runtime":{"stage":"RUNNING","sha":"def","hardware":{"current":null,"requested":"t4-small"},
               "gcTimeout":-1,"devMode":true,"hotReloading":{"status":"created"},
               "volumes":[{"type":"model","source":"acme/m","mountPath":"/m"}]}},
             {"id":"acme/x","private":true,"visibility":"protected","runtime":{"stage":"\u001b[2J"}},
             {"id":"acme/.hidden"},{"id":"bare"}]
            """#
        let (api, _) = Self.api([.answer("GET \(Self.first)", 200, body)])
        let found = try SpaceListing.read(author: "acme", api)
        let volume = Volume(type: "model", source: "acme/m", mountPath: "/m")
        let runtime = SpaceRuntime(
            stage: "RUNNING", sha: "def", hardware: "t4-small", sleep: .never, volumes: [volume], isInDevMode: true,
            isHotReloading: true)
        try #require(found.count == 2)
        #expect(found[0].runtime == runtime && found[0].sdk == "docker" && found[0].sha == "abc")
        #expect(found[0].visibility == .public && !found[0].namesVisibility)
        #expect(found[1].visibility == .protected && found[1].namesVisibility)
        #expect(found[1].runtime?.stage == "UNKNOWN" && found[1].runtime?.saysSleep == false)
    }
}
