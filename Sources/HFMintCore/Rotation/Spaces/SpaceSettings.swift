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

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
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

    /// Whether both mount the same repository.
    func isSource(of other: Volume) -> Bool {
        type.utf8.elementsEqual(other.type.utf8) && source.utf8.elementsEqual(other.source.utf8)
    }

    /// Whether the Hub hides the source from this reader, so that nobody can compare it.
    package var isMasked: Bool { source.utf8.contains(UInt8(ascii: "*")) }
}

/// When an app counts as healthy after a write.
package struct Health: Equatable, Sendable {
    /// In seconds.
    package var timeout = 600
    /// The app's own page, which must answer 200; nil if its stage is enough.
    package var url: HTTPURL?
}

extension Health {
    static let shape = ObjectShape(
        [
            .optional("timeout", .string(.duration), "how long it may take after a write (10m)"),
            .optional("url", .string(.url), "the app's own page, which must answer 200"),
        ],
        rule: { health in
            guard let seconds = health.duration("timeout") else { return nil }
            if seconds == 0 { return "needs a 'timeout' that is longer than nothing" }
            return seconds > 86_400 ? "has a 'timeout' of more than a day, for which all others would wait" : nil
        })

    init(_ node: ManifestNode) {
        self.init(timeout: node.duration("timeout") ?? 600, url: node["url"]?.string.flatMap { HTTPURL($0) })
    }
}
