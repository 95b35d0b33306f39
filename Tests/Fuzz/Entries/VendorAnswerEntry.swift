@testable internal import HFMintCore

/// Whatever an issuer or a sink answers is sorted, and of its bytes a message gets one short word and a place at most.
///
/// The input: a status, a `Location`, a time to come back, and the body.
package func fuzzVendorAnswer(_ input: [UInt8]) {
    let parts = fields(input)
    guard parts.count >= 4, let status = Int(text(parts[0])), (100...599).contains(status) else { return }
    let (location, wait) = (text(parts[1]), text(parts[2]))
    let response = HTTPResponse(
        status: status,
        headers: [
            HTTPHeader("location", location), HTTPHeader("retry-after", wait), HTTPHeader("x-ratelimit-reset", wait),
        ],
        body: Secret(copying: parts[3]))
    let destination = response.redirectDestination(from: "old.example")
    let answer = API.Answer(response, of: "app")
    for code in answer.vendorCodes {
        let isWord =
            (3...64).contains(code.utf8.count)
            && code.utf8.allSatisfy { $0.isASCIILetterOrDigit || "_.-".utf8.contains($0) }
        hold(isWord && !code.looksLikeToken, "a code is one short word")
    }
    if let place = destination {
        hold(place.utf8.count <= 400 && !place.unicodeScalars.contains(where: isTroublesome), "a place can be printed")
        hold(!place.utf8.prefix { $0 != ASCII.slash }.contains(UInt8(ascii: "@")), "a place names no user")
        hold(!place.utf8.contains { "?#".utf8.contains($0) }, "a place ends before its query")
    }
    hold((answer.secondsToWait(now: now) ?? 0) >= 0, "no time lies behind")
    for table in [Okta.answers, Entra.answers, VaultSink.answers, GitHubActionsSink.answers] {
        let meaning = table.meaning(of: answer)
        hold(status >= 300 || meaning == nil, "a yes is no answer that passes")
    }
}
