/// A place in the manifest, with the text that it stands in.
package struct ManifestNode: Sendable {
    let text: JSONText
    let node: JSONNode

    package init(_ text: JSONText) {
        self.text = text
        node = text.root
    }

    private init(text: JSONText, node: JSONNode) {
        self.text = text
        self.node = node
    }

    /// A `null` too: a manifest has no use for one, and is told where it stands.
    package subscript(name: String) -> ManifestNode? {
        node.member(name).map { ManifestNode(text: text, node: $0) }
    }

    package var string: String? {
        text.string(node).map { String(decoding: $0, as: UTF8.self) }
    }

    package var integer: Int? { text.integer(node) }

    package var bool: Bool? {
        if case .bool(let value) = node.value { value } else { nil }
    }

    package var isNull: Bool { node.isNull }

    package var elements: [ManifestNode] { node.elements?.map { ManifestNode(text: text, node: $0) } ?? [] }

    /// Names and values, in the order of the text.
    package var members: [(name: String, value: ManifestNode)] {
        node.members?.map { (String(decoding: $0.name, as: UTF8.self), ManifestNode(text: text, node: $0.node)) } ?? []
    }

    package func has(_ name: String) -> Bool { node.member(name) != nil }
}

/// What is wrong with a manifest, and where.
package struct ManifestIssue: Equatable, Sendable {
    /// `rotations.hub.schedule.cron`.
    package let path: String
    package let place: TextPlace
    /// A clause that may follow the path: "is not a duration such as 30s".
    package let complaint: String

    package init(path: String, at place: TextPlace, complaint: String) {
        self.path = path
        self.place = place
        self.complaint = complaint
    }

    package var sentence: String {
        "\(place.words): \(path.isEmpty ? "the manifest" : "'\(path.printable)'") \(complaint)"
    }
}
