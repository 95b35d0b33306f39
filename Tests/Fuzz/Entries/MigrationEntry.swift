import HFMintCore

/// A workflow changes line by line, once: what the diff does not name is the same, and a second look finds nothing.
///
/// The first byte chooses the CI system.
package func fuzzMigration(_ input: [UInt8]) {
    let providers: [(String, Provider)] = [
        (".github/workflows/a.yml", .gitHubActions), (".gitlab-ci.yml", .gitLabCI),
        (".circleci/config.yml", .circleCI), (".buildkite/a.yml", .buildkite),
        (".forgejo/workflows/a.yml", .forgejoActions),
    ]
    let (path, provider) = providers[Int(input.first ?? 0) % providers.count]
    let old = Array(input.dropFirst())
    let given = try? Resource(parsing: "acme/model", endpoint: .huggingFace)
    let migration = Migration(path, old, provider, given: given)
    switch migration.outcome {
    case .nothing: return
    case .unsure(let doubts):
        let count = old.count { $0 == ASCII.lineFeed } + 1
        hold(!doubts.isEmpty, "what is left alone has a reason")
        hold(doubts.allSatisfy { (0...count).contains($0.line) }, "each stands in a line of the file")
    case .changed(let new, let diff):
        hold(new != old, "a change changes something")
        hold(patched(old, Array(diff.utf8)) == new, "the diff says what the change is")
        hold(Migration(path, new, provider, given: given).outcome == .nothing, "a second look finds nothing to do")
        hold(text(new).utf8.elementsEqual(new), "the text stays UTF-8")
        hold((old.last == ASCII.lineFeed) == (new.last == ASCII.lineFeed), "the end of the file stays")
    }
}

/// What a patch makes of a text: the lines of each hunk, and those between the hunks as they are.
private func patched(_ old: [UInt8], _ diff: [UInt8]) -> [UInt8]? {
    let lines = broken(old)
    var (result, next): ([UInt8], Int) = ([], 0)
    var hunk = broken(diff).dropFirst(2)
    var isAdded: Bool?
    while let line = hunk.popFirst() {
        switch line.first {
        case UInt8(ascii: "@"):
            let start = Int(text(line.dropFirst(4).prefix { $0 != UInt8(ascii: ",") && $0 != ASCII.space })) ?? 0
            let isInsertion = text(line).utf8.starts(with: "@@ -\(start),0 ".utf8)
            let first = isInsertion ? start : start - 1
            guard first >= next, first <= lines.count else { return nil }
            result += lines[next..<first].joined()
            next = first
        case UInt8(ascii: "+"):
            result += line.dropFirst()
            isAdded = true
        case UInt8(ascii: "\\"):
            // The line before it has no line break.
            if isAdded == true { result.removeLast() }
            if isAdded == nil { result.removeLast() }
        case ASCII.minus, ASCII.space:
            guard next < lines.count else { return nil }
            let isLast = !(lines[next].last == ASCII.lineFeed)
            guard lines[next] + (isLast ? [ASCII.lineFeed] : []) == Array(line.dropFirst()) else { return nil }
            isAdded = line.first == ASCII.minus ? false : nil
            if line.first == ASCII.space { result += line.dropFirst() }
            next += 1
        default: return nil
        }
    }
    return result + lines[next...].joined()
}

/// The lines, each with its line break.
private func broken(_ text: [UInt8]) -> [[UInt8]] {
    var (lines, start): ([[UInt8]], Int) = ([], 0)
    for index in text.indices where text[index] == ASCII.lineFeed {
        lines.append(Array(text[start...index]))
        start = index + 1
    }
    return start < text.count ? lines + [Array(text[start...])] : lines
}
