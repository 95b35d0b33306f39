/// What becomes of a request to the Hub that the policy refuses.
package enum EnforcementMode: String, CaseIterable, Sendable {
    /// It is refused.
    case enforce
    /// It is recorded, and passes.
    case audit
}
