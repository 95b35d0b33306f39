@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer person")
struct PersonTests {
    @Test(
        "names the page where to press the button",
        arguments: [
            (#"{kind: "person", what: "oauth-app"}"#, "https://huggingface.co/settings/connected-applications"),
            (#"{kind: "person", what: "user-token", name: "ci"}"#, "https://huggingface.co/settings/tokens (ci)"),
            (
                #"{kind: "person", what: "service-account", page: "HTTPS://huggingface.co:443/organizations/acme/"}"#,
                "https://huggingface.co/organizations/acme"
            ),
        ])
    func page(manifest: String, target: String) throws {
        let person = try RotationFixtures.issuer(manifest, on: RotationFixtures.machine())
        #expect(person.target == target)
        #expect(person.succession == .person && !person.isReadable && !person.takesChosenValue)
        #expect(try RotationFixtures.complaints(manifest).isEmpty)
    }

    @Test("lists nothing, proves nothing, and does nothing but say what to do")
    func refusals() throws {
        let person = try RotationFixtures.issuer(
            #"{kind: "person", what: "user-token"}"#, on: RotationFixtures.machine())
        let survey = try person.survey()
        #expect(survey.secrets.isEmpty && !survey.showsDeath)
        let refusal = StepFailure(
            .refused,
            "only a person can change this secret: press Refresh at https://huggingface.co/settings/tokens")
        #expect(throws: refusal) { _ = try person.create(RotationFixtures.creation()) }
        #expect(throws: refusal) { try person.delete("x") }
    }

    @Test("wants the page of a service account, which every organization has for itself")
    func serviceAccount() throws {
        let complaints = try RotationFixtures.complaints(#"{kind: "person", what: "service-account"}"#)
        #expect(complaints.map { $0.contains("needs 'page'") } == [true])
    }
}
