/// A comparison of a manifest with its ``Shape``, which finds every mistake at once.
package struct ManifestCheck {
    private let text: [UInt8]
    /// Made at the first mistake.
    private lazy var places = TextPlaces(text)
    package private(set) var issues: [ManifestIssue] = []

    private init(_ text: JSONText) {
        self.text = text.bytes
    }

    /// Returns every mistake in `text`, at most 100.
    package static func issues(in text: JSONText, shape: Shape) -> [ManifestIssue] {
        var check = ManifestCheck(text)
        check.check(ManifestNode(text), shape, path: "")
        return check.issues
    }

    /// Adds an issue, and evaluates its complaint only if the issue is kept.
    private mutating func complain(_ complaint: @autoclosure () -> String, path: String, at offset: Int) {
        guard issues.count < 100 else { return }
        issues.append(ManifestIssue(path: path, place: places[offset], complaint: complaint()))
    }

    private mutating func check(_ node: ManifestNode, _ shape: Shape, path: String) {
        let start = node.offset
        guard !node.isNull else { return complain("is null, and says nothing: leave it out", path: path, at: start) }
        switch shape {
        case .object(let object): checkObject(node, object, path: path)
        case .variants(let variants): checkVariant(node, variants, path: path)
        case .map(let value, let noun, let names, let counts):
            checkMap(node, value, noun, names, counts, path: path)
        case .array(let element, let least, let most):
            guard node.json.elements != nil else { return complain("must be a list", path: path, at: start) }
            if node.elements.count < least { complain("must not be empty", path: path, at: start) }
            if node.elements.count > most { return complain("has more than \(most) elements", path: path, at: start) }
            for (index, item) in node.elements.enumerated() { check(item, element, path: "\(path)[\(index)]") }
        case .string(let rule):
            guard let text = node.string else { return complain("must be a string", path: path, at: start) }
            if let complaint = rule.complaint(about: text) { complain(complaint, path: path, at: start) }
        case .integer(let range):
            guard let number = node.integer, range.contains(number) else {
                let how = node.json.value == .number && node.integer == nil ? ", without a point or an exponent" : ""
                return complain(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound)\(how)", path: path,
                    at: start)
            }
        case .bool: if node.bool == nil { complain("must be true or false", path: path, at: start) }
        case .secretReference:
            if let complaint = SecretReference.complaint(about: node) { complain(complaint, path: path, at: start) }
        }
    }

    private mutating func checkMap(
        _ node: ManifestNode, _ value: Shape, _ noun: String, _ names: NameRule, _ counts: ClosedRange<Int>,
        path: String
    ) {
        let start = node.offset
        guard let count = node.json.members?.count else { return complain("must be an object", path: path, at: start) }
        if count < counts.lowerBound { complain("must not be empty", path: path, at: start) }
        if count > counts.upperBound {
            return complain("has more than \(counts.upperBound) members", path: path, at: start)
        }
        for (index, member) in node.members.enumerated() {
            let memberPath = join(path, member.name)
            if let complaint = names.complaint(about: member.name, of: noun) {
                complain(complaint, path: memberPath, at: node.json.members?[index].offset ?? 0)
            }
            check(member.value, value, path: memberPath)
        }
    }

    private mutating func checkVariant(_ node: ManifestNode, _ variants: [Shape.Variant], path: String) {
        guard node.json.members != nil else { return complain("must be an object", path: path, at: node.offset) }
        let kinds = variants.map(\.kind)
        guard let kind = node["kind"]?.string else {
            return complain("needs a 'kind': one of \(kinds.joined(separator: ", "))", path: path, at: node.offset)
        }
        guard let variant = variants.first(where: { $0.kind.utf8.elementsEqual(kind.utf8) }) else {
            return complain(
                "must be one of \(kinds.joined(separator: ", "))\(Self.nearest(kind, kinds))", path: join(path, "kind"),
                at: node["kind"]?.offset ?? 0)
        }
        checkObject(node, variant.object, path: path)
    }

    private mutating func checkObject(_ node: ManifestNode, _ shape: ObjectShape, path: String) {
        let start = node.offset
        guard let members = node.json.members else { return complain("must be an object", path: path, at: start) }
        let issuesBefore = issues.count
        for (member, named) in zip(members, node.members) {
            guard let field = shape.fields.first(where: { $0.name.utf8.elementsEqual(named.name.utf8) }) else {
                complain(
                    "is not a key here\(Self.nearest(named.name, shape.fields.map(\.name)))",
                    path: join(path, named.name), at: member.offset)
                continue
            }
            check(named.value, field.shape, path: join(path, field.name))
        }
        for field in shape.fields where field.isRequired && node[field.name] == nil {
            complain("needs '\(field.name)': \(field.help)", path: path, at: start)
        }
        guard issues.count == issuesBefore, let complaint = shape.rule?(node) else { return }
        complain(complaint, path: path, at: start)
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private static func nearest(_ typed: String, _ words: [String]) -> String {
        didYouMean(typed, among: words).map { "; \($0)" } ?? ""
    }
}
