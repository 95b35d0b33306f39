internal import HFMintCore

/// A list that is read refuses whom another reader of JSON finds in it, and one more line refuses one more.
///
/// A list that is not read names a line that is there, and quotes nothing.
package func fuzzDenyList(_ input: [UInt8]) {
    let lines = input.split(separator: lineFeed, omittingEmptySubsequences: false).map { Array($0) }
    let told = lines.filter { !isPassedOver($0) }
    do throws(Malformed) {
        let list = try DenyList(input)
        hold(list.count <= told.count, "a line refuses one")
        hold(list == (try? DenyList(Array(told.joined(separator: [lineFeed])))), "comments do not count")
        for line in told { check(LittleJSON.read(line), list) }
        let more = try? DenyList(input + [lineFeed] + Array("{\"iss\":\"x:\\u0000\",\"sub\":\"y\"}".utf8))
        let isRefused = more?.refuses(issuer: [0x78, 0x3A, 0], subject: [0x79], tokenSHA256: "", keyID: nil)
        hold(isRefused == true, "one more line refuses one more")
        hold(told.isEmpty == (list == DenyList()), "a list without lines refuses nobody")
    } catch {
        hold(!told.isEmpty, "only a line can be wrong")
        hold(error.reason.hasPrefix("line "), "the line is named")
        let number = error.reason.dropFirst(5).prefix { $0.isNumber }
        hold((Int(number) ?? 0) <= lines.count && Int(number) != 0, "the line is there")
        hold(!error.reason.unicodeScalars.contains(where: isTroublesome), "nothing is quoted")
    }
}

private let lineFeed = UInt8(ascii: "\n")

private func isPassedOver(_ line: [UInt8]) -> Bool {
    let rest = line.drop { " \t\r".utf8.contains($0) }
    return rest.isEmpty || rest.first == UInt8(ascii: "#")
}

private func check(_ line: LittleJSON?, _ list: DenyList) {
    guard let line, line.isObject else { return hold(false, "a line is an object for another reader too") }
    if let issuer = line["iss"]?.string {
        let subject = line["sub"]?.string ?? Array("anybody".utf8)
        hold(
            list.refuses(issuer: issuer, subject: subject, tokenSHA256: "", keyID: nil), "who is named is refused")
    } else if let ticket = line["ticket"]?.string {
        let name = text(ticket).lowercased()
        hold(list.refuses(issuer: [], subject: [], tokenSHA256: name, keyID: nil), "a ticket is refused by its name")
        hold(
            list.refuses(issuer: [], subject: [], tokenSHA256: "", ticketID: name, keyID: nil), "and by its id")
    } else if let key = line["key"]?.string {
        hold(
            list.refuses(issuer: [], subject: [], tokenSHA256: "", keyID: text(key).lowercased()),
            "tickets under a key are refused")
    } else {
        hold(false, "a line names somebody")
    }
}
