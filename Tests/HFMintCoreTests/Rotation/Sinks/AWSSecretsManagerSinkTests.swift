@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink aws-secrets-manager")
struct AWSSecretsManagerSinkTests {
    private let text = #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "app"}"#
    private let textOfMember = #"{kind: "aws-secrets-manager", region: "eu-central-1", secret: "app", key: "f"}"#
    private let call = "POST https://secretsmanager.eu-central-1.amazonaws.com/"
    private let environment: Environment = [
        "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "session",
    ]

    private func scene(_ text: String, _ answers: [(Int, String)]) throws -> SinkScene {
        try SinkScene(text, answers.map { .answer(call, $0.0, $0.1) }, environment: environment)
    }

    private func operations(_ scene: SinkScene) -> [String] {
        scene.machine.transport.sent.compactMap { sent in
            sent.request.headers.first { $0.name == "X-Amz-Target" }?.value.split(separator: ".").last.map(String.init)
        }
    }

    private func refusal(_ name: String) -> (Int, String) { (400, #"{"__type":"com.amazonaws#\#(name)"}"#) }

    private let current = (200, #"{"VersionId":"v1","SecretString":"{\"f\":\"old\",\"x\":1}"}"#)

    @Test("puts a version under AWSPENDING, moves AWSCURRENT to it from where it was, and leaves no AWSPENDING")
    func write() throws {
        let scene = try scene(text, [current, (200, "{}"), (200, "{}"), (200, "{}")])
        let evidence = try scene.write()
        let version = try #require(evidence.detail)
        #expect(evidence.kind == .version && version.utf8.count == 64)
        #expect(
            operations(scene) == [
                "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage",
            ])
        let put = #"{"SecretId":"app","ClientRequestToken":"\#(version)","VersionStages":["AWSPENDING"],"#
        #expect(scene.bodies[1] == put + #""SecretString":"s3cr3t-\u0022value\u0022"}"#)
        let move = #"{"SecretId":"app","VersionStage":"AWSCURRENT","MoveToVersionId":"\#(version)","#
        #expect(scene.bodies[2] == move + #""RemoveFromVersionId":"v1"}"#)
        #expect(scene.isFaithful(credential: "aws:eu-central-1:secretsmanager:AKIA:key"))
    }

    @Test("sets one member, and asks for the same version when it must do so again")
    func member() throws {
        let first = try scene(textOfMember, [current, (200, "{}"), (200, "{}"), (200, "{}")])
        let second = try scene(textOfMember, [current, (200, "{}"), (200, "{}"), (200, "{}")])
        let evidence = try first.write()
        #expect(try second.write() == evidence)
        #expect(
            first.bodies[1].hasSuffix(
                #""SecretString":"{\u0022f\u0022:\u0022s3cr3t-\u005cu0022value\u005cu0022\u0022,\u0022x\u0022:1}"}"#))
    }

    @Test("writes nothing where the value is current already, and takes AWSPENDING off it")
    func same() throws {
        let found = #"{"VersionId":"v2","VersionStages":["AWSCURRENT","AWSPENDING"],"SecretString":"s3cr3t-\"value\""}"#
        let scene = try scene(text, [(200, found), (200, "{}")])
        #expect(try scene.write() == Evidence(.version, "v2"))
        #expect(
            scene.bodies[1] == #"{"SecretId":"app","VersionStage":"AWSPENDING","RemoveFromVersionId":"v2"}"#)
    }

    @Test("looks again where AWSCURRENT moved meanwhile")
    func conflict() throws {
        let scene = try scene(
            text,
            [
                current, (200, "{}"), refusal("InvalidParameterException"), current, (200, "{}"), (200, "{}"),
                (200, "{}"),
            ])
        #expect(try scene.write().kind == .version)
    }

    @Test("the first version of a secret is current by itself")
    func first() throws {
        let done = #"{"VersionId":"v1","VersionStages":["AWSCURRENT"],"SecretString":"s3cr3t-\"value\""}"#
        let scene = try scene(text, [refusal("ResourceNotFoundException"), (200, "{}"), (200, done)])
        #expect(try scene.write() == Evidence(.version, "v1"))
    }

    @Test("a preflight leaves a secret alone that AWS rotates, that goes away, or that has no members")
    func preflight() throws {
        let target = "aws-secrets-manager:eu-central-1/app"
        let rotated = try scene(text, [(200, #"{"RotationEnabled":true}"#)])
        #expect(throws: StepFailure(.refused, "\(target): AWS rotates the secret itself; only one may")) {
            try rotated.sink.preflight()
        }
        let gone = try scene(text, [(200, #"{"DeletedDate":1.5}"#)])
        #expect(throws: StepFailure(.refused, "\(target): the secret is being deleted")) { try gone.sink.preflight() }
        let plain = try scene(textOfMember, [(200, "{}"), (200, #"{"VersionId":"v1","SecretString":"plain"}"#)])
        #expect(throws: StepFailure(.refused, "\(target)#f: the secret is no JSON object")) {
            try plain.sink.preflight()
        }
    }

    @Test("names AWS's refusal, and comes again when asked for fewer requests")
    func refusals() throws {
        let target = "aws-secrets-manager:eu-central-1/app"
        let denied = try scene(text, [refusal("AccessDeniedException")])
        #expect(throws: StepFailure(.refused, "\(target): DescribeSecret answered AccessDeniedException")) {
            try denied.sink.preflight()
        }
        let busy = try scene(text, [refusal("ThrottlingException")])
        let message = "\(target): POST on secretsmanager.eu-central-1.amazonaws.com answered 400 (ThrottlingException)"
        #expect(throws: StepFailure(.transient(retryAfterSeconds: nil), message)) { try busy.sink.preflight() }
        let unknown = try scene(text, [refusal("Whatever<script>")])
        #expect(throws: StepFailure(.refused, "\(target): DescribeSecret answered 400")) {
            try unknown.sink.preflight()
        }
    }
}
