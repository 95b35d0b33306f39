@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("what a sink shows")
struct SightingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let sink: String
        var script: [ScriptedTransport.Exchange] = []
        var files: [String: String] = [:]
        var ending: ScriptedProcesses.Ending?
        let presence: Sighting.Presence
        var value: String?
        var mark: String?

        var testDescription: String { "\(sink): \(presence)" }
    }

    private static let file = #"{kind: "file", path: "/run/s"}"#
    private static let github = #"{kind: "github-actions", token: "env:T", repository: "a/b", name: "S"}"#
    private static let secret = "GET https://api.github.com/repos/a/b/actions/secrets/S"
    private static let gitlab = #"{kind: "gitlab", token: "env:T", project: "a/b", key: "S", environment: "prod"}"#
    private static let variable =
        "GET https://gitlab.com/api/v4/projects/a%2Fb/variables/S?filter%5Benvironment_scope%5D=prod"
    private static let vault = #"{kind: "vault", token: "env:T", url: "https://v.example", path: "a", field: "f"}"#
    private static let data = "GET https://v.example/v1/secret/data/a"
    private static let kubernetes =
        #"{kind: "kubernetes", url: "https://k.example", token: "env:T", namespace: "n", name: "a", key: "k"}"#
    private static let object = "GET https://k.example/api/v1/namespaces/n/secrets/a"
    private static let aws =
        #"{kind: "aws-secrets-manager", region: "x", secret: "a", key: "k", url: "https://a.example","#
        + #" accessKeyId: "env:T", secretAccessKey: "env:T"}"#
    private static let call = "POST https://a.example/"
    private static let space = #"{kind: "hub-space", token: "env:T", space: "a/b", name: "S"}"#
    private static let spaceSecrets = "GET https://huggingface.co/api/spaces/a/b/secrets"
    private static let asked = #"{kind: "command", command: ["/opt/put"], evidence: true}"#

    static let rows: [Row] = [
        Row(sink: file, presence: .absent),
        Row(sink: file, files: ["/run/s": "old\n"], presence: .there, value: "old"),
        Row(sink: file, files: ["/run/s": ""], presence: .there, value: ""),
        Row(sink: github, script: [.answer(secret, 404, "{}")], presence: .absent),
        Row(
            sink: github, script: [.answer(secret, 200, #"{"updated_at":"2026-01-01T00:00:00Z"}"#)], presence: .there,
            mark: "2026-01-01T00:00:00Z"),
        Row(sink: github, script: [.answer(secret, 200, "{}")], presence: .there),
        Row(sink: gitlab, script: [.answer(variable, 404, "{}")], presence: .absent),
        // A server that does not know the filter shows the variable of another scope.
        Row(
            sink: gitlab, script: [.answer(variable, 200, #"{"value":"old","environment_scope":"*"}"#)],
            presence: .absent),
        Row(
            sink: gitlab, script: [.answer(variable, 200, #"{"value":"old","environment_scope":"prod"}"#)],
            presence: .there, value: "old"),
        Row(sink: gitlab, script: [.answer(variable, 200, #"{"value":null,"hidden":true}"#)], presence: .there),
        Row(sink: vault, script: [.answer(data, 404, #"{"errors":[]}"#)], presence: .absent),
        Row(
            sink: vault, script: [.answer(data, 200, #"{"data":{"data":{"x":"y"},"metadata":{"version":3}}}"#)],
            presence: .absent),
        Row(
            sink: vault, script: [.answer(data, 404, #"{"data":{"data":null,"metadata":{"version":3}}}"#)],
            presence: .absent),
        Row(
            sink: vault, script: [.answer(data, 200, #"{"data":{"data":{"f":"old"},"metadata":{"version":3}}}"#)],
            presence: .there, value: "old"),
        Row(sink: kubernetes, script: [.answer(object, 404, "{}")], presence: .absent),
        Row(sink: kubernetes, script: [.answer(object, 200, #"{"data":{"x":"b2xk"}}"#)], presence: .absent),
        Row(sink: kubernetes, script: [.answer(object, 200, "{}")], presence: .absent),
        Row(
            sink: kubernetes, script: [.answer(object, 200, #"{"data":{"k":"b2xk"}}"#)], presence: .there, value: "old"),
        Row(sink: aws, script: [.answer(call, 400, #"{"__type":"ResourceNotFoundException"}"#)], presence: .absent),
        Row(
            sink: aws, script: [.answer(call, 200, #"{"VersionId":"1","SecretString":"{\"x\":\"y\"}"}"#)],
            presence: .absent),
        Row(
            sink: aws, script: [.answer(call, 200, #"{"VersionId":"1","SecretString":"{\"k\":\"old\"}"}"#)],
            presence: .there, value: "old"),
        Row(sink: space, script: [.answer(spaceSecrets, 200, #"{"T":{}}"#)], presence: .absent),
        Row(
            sink: space, script: [.answer(spaceSecrets, 200, #"{"S":{"updatedAt":"b"}}"#)], presence: .there, mark: "b"),
        Row(sink: #"{kind: "command", command: ["/opt/put"]}"#, presence: .unknown),
        Row(
            sink: #"{kind: "command", command: ["/opt/put"], readable: true}"#, ending: .exit(0, ""),
            presence: .absent),
        Row(
            sink: #"{kind: "command", command: ["/opt/put"], readable: true}"#, ending: .exit(0, "old\n"),
            presence: .there, value: "old"),
        Row(sink: asked, ending: .exit(0, "\n"), presence: .absent),
        Row(sink: asked, ending: .exit(0, "{}"), presence: .there),
        Row(sink: asked, ending: .exit(0, #"{"evidence":"version","detail":"7"}"#), presence: .there, mark: "7"),
    ]

    @Test("is what is there, and no more than it says", arguments: rows)
    func sighting(row: Row) throws {
        let scene = try SinkScene(
            row.sink, row.script, files: MemoryFiles(row.files),
            processes: ScriptedProcesses(row.ending.map { [(["/opt/put"], $0)] } ?? []))
        let sighting = try scene.sink.look()
        #expect(sighting.presence == row.presence)
        #expect(sighting.value?.secret.revealedText() == row.value)
        #expect(sighting.mark == row.mark)
        #expect(scene.machine.transport.left.isEmpty)
        if row.value != nil { #expect(scene.sink.isReadable) }
        if row.value != nil || row.mark != nil { #expect(scene.sink.showsChange) }
    }

    @Test("every kind of sink may say whether its target is made")
    func create() throws {
        for row in Self.rows {
            let text = "{create: true, \(row.sink.dropFirst())"
            #expect(try SinkScene.complaints(text) == [])
        }
    }

    struct Comparison: Sendable {
        let sighting: Sighting
        let evidence: Evidence
        let standing: Standing
    }

    static let comparisons: [Comparison] = [
        Comparison(sighting: shown("new"), evidence: Evidence(.readBack), standing: .same),
        // Another field of the same secret may have changed.
        Comparison(sighting: shown("new"), evidence: Evidence(.version, "3"), standing: .same),
        Comparison(sighting: shown("old"), evidence: Evidence(.version, "3"), standing: .changed),
        Comparison(sighting: shown(""), evidence: Evidence(.readBack), standing: .changed),
        Comparison(sighting: Sighting(.absent), evidence: Evidence(.accepted), standing: .gone),
        Comparison(sighting: Sighting(.there, mark: "3"), evidence: Evidence(.version, "3"), standing: .same),
        Comparison(sighting: Sighting(.there, mark: "4"), evidence: Evidence(.version, "3"), standing: .changed),
        Comparison(sighting: Sighting(.there, mark: "b"), evidence: Evidence(.updated, "a"), standing: .changed),
        Comparison(sighting: Sighting(.there, mark: "b"), evidence: Evidence(.accepted, "a"), standing: .changed),
        Comparison(sighting: Sighting(.there, mark: "b"), evidence: Evidence(.accepted), standing: .notShown),
        Comparison(sighting: Sighting(.there), evidence: Evidence(.updated, "a"), standing: .notShown),
        Comparison(sighting: Sighting(.unknown), evidence: Evidence(.accepted), standing: .notShown),
    ]

    private static func shown(_ value: String) -> Sighting { Sighting(.there, value: SharedSecret(Secret(value))) }

    @Test("is compared with what was delivered", arguments: comparisons)
    func standing(row: Comparison) throws {
        let digests = TestDigests()
        let sha256 = try digests.sha256(Secret("new")).hexadecimal
        let standing = try row.sighting.standing(since: row.evidence, sha256: sha256) {
            (value) throws(MintError) in try digests.sha256(value.secret).hexadecimal
        }
        #expect(standing == row.standing)
    }
}
