internal import HFMintCore
internal import HFMintTesting

/// A line is a record only where it is JSON that says the same; and whatever anyone says becomes such a line, with
/// nothing in it that steers a terminal or ends the line.
///
/// The input is the line, and once more the texts of an event.
package func fuzzAuditLine(_ input: [UInt8]) {
    checkLine(input)
    let said = fields(input).map(text)
    func part(_ index: Int) -> String? { index < said.count ? said[index] : nil }
    let actor = part(1).map { AuditEvent.Actor(issuer: part(0) ?? "", subject: $0) }
    let event = AuditEvent(
        .exchangeDenied, actor: actor, role: part(2), resource: part(3), decision: .denied, reason: part(4) ?? part(0),
        tokenSHA256: part(5), expiresAt: now, requestID: part(6))
    let log = String(repeating: "0", count: AuditLine.logDigits)
    let line = AuditLine.bytes(event, log: log, seq: 1 + input.count, time: now, previous: nil)
    hold(AuditLine(line.span) != nil, "what is written is a record")
    hold(!text(line).unicodeScalars.contains(where: isTroublesome), "a record is one plain line")
    checkLine(line)
    let entry = AuditEntry(line.span)
    hold(!(entry?.line ?? "").unicodeScalars.contains(where: isTroublesome), "and so is what a terminal gets")
    if let reason = part(4) ?? part(0), reason.utf8.count < 100, same(reason.withoutTokens, reason) {
        hold(entry?.reason.map { same($0, reason) } ?? false, "nothing is lost")
    }
}

private func checkLine(_ bytes: [UInt8]) {
    guard let entry = AuditEntry(bytes.span) else { return }
    let read = LittleJSON.read(bytes)
    hold(read?.isObject ?? false, "a record is an object of JSON")
    func agrees(_ name: String, _ value: String?) -> Bool { read?[name]?.string == value.map { Array($0.utf8) } }
    hold(read?["seq"]?.integer == entry.seq && agrees("log", entry.log), "both readers see the same place")
    hold(agrees("event", entry.event) && agrees("reason", entry.reason), "and the same event")
    hold(agrees("resource", entry.resource) && agrees("previous", entry.previous), "and the same chain")
    hold(read?["actor"]?["subject"]?.string == entry.subject.map { Array($0.utf8) }, "and the same actor")
}

/// The verdict does not depend on the pieces in which a log comes; and a log that is gone on with, after whatever end,
/// ends in a whole record that the next writer takes up.
package func fuzzAuditLog(_ input: [UInt8]) {
    let verdict = findings(input, pieces: max(1, input.count))
    hold(findings(input, pieces: 1) == verdict, "one byte at a time")
    hold(findings(input, pieces: 7) == verdict, "seven at a time")
    hold(verdict.count <= 102, "a report is bounded")
    guard var chain = AuditChain(tail: input, isWhole: true, random: { 7 }) else { return }
    guard let links = try? chain.extend(with: AuditEvent(.tokenServed), at: now, digests: TestDigests()) else {
        return hold(false, "every event finds its place")
    }
    let longer = input + chain.bytes(of: links)
    hold(longer.starts(with: input), "nothing is cut")
    guard let again = AuditChain(tail: longer, isWhole: true, random: { 7 }) else {
        return hold(false, "the next writer takes it up")
    }
    hold((try? again.head(TestDigests())) == links.last?.head && !again.isTorn, "and goes on from the same head")
    let torn = findings(input, pieces: 100).contains { $0.kind == .torn }
    hold(!findings(longer, pieces: 100).contains { $0.kind == .torn } || !torn, "a torn end is mended")
}

private func findings(_ log: [UInt8], pieces size: Int) -> [AuditFinding] {
    var examination = AuditExamination(digests: TestDigests())
    for start in stride(from: 0, to: log.count, by: size) {
        try? examination.read(Array(log[start..<min(log.count, start + size)]).span)
    }
    try? examination.finish()
    return examination.findings
}

/// A cursor is what was written, or the start of the log: nothing is left out for a file that anybody has changed.
package func fuzzAuditCursor(_ input: [UInt8]) {
    let cursor = AuditCursor(input)
    hold(cursor.head != nil || cursor == .start, "without a head it is the start")
    hold(cursor.lineCount >= 0 && (cursor == .start || cursor.lineCount < cursor.offset), "a line fits before its end")
    hold(AuditCursor(cursor.bytes) == cursor, "what is written is read")
    hold(cursor.bytes.count <= AuditCursor.byteLimit, "and is short")
    if cursor != .start {
        let line = input.prefix { $0 != ASCII.lineFeed }
        hold(input.count > line.count && cursor.bytes.dropLast().elementsEqual(line), "and says what stood there")
    }
    hold(AuditCursor(Array(cursor.bytes.dropLast())) == .start, "a torn one is the start")
}
