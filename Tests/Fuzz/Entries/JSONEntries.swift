internal import HFMintCore

/// The reader accepts what ``LittleJSON`` accepts and sees the same values, every range lies inside its parent's,
/// and what is written can be read.
package func fuzzJSON(_ input: [UInt8]) { check(input, .json) }

/// The same of what a person writes; and whatever is JSON is read alike.
package func fuzzJSON5(_ input: [UInt8]) {
    check(input, .json5)
    guard let strict = try? JSONText(input) else { return }
    hold((try? JSONText(input, dialect: .json5)) == strict, "JSON means the same in both dialects")
}

private func check(_ input: [UInt8], _ dialect: JSONDialect) {
    let expected = LittleJSON.read(input, isRelaxed: dialect == .json5)
    do throws(Malformed) {
        let read = try JSONText(input, dialect: dialect)
        hold(agrees(read.root, expected, in: input), "both readers see the same values")
        checkRanges(read.root, within: 0..<input.count)
        let again = try? JSONText(input, dialect: dialect)
        hold(again == read, "reading twice gives the same")
        if let expected { checkRendering(expected) }
    } catch {
        hold((0...input.count).contains(error.offset), "the offset of an error lies in the text")
        hold(expected == nil, "refused (\(error.reason)) what the other reader takes")
    }
}

private func agrees(_ node: JSONNode, _ expected: LittleJSON?, in bytes: [UInt8]) -> Bool {
    let span = bytes.span
    switch (node.value, expected) {
    case (.null, .null): return node.integer(in: span) == nil
    case (.bool(let value), .bool(let other)): return value == other
    case (.number, .number(let digits)):
        return bytes[node.range].elementsEqual(digits.utf8) && node.integer(in: span) == expected?.integer
    case (.string, .string(let expected)):
        let decoded = node.string(in: span)
        let isText = decoded.map { String(validating: $0, as: UTF8.self) != nil } ?? false
        let isSame = node.secret(in: span)?.reveal { $0.bytes } == decoded
        return isText && isSame && decoded == expected && expected.count <= node.range.count
    case (.array(let elements), .array(let expected)):
        return elements.count == expected.count
            && zip(elements, expected).allSatisfy { agrees($0, $1, in: bytes) }
    case (.object(let members), .object(let expected)):
        return members.count == expected.count
            && zip(members, expected).allSatisfy { member, other in
                member.name == other.name && agrees(member.node, other.value, in: bytes)
                    && node.member(text(member.name)) == member.node
                    && node[text(member.name)] == (member.node.isNull ? nil : member.node)
            }
    default: return false
    }
}

private func checkRanges(_ node: JSONNode, within parent: Range<Int>) {
    hold(parent.lowerBound <= node.range.lowerBound, "a range begins inside its parent's")
    hold(node.range.upperBound <= parent.upperBound, "a range ends inside its parent's")
    let children = node.elements ?? node.members?.map(\.node) ?? []
    var end = node.range.lowerBound
    for child in children {
        hold(child.range.lowerBound >= end, "siblings do not overlap")
        end = child.range.upperBound
        checkRanges(child, within: node.range)
    }
}

/// Any tree of values: the input is a program of one letter and its operand at a time.
package func fuzzJSONWriter(_ input: [UInt8]) {
    var rest = input[...]
    checkRendering(tree(&rest, depth: 0))
}

private func tree(_ rest: inout ArraySlice<UInt8>, depth: Int) -> LittleJSON {
    guard let letter = rest.popFirst(), depth < 30 else { return .null }
    switch letter {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
        var items: [LittleJSON] = []
        while let next = rest.first, next != UInt8(ascii: "]") { items.append(tree(&rest, depth: depth + 1)) }
        _ = rest.popFirst()
        guard letter == UInt8(ascii: "{") else { return .array(items) }
        // The reader refuses a name that occurs twice; so each begins with its place, and a colon.
        let members = items.enumerated().map { index, item in
            LittleJSON.Member(name: Array("\(index):".utf8) + (item.string ?? []), value: item)
        }
        return .object(members)
    case UInt8(ascii: "t"): return .bool(true)
    case UInt8(ascii: "f"): return .bool(false)
    case UInt8(ascii: "0"):
        let digits = rest.prefix(8)
        rest = rest.dropFirst(digits.count)
        return .number("\(Int(bitPattern: digits.reduce(UInt(0)) { $0 << 8 | UInt($1) }))")
    case UInt8(ascii: "s"):
        let bytes = rest.prefix { $0 != 0 }
        rest = rest.dropFirst(bytes.count + 1)
        return .string(Array(text(bytes).utf8))
    default: return .null
    }
}

private func checkRendering(_ value: LittleJSON) {
    guard let written = writable(value) else { return }
    let bytes = written.rendered().reveal { $0.bytes }
    hold(LittleJSON.read(bytes, depth: 64) == value, "what is written reads as what was meant")
    hold(!text(bytes).unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }, "one line")
    if bytes.count <= JSONLimits.answer.byteCount {
        hold((try? JSONText(bytes)) != nil, "the reader takes what the writer writes")
    }
}

/// `nil` where it holds a number that is no `Int`, or is not written as Swift writes one.
private func writable(_ value: LittleJSON) -> JSONValue? {
    switch value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .number(let digits): return Int(digits).flatMap { "\($0)" == digits ? .integer($0) : nil }
    case .string(let bytes): return .string(text(bytes))
    case .array(let elements):
        let written = elements.compactMap(writable)
        return written.count == elements.count ? .array(written) : nil
    case .object(let members):
        let written = members.compactMap { member in
            writable(member.value).map { JSONValue.Member(text(member.name), $0) }
        }
        return written.count == members.count ? .object(written) : nil
    }
}
