internal import HFMintCore

/// One word of a shell, whatever the text: read back, it is the text.
package func fuzzShellWord(_ input: [UInt8]) {
    // No environment and no argument can hold a zero byte.
    let given = text(input.filter { $0 != 0 })
    let commands = LittleShell.commands(Array("export X=\(shellQuoted(given)) Y".utf8))
    hold(commands == [[Array("export".utf8), Array("X=\(given)".utf8), Array("Y".utf8)]], "one word, and the text")
}

/// In each syntax, what a reader of it sees is what was to be delivered.
///
/// The input is eight bytes of randomness, a directory, and operands.
package func fuzzVariables(_ input: [UInt8]) {
    let parts = fields(Array(input.dropFirst(8)))
    let seed = input.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // A directory whose name holds a control character is refused where it is opened.
    let directory = "/" + text(parts[0].filter { !$0.isASCIIControl })
    let operands = parts.dropFirst().prefix(4).map { text($0) }
    guard let requests = try? TokenRequest.parse(operands, endpoint: .huggingFace), !requests.isEmpty else { return }
    let tokens = requests.enumerated().map { index, request in
        let secret = Secret(copying: "hf_jwt_e30.\(index)._~+/=-".utf8)
        return NamedToken(request, HubToken(secret: secret, expiresAt: now + index, sha256: ""))
    }
    let resource = requests.first?.resource?.canonical
    let paths = Variables.paths(
        tokens, at: tokens.indices.map { "\(directory)/token-\($0)" }, environmentFile: "\(directory)/env",
        resource: resource, isHeld: { _ in seed % 2 == 0 })
    checkVariables(paths, seed: seed)
    let values = Variables.values(tokens, resource: resource, isHeld: { _ in seed % 2 == 0 })
    checkVariables(values, seed: seed)
    let bytes = values.environmentFile().reveal { $0.bytes }
    hold(environmentFile(bytes) == pairs(values), "an environment file reads back")
    hold(environmentFile(bytes)?.allSatisfy { isPlain($0.value) } == true, "a value there needs no quotes")
    checkExport(paths)
}

private struct Pair: Equatable {
    let name: [UInt8]
    let value: [UInt8]
}

private func pairs(_ variables: Variables) -> [Pair] {
    variables.list.map { Pair(name: Array($0.name.utf8), value: Secret(joining: [$0.value]).reveal { $0.bytes }) }
}

private func checkVariables(_ variables: Variables, seed: UInt64) {
    let expected = pairs(variables)
    hold(Set(expected.map(\.name)).count == expected.count, "no variable is set twice")
    hold(expected.allSatisfy { isVariableName($0.name) }, "each name is a variable's")
    var state = seed
    let bytes = variables.heredocs {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return state
    }.reveal { $0.bytes }
    hold(heredocs(bytes) == expected, "the blocks of a step file read back")
    hold(environmentFile(variables.environmentFile().reveal { $0.bytes }) == expected, "the lines of a file read back")
    let exports = LittleShell.commands(variables.exportLines().reveal { $0.bytes })
    let commands = expected.map { [Array("export".utf8), $0.name + Array("=".utf8) + $0.value] }
    hold(exports == commands, "the commands of a file read back")
    let members = expected.map { LittleJSON.Member(name: $0.name, value: .string($0.value)) }
    hold(LittleJSON.read(variables.json.rendered().reveal { $0.bytes }) == .object(members), "the members read back")
}

private func checkExport(_ variables: Variables) {
    let words = LittleShell.commands(Array(variables.shellExport().utf8))
    let expected = pairs(variables).map { $0.name + Array("=".utf8) + $0.value }
    hold(words == [[Array("export".utf8)] + expected], "an export command reads back")
}

/// `NAME<<delimiter` blocks, as GitHub's runner reads them; `nil` for anything else.
private func heredocs(_ bytes: [UInt8]) -> [Pair]? {
    // The runner ends a line at a carriage return too.
    guard !bytes.contains(UInt8(ascii: "\r")), bytes.last == UInt8(ascii: "\n") else { return nil }
    var lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    var found: [Pair] = []
    var delimiters: Set<[UInt8]> = []
    while let head = lines.popFirst() {
        guard let mark = head.indices.first(where: { head[$0...].starts(with: "<<".utf8) }) else { return nil }
        let delimiter = Array(head[mark...].dropFirst(2))
        guard delimiter.count >= 32, delimiters.insert(delimiter).inserted else { return nil }
        let body = lines.prefix { !$0.elementsEqual(delimiter) }
        lines = lines.dropFirst(body.count + 1)
        found.append(Pair(name: Array(head[..<mark]), value: Array(body.joined(separator: [UInt8(ascii: "\n")]))))
    }
    return found
}

/// `NAME=value` lines; `nil` for anything else.
private func environmentFile(_ bytes: [UInt8]) -> [Pair]? {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let found = lines.compactMap { line -> Pair? in
        let name = line.prefix { $0 != UInt8(ascii: "=") }
        guard name.count < line.count, isVariableName(name) else { return nil }
        return Pair(name: Array(name), value: Array(line.dropFirst(name.count + 1)))
    }
    return found.count == lines.count ? found : nil
}
