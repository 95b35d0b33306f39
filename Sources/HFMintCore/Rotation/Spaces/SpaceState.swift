/// A Space as the Hub shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_space_api.py>
package struct SpaceState: Equatable, Sendable {
    package let resource: Resource
    /// `static`, `gradio`, `docker`.
    package var sdk: String?
    /// The Hub's word, of an open set: `RUNNING`.
    package let stage: String
    /// The commit of the repository.
    package var sha: String?
    /// The commit that runs.
    package var runningSHA: String?
    /// What was asked for; what runs may lag behind it.
    package var hardware: String?
    /// Nil for the default of the hardware.
    package var sleep: Sleep?
    package var visibility: Visibility?
    package let variables: Reading<[VariableState]>
    package let secrets: Reading<[SecretState]>
    /// Nil where the Hub says nothing of volumes.
    package var volumes: [Volume]?
    package var isInDevMode = false
    /// Whether the code was changed without a rebuild.
    package var isHotReloading = false
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
    package var updatedAt: String?
}

/// What was found where a Space should be.
package enum SpaceReading: Equatable, Sendable {
    case there(SpaceState)
    case missing
    /// - Parameter clause: why, which follows the Space's name.
    case unreadable(_ clause: String)
    /// - Parameter name: what the Hub calls it now, `owner/name`.
    case renamed(_ name: String)
}
