/// A Space as the manifest wants it; what is nil is not managed.
package struct SpaceDefinition: Equatable, Sendable {
    /// Of the kind `.space`.
    package let resource: Resource
    /// Who answers for it.
    package let owner: String?
    /// The path of the manifest that has it: an app's, or the root's.
    package let app: String
    /// The place of the entry in ``app``.
    package let place: ManifestPlace
    /// What must be healthy before: `spaces/acme/chat`, `endpoints/acme/scorer`. Some may not be in this definition, if
    /// the user named an app alone.
    package let after: [String]
    package let wave: Int
    /// The Hub's word for it, of an open set: `cpu-basic`.
    package let hardware: String?
    package let sleep: Sleep?
    package let visibility: Visibility?
    package let variables: [Entry]
    package let secrets: [SecretDefinition]
    /// The whole list, or nil if volumes are not managed.
    package let volumes: [Volume]?
    package let health: Health
    /// Whether nothing of it is ever deleted.
    package let isProtected: Bool
    /// What is neither compared nor sent: `hardware`, `variables.LEVEL`.
    package let ignored: [String]

    package init(
        resource: Resource, owner: String? = nil, app: String, place: ManifestPlace, after: [String] = [],
        wave: Int = 0, hardware: String? = nil, sleep: Sleep? = nil, visibility: Visibility? = nil,
        variables: [Entry] = [], secrets: [SecretDefinition] = [], volumes: [Volume]? = nil,
        health: Health = Health(), isProtected: Bool = false, ignored: [String] = []
    ) {
        self.resource = resource
        self.owner = owner
        self.app = app
        self.place = place
        self.after = after
        self.wave = wave
        self.hardware = hardware
        self.sleep = sleep
        self.visibility = visibility
        self.variables = variables
        self.secrets = secrets
        self.volumes = volumes
        self.health = health
        self.isProtected = isProtected
        self.ignored = ignored
    }
}

/// When a Space falls asleep without visitors.
package enum Sleep: Equatable, Sendable {
    case never
    case seconds(Int)
}

/// Who sees a Space, each case more than the one before it.
///
/// <https://huggingface.co/docs/hub/spaces-overview>
package enum Visibility: String, CaseIterable, Comparable, Sendable {
    case `private`
    /// Everybody uses the app, and the organization alone sees its code.
    case protected
    case `public`

    package static func < (left: Visibility, right: Visibility) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .private: 0
        case .protected: 1
        case .public: 2
        }
    }
}

/// A repository that a Space mounts, with the defaults that the Hub fills in, so that two can be compared.
///
/// <https://huggingface.co/docs/hub/spaces-storage>
package struct Volume: Equatable, Sendable {
    /// The Hub's word, of an open set: `model`, `dataset`, `space`, `bucket`.
    package let type: String
    /// `owner/name`; `****/******` to a reader who may not see it.
    package let source: String
    package let mountPath: String
    /// `main` for a repository of which no revision was named; nil for a bucket.
    package let revision: String?
    /// Repositories other than buckets are always read-only.
    package let isReadOnly: Bool
    /// The folder of the source that is mounted, or nil for all of it.
    package let path: String?

    package init(
        type: String, source: String, mountPath: String, revision: String? = nil, isReadOnly: Bool? = nil,
        path: String? = nil
    ) {
        let isBucket = type.utf8.elementsEqual("bucket".utf8)
        self.type = type
        self.source = source
        self.mountPath = mountPath
        self.revision = revision ?? (isBucket ? nil : "main")
        self.isReadOnly = !isBucket || isReadOnly ?? false
        self.path = path.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the Hub hides the source from this reader, so that nobody can compare it.
    package var isMasked: Bool { source.utf8.contains(UInt8(ascii: "*")) }
}
