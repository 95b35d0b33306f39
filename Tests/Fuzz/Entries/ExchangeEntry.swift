internal import HFMintCLI
internal import HFMintCore

/// `hfmint exchange` as a whole, in a world where every word, variable, file and answer is the input's.
///
/// The input's fields begin with what they are: `@` an argument, `:` the Hub's answer, `!` its status, `~` its
/// request id, `<` the file that anyone reads; any other is a variable.
package func fuzzExchange(_ input: [UInt8]) {
    var words = ["exchange"]
    var entries: [[UInt8]] = []
    var answer = World.Answer(body: Array(goodAnswer.utf8))
    var file = idToken
    for field in fields(input).prefix(32) {
        let rest = Array(field.dropFirst())
        switch field.first {
        case UInt8(ascii: "@"): words.append(text(rest))
        case UInt8(ascii: ":"): answer.body = rest
        case UInt8(ascii: "!"): answer.status = Int(text(rest)).map { 100 + abs($0 % 500) } ?? 200
        case UInt8(ascii: "~"): answer.headers = ["x-request-id", "date"].map { HTTPHeader($0, text(rest)) }
        case UInt8(ascii: "<"): file = rest.isEmpty ? idToken : rest
        default: entries.append(field)
        }
    }
    let world = World(answer: answer, file: file)
    let environment = Environment(entries: entries)
    _ = runTool(words, in: world.context(environment))
    let state = world.traces
    let tokens = state.bodies.isEmpty ? [] : [hubToken(answer.body)].compactMap(\.self)
    checkErr(state.written[.err] ?? [], tokens, environment)
    checkOut(state.written[.out] ?? [], tokens, words)
    for (path, bytes) in state.files where path.contains("/env-") { checkEnvironmentFile(bytes) }
    checkBodies(state.bodies.filter { $0.url.target == "/oauth/token" }, words, environment)
    for body in state.bodies where body.url.target != "/oauth/token" {
        hold(!body.bytes.contains(sequence: idToken), "an ID token goes to the token endpoint alone")
        if case .unixSocket = body.route { continue }
        hold(!tokens.contains { $0.count > 20 && body.bytes.contains(sequence: $0) }, "a token leaves to no server")
    }
}

/// Of which nothing may ever be seen but in a request to the Hub.
private let idToken = [
    Array(#"{"alg":"RS256"}"#.utf8),
    Array(#"{"aud":"https://huggingface.co","sub":"repo:acme/training","exp":1900000000}"#.utf8), [1, 2, 3],
].map { text(LittleBase64URL.encode($0)) }.joined(separator: ".").utf8.map(\.self)

private let goodAnswer = #"{"access_token":"hf_jwt_0123456789abcdef","token_type":"bearer","expires_in":3600}"#

private func hubToken(_ body: [UInt8]) -> [UInt8]? {
    guard let answer = PublisherExchange.answer(Secret(copying: body)) else { return nil }
    return answer.token.reveal { $0.bytes }
}

/// Lines for people, and masks; a token stands in a mask alone.
private func checkErr(_ bytes: [UInt8], _ tokens: [[UInt8]], _ environment: Environment) {
    guard !bytes.isEmpty else { return }
    hold(bytes.last == UInt8(ascii: "\n"), "stderr ends with its last line")
    let masks = tokens.map { Array("::add-mask::".utf8) + $0 }
    let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    func isMask(_ index: Int) -> Bool { index < lines.count && masks.contains { lines[index].elementsEqual($0) } }
    for (index, line) in lines.enumerated() {
        // An empty line ends what another program may have left unfinished.
        if isMask(index) || (line.isEmpty && isMask(index + 1)) { continue }
        hold(line.starts(with: "hfmint: ".utf8), "a line on stderr says who speaks")
        hold(!text(line).unicodeScalars.contains(where: isTroublesome), "a line on stderr is one line")
        hold(!line.starts(with: "##[".utf8), "a line on stderr is no command")
        // A token that is also part of a word the user typed is no leak.
        hold(!Array(line).contains(sequence: idToken), "no ID token on stderr")
    }
}

/// Where a shell evaluates stdout, it holds nothing but the commands that hfmint means.
private func checkOut(_ bytes: [UInt8], _ tokens: [[UInt8]], _ words: [String]) {
    hold(!bytes.contains(sequence: idToken), "no ID token on stdout")
    guard let arguments = try? Arguments(words.dropFirst(), for: .exchange), !arguments.has(.named("help")) else {
        return
    }
    let methods = arguments.values(.named("deliver")).compactMap { try? DeliveryMethod(parsing: $0) }
    if !methods.contains(.stdout) {
        hold(!tokens.contains { $0.count > 20 && bytes.contains(sequence: $0) }, "no token on stdout")
    }
    if arguments.has(.named("json")) {
        hold(bytes.isEmpty || LittleJSON.read(Array(bytes.dropLast())) != nil, "a report is JSON")
    } else if Command.exchange.printsShell(arguments) {
        guard let commands = LittleShell.commands(bytes) else { fatalError("broken property: stdout is shell") }
        hold(commands.allSatisfy(isExpected), "stdout sets variables, and fails where hfmint failed")
    }
}

private func isExpected(_ command: [[UInt8]]) -> Bool {
    let words = command.map { text($0) }
    switch words.first {
    case "export":
        return command.dropFirst().allSatisfy { word in
            let name = word.prefix { $0 != UInt8(ascii: "=") }
            return name.count < word.count && isVariableName(name)
        }
    // What fish reads of the line, and sh as one word.
    case ":": return words.count == 2
    case "{":
        return words.count == 5 && words[1...3] == ["IFS=", "read", "-r"] && isVariableName(command[4][...])
    case "[": return words.count == 3 && words[1].utf8.starts(with: "${".utf8) && words[2] == "]"
    case "}": return words.count == 2 && words[1].utf8.starts(with: "</".utf8)
    case "(": return words.count == 4 && words[1] == "exit" && (Int(words[2]) ?? 0) > 0 && words[3] == ")"
    default: return false
    }
}

/// What `set -a; . FILE` and `docker --env-file` read.
private func checkEnvironmentFile(_ bytes: [UInt8]) {
    hold(bytes.last == UInt8(ascii: "\n"), "an environment file ends with its last line")
    for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        let name = line.prefix { $0 != UInt8(ascii: "=") }
        hold(name.count < line.count && isVariableName(name), "each line of an environment file is a variable")
        hold(isPlain(line.dropFirst(name.count + 1)), "a value in an environment file needs no quotes")
    }
}

/// Four fields, each once, to the one place that may have them.
private func checkBodies(_ bodies: [World.Sent], _ words: [String], _ environment: Environment) {
    guard !bodies.isEmpty, let arguments = try? Arguments(words.dropFirst(), for: .exchange) else { return }
    hold(bodies.count <= 5 * max(1, arguments.operands.count), "no endless tries")
    for body in bodies {
        guard case .object(let members)? = LittleJSON.read(body.bytes) else { fatalError("broken property: JSON") }
        let names = ["grant_type", "subject_token_type", "resource", "subject_token"]
        hold(members.map { text($0.name) } == names, "a request has its four fields")
        let isAsked = arguments.has(.named("endpoint")) && arguments.has(.named("audience"))
        let isTheHub = body.url.origin == .huggingFace || environment[.hfEndpoint] != nil
        hold(isTheHub || isAsked || arguments.has(.named("endpoint")), "an ID token goes where the user said")
    }
}

extension Option {
    /// An option is the same for every purpose here if its name is.
    fileprivate static func named(_ name: String) -> Option {
        Command.exchange.allOptions.first { $0.name == name } ?? Option(name, help: "")
    }
}
