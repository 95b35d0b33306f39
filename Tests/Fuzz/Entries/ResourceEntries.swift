internal import HFMintCore

/// A resource's canonical form is plain, has the names that stand in the input, and is read as itself.
package func fuzzResource(_ input: [UInt8]) {
    let given = text(input)
    for endpoint in ["https://huggingface.co", "http://127.0.0.1:8080", "https://hub.example"] {
        guard let origin = Origin(endpoint.utf8) else { fatalError("the endpoints here are origins") }
        guard let resource = try? Resource(parsing: given, endpoint: origin) else {
            hold(!isPlainName(input), "owner/name is a resource")
            continue
        }
        check(resource, from: input, on: origin)
    }
}

private func check(_ resource: Resource, from input: [UInt8], on origin: Origin) {
    let canonical = Array(resource.canonical.utf8)
    let parts = canonical.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    hold((try? Resource(parsing: resource.canonical, endpoint: origin)) == resource, "it reads as itself")
    hold(canonical.allSatisfy { isPlain([$0]) && !"~+=:".utf8.contains($0) }, "it needs no quotes anywhere")
    hold((1...3).contains(parts.count), "it has one to three parts")
    hold(!parts.contains { $0.isEmpty || $0.first == UInt8(ascii: ".") }, "no part is empty or goes up")
    hold(!canonical.contains(UInt8(ascii: "%")), "nothing is encoded")
    hold(canonical.first != UInt8(ascii: "-"), "it cannot be an option")
    hold(input.contains(text: resource.namespace) && input.contains(text: resource.name), "the names are the input's")
    let isURL = input.starts(with: "http://".utf8) || input.starts(with: "https://".utf8)
    hold(isURL || canonical == input, "what is no URL is canonical already")
    if isURL {
        let bases = ["\(origin)/", "https://huggingface.co/", "https://hf.co/"]
        hold(bases.contains { input.starts(with: $0.utf8) }, "a URL is below the endpoint, or the Hub's")
    }
    hold(resource.settingsURL(on: origin).utf8.starts(with: "\(origin)/".utf8), "its page is on the endpoint")
}

/// `aaa/aaa`, which must never be refused.
private func isPlainName(_ input: [UInt8]) -> Bool {
    let parts = input.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { (1...96).contains($0.count) && $0.allSatisfy { (97...122).contains($0) } }
    let prefixes = Resource.Kind.allCases.compactMap(\.prefix)
    return parts.count == 2 && isPlain && !prefixes.contains { parts[0].elementsEqual($0.utf8) }
}

/// No two requests set one variable, and no variable is one that steers programs.
package func fuzzTokenRequests(_ input: [UInt8]) {
    let operands = fields(input).map { text($0) }
    do throws(MintError) {
        let requests = try TokenRequest.parse(operands, endpoint: .huggingFace)
        hold(requests.count == operands.count, "each operand is one request")
        let names = requests.flatMap { [$0.name.name, $0.name.path, $0.name.expiresAt] }
        hold(Set(names).count == names.count, "no variable is set twice")
        for (request, operand) in zip(requests, operands) { check(request, from: operand) }
    } catch {
        hold(error.code == .usage, "a wrong operand is a matter of usage")
        hold(!error.message.printable.unicodeScalars.contains(where: isTroublesome), "a refusal is one line")
    }
}

private func check(_ request: TokenRequest, from operand: String) {
    let name = request.name.name
    hold(isVariableName(name.utf8) && name.utf8.count <= 128, "a name is a variable's")
    let prefixes = ["LD_", "GIT_", "HFMINT_", "PYTHON", "ACTIONS_", "GITHUB_", "RUNNER_"]
    let steers = ["PATH", "BASH_ENV", "ENV", "IFS", "NODE_OPTIONS", "HOME", "SHELLOPTS"]
    hold(!prefixes.contains { name.utf8.starts(with: $0.utf8) } && !steers.contains(name), "a name steers no program")
    if request.name == .hfToken {
        hold(
            same(operand, "HF_TOKEN=\((request.resource?.canonical ?? ""))") || isUnnamed(operand),
            "HF_TOKEN is the unnamed")
    } else {
        hold(operand.utf8.starts(with: "\(name)=".utf8), "a name is the one given")
    }
}

/// Without a name before an equals sign.
private func isUnnamed(_ operand: String) -> Bool {
    let name = operand.utf8.prefix { $0 != UInt8(ascii: "=") }
    return name.count == operand.utf8.count || name.contains(UInt8(ascii: "/"))
        || operand.utf8.starts(with: "HF_TOKEN=http".utf8)
}

/// A delivery is one of the words that the help lists, and a path after it is kept as it is; stdout is none.
package func fuzzDeliveryMethod(_ input: [UInt8]) {
    let given = text(input)
    let separator = given.utf8.firstIndex(of: UInt8(ascii: "="))
    let word = separator.map { text(Array(given.utf8[..<$0])) } ?? given
    let path = separator.map { text(Array(given.utf8[$0...].dropFirst())) }
    let takesPath = ["env-file", "token-file"].contains(word)
    let isPlain = path == nil && ["auto", "shell", "env", "output", "stdout"].contains(word)
    let isGood = takesPath ? path?.isEmpty != true && path != "-" : isPlain
    do throws(MintError) {
        let method = try DeliveryMethod(parsing: given)
        hold(isGood, "only a word of the help is a delivery")
        hold(same(method.name, word), "a delivery has the name it was given")
        switch method {
        case .environmentFile(let kept), .tokenFile(let kept):
            hold(kept.map { Array($0.utf8) } == path.map { Array($0.utf8) }, "a path is kept as it is")
        default: hold(path == nil, "only a file has a path")
        }
    } catch {
        hold(!isGood, "each word of the help is a delivery")
        hold(error.code == .usage, "a wrong delivery is a matter of usage")
    }
}
