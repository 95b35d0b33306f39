/// A Space as the Hub shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_space_api.py>
package struct SpaceState: Equatable, Sendable {
    package let resource: Resource
    /// `static`, `gradio`, `docker`.
    package var sdk: String?
    /// The commit of the repository.
    package var sha: String?
    package var visibility: Visibility?
    package let runtime: SpaceRuntime
    package let variables: Reading<[VariableState]>
    package let secrets: Reading<[SecretState]>
}

/// What was read of one thing, or why it was not: what is unreadable is never taken for missing.
package enum Reading<Value: Equatable & Sendable>: Equatable, Sendable {
    case read(Value)
    /// - Parameter clause: follows the name of what was read: "answered 403".
    case unreadable(_ clause: String)
}

/// A secret as the Hub shows it, without its value.
package struct SecretState: Equatable, Sendable {
    package let name: String
    package var description: String?
    /// The Hub's own spelling; it may be absent, also of a secret that is there.
    package var updatedAt: String?
}

/// A variable as the Hub shows it.
package struct VariableState: Equatable, Sendable {
    package let name: String
    package let value: String
    package var description: String?
    /// As ``SecretState/updatedAt``.
    package var updatedAt: String?
}

/// What was found where something should be.
package enum Found<State: Equatable & Sendable>: Equatable, Sendable {
    case there(State)
    case missing
    /// - Parameter name: what the Hub calls it now, `owner/name`.
    case renamed(_ name: String)
    /// - Parameter clause: why, which follows its name.
    case unreadable(_ clause: String)

    /// Why nothing is known of its state, as a clause that follows its name; nil if something is.
    package var absence: String? {
        switch self {
        case .there: nil
        case .missing: "is not there"
        case .renamed(let name): "is called '\(name)' now"
        case .unreadable(let clause): clause
        }
    }
}

package typealias SpaceReading = Found<SpaceState>
