/// A pattern of resources: one resource, or all of a kind in a namespace.
///
/// The text is parsed into kind, namespace and name, so that `*` can stand for a name only.
package struct ResourcePattern: Hashable, Sendable {
    package let kind: Resource.Kind
    package let namespace: String
    /// The resource's name, or nil for all names.
    package let name: String?
}

extension ResourcePattern {
    /// Reads `acme/model`, `datasets/acme/*` or `acme-bot`, or returns nil for anything else, such as a URL.
    package init?(parsing text: String) {
        let everyName = Array("/*".utf8)
        let isEvery = text.utf8.suffix(2).elementsEqual(everyName)
        // A name in the star's place makes it a resource, which the reader of resources checks.
        let literal = isEvery ? String(decoding: text.utf8.dropLast(2), as: UTF8.self) + "/any" : text
        guard let resource = try? Resource(parsing: literal, endpoint: .huggingFace),
            resource.canonical.utf8.elementsEqual(literal.utf8), !isEvery || resource.kind != .user
        else { return nil }
        kind = resource.kind
        namespace = resource.namespace
        name = isEvery ? nil : resource.name
    }

    var ofEveryName: ResourcePattern { ResourcePattern(kind: kind, namespace: namespace, name: nil) }

    /// The pattern in the spelling of a manifest.
    package var text: String {
        Resource(kind: kind, namespace: namespace, name: name ?? "*").canonical
    }

    /// The one resource that the pattern covers, or nil if it covers many.
    package var literal: Resource? {
        name.map { Resource(kind: kind, namespace: namespace, name: $0) }
    }

    package func covers(_ resource: Resource) -> Bool {
        kind == resource.kind && namespace.hasBytes(of: resource.namespace)
            && (name.map { $0.hasBytes(of: resource.name) } ?? true)
    }

    package func covers(_ other: ResourcePattern) -> Bool {
        guard kind == other.kind, namespace.utf8.elementsEqual(other.namespace.utf8) else { return false }
        guard let name else { return true }
        return other.name.map { name.utf8.elementsEqual($0.utf8) } ?? false
    }
}

extension ResourcePattern {
    /// The syntax of ``init(parsing:)`` as a regular expression.
    fileprivate static var schemaPattern: String {
        let prefix = "(datasets|spaces|kernels|buckets)"
        let name = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"
        return "^(\(prefix)/\(name)/(\(name)|\\*)|(?!\(prefix)(/|$))\(name)(/(\(name)|\\*))?)$"
    }
}

extension StringRule {
    /// The rule of a resource, or `*` in place of its name.
    static let resource = StringRule.matching(ResourcePattern.schemaPattern) { text in
        ResourcePattern(parsing: text) == nil
            ? "is not a resource: write owner/name, datasets/owner/name …, a user name, or * for a name alone" : nil
    }
}
