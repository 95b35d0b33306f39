import HFMintCore
import HFMintTesting
import Testing

/// `"name": null` is read as if `name` were not there, whoever wrote it.
@Suite("a null member")
struct NullMemberTests {
    @Test("is absent, unless its reader asks for it as it stands")
    func absent() throws {
        let text = try JSONText(Array(#"{"a":null,"b":{"c":null},"d":[null]}"#.utf8))
        #expect(text.root["a"] == nil && text.root["b"]?["c"] == nil)
        #expect(text.root["d"]?.elements?.count == 1)
        #expect(text.root.member("a")?.isNull == true && text.root.member("e") == nil)
    }

    /// A sink, and answers to its preflight in which nothing stands in the way but a null.
    private static let preflights: [(sink: String, script: [ScriptedTransport.Exchange])] = [
        (
            #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "app"}"#,
            [
                .answer(aws, 200, #"{"RotationEnabled":null,"DeletedDate":null}"#),
                .answer(aws, 200, #"{"VersionId":"v1","VersionStages":null,"SecretString":"old"}"#),
            ]
        ),
        (
            #"{kind: "kubernetes", namespace: "acme", name: "app", key: "k", token: "env:T"}"#,
            [
                .answer("GET \(secret)", 200, #"{"immutable":null,"data":null}"#),
                .answer("PATCH \(secret)?fieldManager=hfmint-k&force=false&dryRun=All", 200, #"{"data":null}"#),
            ]
        ),
    ]
    private static let aws = "POST https://secretsmanager.eu-central-1.amazonaws.com/"
    private static let secret = "https://kubernetes.default.svc/api/v1/namespaces/acme/secrets/app"

    @Test("stops no preflight", arguments: preflights)
    func preflight(sink: String, script: [ScriptedTransport.Exchange]) throws {
        let scene = try SinkScene(
            sink, script, environment: ["T": "t0ken", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "key"])
        try scene.sink.preflight()
        #expect(scene.machine.transport.left.isEmpty)
    }

    @Test("is no claim of an ID token, and no other job than without it")
    func claim() throws {
        let claims = Claims(try JSONText(Array(#"{"ref":null,"sub":"a"}"#.utf8)))
        #expect(claims["ref"] == nil && claims.lasting == ["sub=a"])
    }

    @Test("hides nothing that a key may be used for, and opens nothing that a header may not have")
    func keys() throws {
        let key = #""kty":"RSA","kid":"k","alg":null,"use":null,"key_ops":null,"d":null,"n":"AQAB","e":"AQAB""#
        let set = try JSONWebKeySet(Array("{\"keys\":[{\(key)}]}".utf8))
        #expect(set.has(Array("k".utf8)))
        #expect(throws: Malformed.self) {
            try JOSEHeader(try JSONText(Array(#"{"alg":"RS256","kid":"k","crit":null}"#.utf8)))
        }
    }
}
