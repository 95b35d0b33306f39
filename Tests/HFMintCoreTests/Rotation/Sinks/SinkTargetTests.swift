import Foundation
@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink targets")
struct SinkTargetTests {
    @Test(
        "are the same for one place, however it is spelled",
        arguments: [
            [#"{kind: "file", path: "/etc/hfmint/x/secret"}"#, #"{kind: "file", path: "./y/..//x/secret"}"#],
            [
                #"{kind: "github-actions", token: "env:T", repository: "acme/training", name: "S"}"#,
                #"{kind: "github-actions", token: "env:U", repository: "Acme/Training", name: "s"}"#,
                #"{kind: "github-actions", token: "env:T", repository: "acme/training", name: "S","#
                    + #" url: "https://API.github.com:443/"}"#,
            ],
            [
                #"{kind: "gitlab", token: "env:T", project: "acme/training", key: "S"}"#,
                #"{kind: "gitlab", token: "env:T", project: "Acme/training/", key: "S", environment: "*"}"#,
            ],
            [
                #"{kind: "vault", token: "env:T", url: "https://v.example", path: "app", field: "f"}"#,
                #"{kind: "vault", token: "env:T", url: "https://v.example/", mount: "/secret/", path: "/app/","#
                    + #" field: "f"}"#,
            ],
            [
                #"{kind: "kubernetes", namespace: "acme", name: "app", key: "k"}"#,
                #"{kind: "kubernetes", namespace: "acme", name: "app", key: "k", force: true, token: "env:T"}"#,
            ],
            [
                #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "a/b"}"#,
                #"{kind: "aws-secrets-manager", region: "eu-central-1","#
                    + #" secret: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a/b-a1B2c3"}"#,
                #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "a/b","#
                    + #" url: "https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com"}"#,
            ],
            [
                #"{kind: "hub-space", token: "env:T", space: "acme/chat", name: "S"}"#,
                #"{kind: "hub-space", token: "env:T", space: "spaces/Acme/Chat", name: "S"}"#,
                #"{kind: "hub-space", token: "env:T", space: "https://huggingface.co/spaces/acme/chat", name: "S"}"#,
            ],
        ])
    func same(texts: [String]) throws {
        #expect(Set(try texts.map { try SinkScene($0).sink.target }).count == 1)
    }

    @Test(
        "are not the same for two places",
        arguments: [
            [
                #"{kind: "github-actions", token: "env:T", repository: "acme/a", name: "S"}"#,
                #"{kind: "github-actions", token: "env:T", repository: "acme/a", environment: "e", name: "S"}"#,
                #"{kind: "github-actions", token: "env:T", organization: "acme", name: "S"}"#,
                #"{kind: "github-actions", token: "env:T", url: "https://g.example/api/v3","#
                    + #" organization: "acme", name: "S"}"#,
            ],
            [
                #"{kind: "gitlab", token: "env:T", project: "a/b", key: "S"}"#,
                #"{kind: "gitlab", token: "env:T", group: "a/b", key: "S"}"#,
                #"{kind: "gitlab", token: "env:T", project: "a/b", key: "S", environment: "production"}"#,
            ],
            [
                #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "a"}"#,
                #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "a", key: "k"}"#,
                #"{kind: "aws-secrets-manager", region: "eu-west-1", secret: "a"}"#,
            ],
        ])
    func different(texts: [String]) throws {
        #expect(Set(try texts.map { try SinkScene($0).sink.target }).count == texts.count)
    }

    @Test(
        "a manifest is told what is wrong",
        arguments: [
            (#"{kind: "file", path: "x", mode: "0644"}"#, "must not let everyone use the file"),
            (#"{kind: "file", path: "x", mode: "rw"}"#, #"is not a mode such as "0640""#),
            (
                #"{kind: "github-actions", token: "env:T", name: "S"}"#,
                "needs either 'repository' or 'organization'"
            ),
            (
                #"{kind: "github-actions", token: "env:T", repository: "a/b", name: "github_x"}"#,
                "must not begin with a digit or GITHUB_"
            ),
            (
                #"{kind: "github-actions", token: "env:T", repository: "../b", name: "S"}"#,
                "is no repository: owner/name"
            ),
            (#"{kind: "gitlab", token: "env:T", project: "42", key: "S"}"#, "must be a full path, not a number"),
            (#"{kind: "vault", token: "env:T", url: "https://v", path: "a/../b", field: "f"}"#, "is no path"),
            (#"{kind: "command", command: ["sh"]}"#, "must name its program by an absolute path"),
            (#"{kind: "command", command: ["/bin/x"], timeout: "11m"}"#, "'timeout' is 1s to 10m"),
            (#"{kind: "hub-space", token: "env:T", space: "datasets/a/b", name: "S"}"#, "is no Space: owner/name"),
            (
                #"{kind: "aws-secrets-manager", region: "x", secret: "a", accessKeyId: "env:A"}"#,
                "needs both 'accessKeyId' and 'secretAccessKey', or neither"
            ),
        ])
    func complaint(text: String, expected: String) throws {
        #expect(try SinkScene.complaints(text) == [expected])
    }

    @Test("every example in the documentation is one that a manifest may hold")
    func documentation() throws {
        let text = try Checkout.text("docs/rotation-sinks.md")
        let examples = text.components(separatedBy: "```json5\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(examples.count >= sinkKinds.count)
        for example in examples { #expect(try SinkScene.complaints(example) == []) }
        #expect(sinkKinds.allSatisfy { text.contains("\n## `\($0.name)`\n") })
    }
}
