/// A value in a manifest or in a file that is read like one, with the text that holds it.
package struct ManifestNode: Sendable {
    let text: JSONText
    let json: JSONNode

    /// Where the value begins in the text, in bytes.
    var offset: Int { json.range.lowerBound }

    /// Returns the member `name`, also if it is `null`, so that the check can refuse it; else nil.
    package subscript(name: String) -> ManifestNode? {
        json.member(name).map { ManifestNode(text: text, json: $0) }
    }

    package var string: String? {
        text.string(json).map { String(decoding: $0, as: UTF8.self) }
    }

    package var integer: Int? { text.integer(json) }

    package var bool: Bool? { json.bool }

    package var isNull: Bool { json.isNull }

    package var elements: [ManifestNode] { json.elements?.map { ManifestNode(text: text, json: $0) } ?? [] }

    /// The names and values, in the order of the text.
    package var members: [(name: String, value: ManifestNode)] {
        json.members?.map { (String(decoding: $0.name, as: UTF8.self), ManifestNode(text: text, json: $0.node)) } ?? []
    }

    package func has(_ name: String) -> Bool { json.member(name) != nil }
}

extension ManifestNode {
    /// Makes the node of the whole text.
    package init(_ text: JSONText) { self.init(text: text, json: text.root) }
}

/// A mistake in a manifest, and where it stands.
package struct ManifestIssue: Equatable, Sendable {
    /// `rotations.hub.schedule.cron`.
    package let path: String
    package let place: TextPlace
    /// A clause that follows the path: "is not a duration such as 30s".
    package let complaint: String

    package var sentence: String {
        "\(place.words): \(path.isEmpty ? "the manifest" : "'\(path.printable)'") \(complaint)"
    }
}
