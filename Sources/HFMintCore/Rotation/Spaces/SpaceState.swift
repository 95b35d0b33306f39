/// A Space as the Hub shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_space_api.py>
package struct SpaceState: Equatable, Sendable {
    package let resource: Resource
    /// `static`, `gradio`, `docker`.
    package let sdk: String?
    /// The Hub's word, of an open set: `RUNNING`.
    package let stage: String
    /// The commit of the repository.
    package let sha: String?
    /// The commit that runs.
    package let runningSHA: String?
    /// What was asked for; what runs may lag behind it.
    package let hardware: String?
    /// Nil for the default of the hardware.
    package let sleep: Sleep?
    package let visibility: Visibility?
    package let variables: Reading<[VariableState]>
    package let secrets: Reading<[SecretState]>
    /// Nil where the Hub says nothing of volumes.
    package let volumes: [Volume]?
    package let isInDevMode: Bool
    /// Whether the code was changed without a rebuild.
    package let isHotReloading: Bool

    package init(
        resource: Resource, sdk: String? = nil, stage: String, sha: String? = nil, runningSHA: String? = nil,
        hardware: String? = nil, sleep: Sleep? = nil, visibility: Visibility? = nil,
        variables: Reading<[VariableState]>, secrets: Reading<[SecretState]>, volumes: [Volume]? = nil,
        isInDevMode: Bool = false, isHotReloading: Bool = false
    ) {
        self.resource = resource
        self.sdk = sdk
        self.stage = stage
        self.sha = sha
        self.runningSHA = runningSHA
        self.hardware = hardware
        self.sleep = sleep
        self.visibility = visibility
        self.variables = variables
        self.secrets = secrets
        self.volumes = volumes
        self.isInDevMode = isInDevMode
        self.isHotReloading = isHotReloading
    }
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
    package let description: String?
    /// The Hub's own spelling; it may be absent, also of a secret that is there.
    package let updatedAt: String?

    package init(name: String, description: String? = nil, updatedAt: String? = nil) {
        self.name = name
        self.description = description
        self.updatedAt = updatedAt
    }
}

/// A variable as the Hub shows it.
package struct VariableState: Equatable, Sendable {
    package let name: String
    package let value: String
    package let description: String?
    package let updatedAt: String?

    package init(name: String, value: String, description: String? = nil, updatedAt: String? = nil) {
        self.name = name
        self.value = value
        self.description = description
        self.updatedAt = updatedAt
    }
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
