internal import HFMintCore

/// What an issuer says of its keys: only numbers that it published, of the right kind, and large enough, come out.
package func fuzzKeySet(_ input: [UInt8]) {
    checkKeySet(input)
    // The input as one key's members, so that mutations need not keep the set around it.
    checkKeySet(Array(#"{"keys":[{"kid":"k","#.utf8) + input + Array("}]}".utf8))
}

private func checkKeySet(_ input: [UInt8]) {
    guard let keys = try? JSONWebKeySet(input) else { return }
    guard let published = LittleJSON.read(input)?["keys"], case .array(let elements) = published else {
        fatalError("broken property: a key set is an object with a list")
    }
    hold(elements.count <= 100 && elements.allSatisfy { $0["d"] == nil }, "a key set is bounded, and public")
    for algorithm in ["RS256", "ES256"] {
        guard let json = try? JSONText(Array(#"{"alg":"\#(algorithm)","kid":"k"}"#.utf8)),
            let header = try? JOSEHeader(json), let key = try? keys.key(for: header)
        else { continue }
        let named = elements.filter { $0["kid"]?.string == Array("k".utf8) }
        hold(keys.has(header.keyID) && !named.isEmpty, "a key was published under its name")
        let isRSA = if case .rsa = key { true } else { false }
        hold(isRSA == (algorithm == "RS256"), "a key is for the algorithm that was asked for")
        check(key, among: named)
    }
}

private func check(_ key: PublicKey, among published: [LittleJSON]) {
    func has(_ name: String, _ bytes: [UInt8]) -> Bool {
        published.contains { element in
            guard let text = element[name]?.string, let number = LittleBase64URL.decode(text) else { return false }
            return number.drop { $0 == 0 }.elementsEqual(bytes.drop { $0 == 0 })
        }
    }
    switch key {
    case .rsa(let modulus, let exponent):
        hold(modulus.count >= 256 && modulus.first != 0, "an RSA key is not small")
        hold(has("n", modulus) && has("e", exponent), "an RSA key is the one that was published")
        hold(exponent.count <= 4 && exponent != [1], "an exponent is one")
    case .p256(let x, let y):
        hold(x.count == 32 && y.count == 32 && has("x", x) && has("y", y), "a point is the one that was published")
    }
}

/// What an issuer says of itself: its own name comes back, and no address but https, or this machine's from itself.
///
/// The input is an issuer, and behind a NUL its document.
package func fuzzDiscovery(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    let issuer = parts[0]
    if let url = try? IssuerMetadata.url(of: issuer) {
        let path = "/.well-known/openid-configuration"
        hold(url.description.utf8.suffix(path.utf8.count).elementsEqual(path.utf8), "the document is at its place")
        hold(url.isConfidential && !url.target.utf8.contains(UInt8(ascii: "?")), "the document is asked for safely")
    }
    guard parts.count == 2, let metadata = try? IssuerMetadata(parts[1], of: issuer) else { return }
    let document = LittleJSON.read(parts[1])
    hold(document?["issuer"]?.string == issuer, "a document is about its issuer, byte for byte")
    hold(metadata.keysURL.isConfidential, "keys come over https, or from this machine")
    let isHere = HTTPURL(text(issuer))?.origin.isLoopback == true
    hold(isHere || metadata.keysURL.origin.scheme == .https, "no issuer elsewhere sends hfmint to this machine")
}

/// A header is taken only where it names one of two algorithms and a key, and brings none along.
package func fuzzJOSEHeader(_ input: [UInt8]) {
    guard let json = try? JSONText(input) else { return }
    let expected = LittleJSON.read(input)
    do throws(Malformed) {
        let header = try JOSEHeader(json)
        hold(expected?["alg"]?.string == Array(header.algorithm.rawValue.utf8), "an algorithm is the one that was said")
        hold(expected?["kid"]?.string == header.keyID && !header.keyID.isEmpty, "a key is the one that was named")
        for name in ["jku", "jwk", "x5u", "x5c", "crit"] { hold(expected?[name] == nil, "'\(name)' is refused") }
    } catch {
        hold(error.reason.utf8.count < 200, "a reason is short")
        hold(!error.reason.printable.unicodeScalars.contains(where: isTroublesome), "a reason is one line")
    }
}

/// A member's token is taken exactly where the general one is, and is of a member; its scopes are words.
package func fuzzMemberAnswer(_ input: [UInt8]) {
    let body = Secret(copying: input)
    let scopes = MemberExchange.scopes(in: body)
    if case .said(let said) = scopes {
        hold(said.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIVisible) }, "a scope is a word")
        hold(MemberExchange.surplus(said, requested: said).isEmpty, "what was asked for is no surplus")
        hold(MemberExchange.surplus(said, requested: []) == said, "what nobody asked for is")
    }
    let token = LittleJSON.read(input)?["access_token"]?.string ?? []
    let isMembers = token.starts(with: "hf_oauth_".utf8) && token.count >= 17
    let isTaken: Bool
    switch MemberExchange.answer(body) {
    case .none: isTaken = false
    case .some: isTaken = true
    }
    let isGeneral: Bool
    switch PublisherExchange.answer(body) {
    case .none: isGeneral = false
    case .some: isGeneral = true
    }
    hold(isTaken == (isGeneral && isMembers && scopes != .unreadable), "a member's token is a token of a member")
}
