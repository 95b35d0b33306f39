internal import HFMintCore

/// A target that is accepted is its own canonical form, has the parts that a naive reader finds, and names what stands
/// in it: the repository of its route is two of those parts, byte by byte.
package func fuzzCanonicalTarget(_ input: [UInt8]) {
    do throws(CanonicalTarget.Fault) {
        let target = try CanonicalTarget(input)
        check(target, input)
        for method in ["GET", "POST", "DELETE"] {
            guard let route = try? HubRoute(Array(method.utf8), target, on: .hub) else { continue }
            check(route, naiveParts(input))
        }
    } catch {
        hold(!isPlainTarget(input), "plain words with a slash before each are a target")
        hold((0...input.count).contains(error.offset), "a fault is somewhere in the target")
        hold(!error.clause.unicodeScalars.contains(where: isTroublesome), "a fault quotes nothing")
    }
}

private func check(_ target: CanonicalTarget, _ input: [UInt8]) {
    hold(target.bytes == input, "the bytes are kept")
    hold(target.segments.map { Array($0) } == naiveParts(input), "a naive reader finds the same parts")
    let mark = input.firstIndex(of: UInt8(ascii: "?"))
    hold(target.query.map { Array($0) } == mark.map { Array(input[($0 + 1)...]) }, "the query begins at the first mark")
    let path = Array(input[..<(mark ?? input.endIndex)])
    hold(normalised(path) == path, "the path is its own canonical form")
    hold(input.allSatisfy { (0x21...0x7E).contains($0) }, "all of it is visible")
}

private func check(_ route: HubRoute, _ parts: [[UInt8]]) {
    guard let resource = route.resource else {
        return hold(parts == [Array("api".utf8), Array("complete_multipart".utf8)], "one address is signed by the Hub")
    }
    let names = [resource.namespace, resource.name].map { Array($0.utf8) }
    hold(parts.contains(names[0]), "the owner is a part of the path")
    let spellings = [names[1], names[1] + Array(".git".utf8)]
    let isThere = parts.indices.dropLast().contains { parts[$0] == names[0] && spellings.contains(parts[$0 + 1]) }
    hold(resource.kind == .user || isThere, "the name follows the owner")
    hold(
        (try? Resource(parsing: resource.canonical, endpoint: .huggingFace)) == resource, "the resource reads as itself"
    )
    hold(!route.rights.isEmpty && route.rights == route.rights.sorted(by: >), "the strongest right comes first")
}

/// The parts of a path as a server finds them that knows no rules.
private func naiveParts(_ input: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    for byte in input {
        if byte == UInt8(ascii: "?") { break }
        if byte == UInt8(ascii: "/") { parts.append([]) } else if !parts.isEmpty { parts[parts.count - 1].append(byte) }
    }
    return parts
}

/// A path as RFC 3986, 6.2.2, normalises it, with slashes merged and what lies behind a semicolon cut off.
private func normalised(_ path: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    var index = 0
    let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    while index < path.count {
        if path[index] == UInt8(ascii: "%"), index + 2 < path.count,
            let value = UInt8(text(path[(index + 1)...(index + 2)]), radix: 16)
        {
            let digits = path[(index + 1)...(index + 2)].map { (97...122).contains($0) ? $0 - 32 : $0 }
            decoded += unreserved.contains(value) ? [value] : [UInt8(ascii: "%")] + digits
            index += 3
        } else {
            decoded.append(path[index] == UInt8(ascii: "\\") ? UInt8(ascii: "/") : path[index])
            index += 1
        }
    }
    var kept: [[UInt8]] = []
    for part in decoded.split(separator: UInt8(ascii: "/")) {
        let name = Array(part.prefix { $0 != UInt8(ascii: ";") })
        if name == Array("..".utf8) { _ = kept.popLast() } else if name != Array(".".utf8) { kept.append(name) }
    }
    return kept.flatMap { [UInt8(ascii: "/")] + $0 }
}

/// `/aaa/aaa`, which must never be refused.
private func isPlainTarget(_ input: [UInt8]) -> Bool {
    let parts = naiveParts(input)
    return input.first == UInt8(ascii: "/") && input.count <= 1_024 && parts.count <= 64
        && !input.contains(UInt8(ascii: "?"))
        && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (97...122).contains($0) } }
}
