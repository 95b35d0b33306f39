/// One workflow file on its way: what is in it, what changes, and of what hfmint is not sure.
struct WorkflowEditor: Sendable {
    let text: SourceText
    let reader: YAMLReader
    /// Secrets that hold a token, whatever they are called.
    let secrets: Set<String>
    /// Each line that names a token, outside of comments.
    let mentions: [Int: [TokenMention]]
    var edits = LineEdits()
    var doubts: [Doubt] = []
    /// The lines whose mentions are accounted for.
    var explained: Set<Int> = []
    var jobs: [MigratedJob] = []
    var notes: [String] = []
    /// What the user says the tokens are for.
    let given: Resource?

    /// The number of doubts after which no more are looked for.
    private static let mostDoubts = 20

    init(_ text: SourceText, given: Resource?) throws(Doubt) {
        self.text = text
        self.given = given
        reader = try YAMLReader(text)
        let isToken: (YAMLEntry) -> Bool = { TokenName.matches($0.key.utf8) }
        let found = reader.root.allEntries.filter(isToken).compactMap { entry in
            entry.value.scalar.flatMap { TokenName.secret(in: $0.text) }
        }
        secrets = Set(found)
        var mentions: [Int: [TokenMention]] = [:]
        for (index, line) in text.lines.enumerated() where !line.isComment {
            let all = TokenMention.all(in: line.bytes[..<reader.codeEnd(index)], secrets: secrets)
            if !all.isEmpty { mentions[index] = all }
        }
        self.mentions = mentions
    }

    func isMentioned(in lines: Range<Int>) -> Bool { lines.contains { mentions[$0] != nil } }

    /// Runs `body`, and keeps the doubt that it throws.
    mutating func trying(_ body: (inout WorkflowEditor) throws(Doubt) -> Void) {
        do throws(Doubt) { try body(&self) } catch { doubts.append(error) }
    }

    /// Throws if an anchor, an alias, a tag or a merge key stands in these lines.
    func refuseOdd(in lines: Range<Int>) throws(Doubt) {
        for line in lines {
            if let what = reader.odd[line] {
                throw Doubt(at: line, "it holds \(what), so that other places may change too")
            }
        }
    }

    /// Returns the entries of a mapping of variables that hand a token in.
    ///
    /// - Parameter isHandedIn: returns whether a value is a secret and nothing else.
    func tokens(in variables: YAMLEntry?, isHandedIn: (String) -> Bool) throws(Doubt) -> [YAMLEntry] {
        guard let variables else { return [] }
        guard let entries = variables.value.entries else {
            guard !isMentioned(in: variables.lines) else {
                throw Doubt(at: variables.line, "the token stands in a mapping in brackets")
            }
            return []
        }
        var found: [YAMLEntry] = []
        for entry in entries where TokenName.matches(entry.key.utf8) {
            guard let scalar = entry.value.scalar, scalar.isOneLine, isHandedIn(scalar.text) else {
                throw Doubt(at: entry.line, "the value of \(entry.key) is computed, or is no secret")
            }
            found.append(entry)
        }
        return found
    }

    /// Takes entries out of a mapping of variables, and the mapping out of its owner if none is left.
    mutating func remove(_ tokens: [YAMLEntry], from variables: YAMLEntry, of owner: YAMLNode) throws(Doubt) {
        guard !tokens.isEmpty else { return }
        explained.formUnion(tokens.flatMap(\.lines))
        guard tokens.count == variables.value.entries?.count else {
            for token in tokens { try edits.remove(token.lines) }
            return
        }
        try remove(variables, of: owner)
    }

    /// Takes a whole entry out of its mapping.
    mutating func remove(_ entry: YAMLEntry, of owner: YAMLNode) throws(Doubt) {
        let siblings = owner.entries ?? []
        let startsItem = reader.lines[entry.line].indent < entry.column
        guard siblings.count > 1 else {
            throw Doubt(at: entry.line, "nothing would be left beside '\(entry.key)'")
        }
        guard startsItem else {
            try edits.remove(entry.lines)
            let (before, after) = (entry.lines.lowerBound - 1, entry.lines.upperBound)
            let isGap = after < text.lines.count && text.lines[after].isBlank
            if isGap, before < 0 || text.lines[before].isBlank { try edits.remove(after..<after + 1) }
            return
        }
        guard let next = siblings.first(where: { $0.line > entry.line }) else {
            throw Doubt(at: entry.line, "nothing would be left beside '\(entry.key)'")
        }
        // The dash moves to the next key.
        let start = reader.lines[entry.line].text(0, entry.column)
        try edits.replace(next.line, with: [start + reader.lines[next.line].text(next.column)])
        try edits.remove(entry.lines)
    }

    /// Adds a doubt for every mention that nothing accounts for.
    ///
    /// - Parameter reason: returns why a line is left alone, or nil if that does not show.
    mutating func doubtTheRest(_ reason: (Int) -> String?) {
        let isSure = doubts.isEmpty
        for line in mentions.keys.sorted() where !explained.contains(line) {
            guard doubts.count < Self.mostDoubts else { return }
            guard !doubts.contains(where: { $0.line == line + 1 }) else { continue }
            // Where something else is in the way already, that may be the reason.
            guard let text = reason(line) ?? (isSure ? "it is handed over in a way that hfmint does not know" : nil)
            else { continue }
            doubts.append(Doubt(at: line, text))
        }
    }
}

/// A job that gets its token from its ID token from now on.
struct MigratedJob: Sendable {
    let name: String
    /// nil stands for a repository whose name is not in the file.
    let resources: [Resource?]
    /// The environment that the job deploys to, if it is written out.
    var environment: String?
}

extension YAMLNode {
    /// The entries of every mapping in it.
    var allEntries: [YAMLEntry] {
        switch value {
        case .mapping(let entries): entries.flatMap { [$0] + $0.value.allEntries }
        case .sequence(let items): items.flatMap { $0.value.allEntries }
        case .scalar, .flow, .empty: []
        }
    }

    /// Returns the keys on the way to a line, the outermost first.
    func keys(to line: Int) -> [String] {
        switch value {
        case .mapping(let entries):
            guard let entry = entries.last(where: { $0.lines.contains(line) }) else { return [] }
            return [entry.key] + entry.value.keys(to: line)
        case .sequence(let items): return items.last { $0.lines.contains(line) }?.value.keys(to: line) ?? []
        case .scalar, .flow, .empty: return []
        }
    }
}
