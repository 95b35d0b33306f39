/// Every check, in the order of the report: who this job is, the way to the Hub, the Hub's answer, what lies about.
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
    /// A check of an ID token's claims, skipped where there is none.
    static func ofClaims(
        id: String, title: String, isOnTheWay: Bool = false, run: @escaping @Sendable (Claims, Examination) -> [Finding]
    ) -> Check {
        Check(id: id, title: title, isOnTheWay: isOnTheWay) { examination in
            examination.knownClaims.map { run($0, examination) } ?? [.skip("there is no ID token to look at")]
        }
    }
}
