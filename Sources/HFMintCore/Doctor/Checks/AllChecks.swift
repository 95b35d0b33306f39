/// Every check, in the order of the report: the job's identity, the way to the Hub, the Hub's answer, this machine.
package let allChecks: [Check] = [
    .provider,
    .idToken,
    .audience,
    .claims,
    .subject,
    .ref,
    .reusableWorkflow,
    .event,
    .expiry,
    .clock,
    .expect,
    .manifest,
    .audit,
    .endpoint,
    .proxy,
    .certificates,
    .hub,
    .exchange,
    .access,
    .trust,
    .ambientToken,
    .ambientResource,
    .tokenFiles,
    .netrc,
    .gitHelper,
    .gitHeader,
    .gitLogin,
    .stateDirectory,
    .stepFiles,
    .versions,
]

extension Check {
    /// Makes a check of an ID token's claims, which is skipped if there is no ID token.
    static func ofClaims(
        id: String, title: String, isPrerequisite: Bool = false,
        run: @escaping @Sendable (Claims, Examination) -> [Finding]
    ) -> Check {
        Check(id: id, title: title, isPrerequisite: isPrerequisite) { examination in
            examination.knownClaims.map { run($0, examination) } ?? [.skip("there is no ID token to look at")]
        }
    }
}
