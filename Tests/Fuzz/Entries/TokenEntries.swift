internal import HFMintCore

/// Decoding undoes encoding, and takes nothing that encoding does not give.
package func fuzzBase64URL(_ input: [UInt8]) {
    hold(Base64URL.decode(input.span) == LittleBase64URL.decode(input), "both decoders agree")
    hold(Base64URL.decode(LittleBase64URL.encode(input).span) == input, "what is encoded can be decoded")
}

/// A token is taken exactly where it is three base64url parts, of which two are JSON objects; and whatever its
/// claims are, they can be shown, compared and explained.
package func fuzzIDToken(_ input: [UInt8]) {
    checkIDToken(input)
    // The input as the claims of a token, so that mutations need not survive base64url.
    let token = [Array(#"{"alg":"RS256"}"#.utf8), input, [1, 2, 3]].map { LittleBase64URL.encode($0) }
    checkIDToken(Array(token.joined(separator: [UInt8(ascii: ".")])))
}

private func checkIDToken(_ input: [UInt8]) {
    let expected = idToken(input)
    do throws(Malformed) {
        let token = try IDToken.parse(Secret(copying: input))
        guard let expected else { fatalError("broken property: a token is three base64url parts with JSON objects") }
        hold(token.secret.reveal { $0.bytes } == expected.text, "the token is the input without the blanks around it")
        check(token.claims, expected.claims)
    } catch {
        hold(expected == nil, "refused (\(error.reason)) what is an ID token")
    }
}

/// The token without the blanks around it, and its claims; `nil` where it is none.
private func idToken(_ input: [UInt8]) -> (text: [UInt8], claims: LittleJSON)? {
    let blanks = Array(" \t\n\u{B}\u{C}\r".utf8)
    let bytes = Array(input.drop(while: blanks.contains).reversed().drop(while: blanks.contains).reversed())
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(alphabet.contains) }),
        let header = LittleBase64URL.decode(parts[0]).flatMap({ LittleJSON.read($0) }), header.isObject,
        let claims = LittleBase64URL.decode(parts[1]).flatMap({ LittleJSON.read($0) }), claims.isObject,
        bytes.count <= 32 << 10
    else { return nil }
    return (bytes, claims)
}

private func check(_ claims: Claims, _ expected: LittleJSON) {
    guard case .object(let members) = expected else { return }
    for member in members {
        let name = text(member.name)
        switch member.value {
        case .string(let bytes):
            hold(claims[name].map { Array($0.utf8) } == bytes, "a claim is shown as it is")
            hold(claims.equals(name, text(bytes)), "a claim equals itself")
            hold(!claims.equals(name, text(bytes) + "x"), "a claim equals nothing else")
        case .number(let digits): hold(claims[name] == digits && !claims.equals(name, digits), "a number is no string")
        case .bool(let value): hold(claims[name] == "\(value)", "a boolean is shown as it is")
        case .null, .array, .object: hold(claims[name] == nil, "a structure is not shown")
        }
    }
    hold(claims.audiences == audiences(expected["aud"]), "`aud` is a string or an array of them")
    for (moment, name) in [(claims.expiresAt, "exp"), (claims.issuedAt, "iat")] {
        let seconds = seconds(expected[name])
        hold(moment?.secondsSince1970 == seconds, "a moment is the claim's number, from 1970 to 9999")
        guard let moment else { continue }
        hold(moment.rfc3339.utf8.count == 20, "a moment has a date")
        hold(!inWords(seconds: now - moment).isEmpty, "the time since a moment can be told")
    }
    checkExplanation(claims)
}

/// A whole number or another, as a number or as a text, cut to seconds from 1970 to 9999.
private func seconds(_ claim: LittleJSON?) -> Int? {
    let written: String? =
        switch claim {
        case .number(let digits): digits
        case .string(let bytes): bytes.allSatisfy(Array("0123456789+-.eE".utf8).contains) ? text(bytes) : nil
        default: nil
        }
    return written.flatMap { Double($0) }.map { Int(min(max(0, $0), 253_402_300_799)) }
}

private func audiences(_ claim: LittleJSON?) -> [[UInt8]] {
    switch claim {
    case .string(let bytes): [bytes]
    case .array(let elements): elements.compactMap(\.string)
    default: []
    }
}

let now = Timestamp(secondsSince1970: 1_800_000_000)

/// What a person sees when the Hub refuses these claims.
private func checkExplanation(_ claims: Claims) {
    let response = HTTPResponse(status: 400, body: Secret(copying: #"{"error":"invalid_grant"}"#.utf8))
    guard let authority = try? Authority(endpointOption: nil, audienceOption: nil, environment: [:]),
        let resource = try? Resource(parsing: "acme/model", endpoint: .huggingFace)
    else { return }
    for provider in allProviders {
        let error = PublisherRefusal(
            HubRefusal(response), claims: claims, resource: resource, authority: authority, provider: provider
        ).error(now: now)
        let lines = [error.message] + error.facts + [error.hint ?? ""]
        hold(!lines.contains { $0.printable.unicodeScalars.contains(where: isTroublesome) }, "each is one line")
    }
}

/// An answer is taken exactly where it is a bearer token, well-formed byte by byte, with a lifetime in range.
package func fuzzTokenAnswer(_ input: [UInt8]) {
    hold(HubToken.isWellFormed(input.span) == isHubToken(input), "both checks of a token agree")
    checkTokenAnswer(input)
    guard isHubToken(input) else { return }
    checkTokenAnswer(Array(#"{"token_type":"Bearer","expires_in":1,"access_token":"\#(text(input))"}"#.utf8))
}

private func checkTokenAnswer(_ body: [UInt8]) {
    let root = LittleJSON.read(body)
    let type = root?["token_type"]?.string.map { text($0) }
    let lifetime = root?["expires_in"]?.integer ?? 0
    let token = root?["access_token"]?.string ?? []
    let isGood =
        type?.utf8.count == 6 && type?.lowercased() == "bearer" && lifetime >= 1 && lifetime <= 30 * 86_400
        && isHubToken(token)
    guard let answer = PublisherExchange.answer(Secret(copying: body)) else {
        hold(!isGood, "a bearer token with a lifetime is taken")
        return
    }
    hold(isGood, "only a bearer token with a lifetime is taken")
    hold(answer.token.reveal { $0.bytes } == token && answer.lifetimeSeconds == lifetime, "it is the one that was sent")
    let hubToken = HubToken(secret: answer.token.duplicate(), expiresAt: now + lifetime, sha256: "")
    hold(token.starts(with: hubToken.kind.rawValue.utf8), "a kind is a prefix")
}

/// Without `HubToken`'s own words for it.
private func isHubToken(_ bytes: [UInt8]) -> Bool {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~+/=-".utf8)
    return bytes.starts(with: "hf_".utf8) && bytes.dropFirst(3).allSatisfy(allowed.contains)
        && bytes.count >= 3 + 8 && bytes.count <= 3 + 16_384
}

/// Whatever a server says, what is shown of it is short, on one line, and holds nothing like a credential.
///
/// The input is a request id, a date, and a body.
package func fuzzHubRefusal(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    let headers = zip(["x-request-id", "date"], parts).map { HTTPHeader($0, text($1)) }
    let body = Array(parts.count == 3 ? parts[2] : input[...])
    for status in [400, 401, 429, 503] {
        let refusal = HubRefusal(HTTPResponse(status: status, headers: headers, body: Secret(copying: body)))
        for shown in [refusal.error, refusal.description, refusal.requestID].compactMap(\.self) {
            let bytes = Array(shown.utf8)
            hold(bytes.count <= 1_000, "an excerpt is bounded")
            hold(!bytes.contains(text: "hf_") && !bytes.contains(text: "eyJ"), "an excerpt holds no credential")
        }
        hold(!refusal.sentence.printable.unicodeScalars.contains(where: isTroublesome), "an excerpt is one line")
        let code = LittleJSON.read(body)?["error"]?.string ?? []
        let isCode = !code.isEmpty && code.allSatisfy { (97...122).contains($0) || $0 == 95 }
        hold(refusal.error.utf8.starts(with: "HTTP ".utf8) == !isCode, "an error is a code or a status")
        hold(!refusal.isAborted || LittleJSON.read(body) != nil, "only an answer says that it was aborted")
    }
}
