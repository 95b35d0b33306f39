@testable internal import HFMintCore

/// Whatever stands under a rotation's name is refused with bounded, printable complaints, or is a definition, or is
/// refused in one sentence.
package func fuzzRotation(_ input: [UInt8]) {
    guard let text = try? JSONText(input, limits: .manifest, dialect: .json5) else { return }
    let issues = ManifestCheck.issues(in: text, shape: .object(RotationShape.rotation))
    hold(issues.count <= 100, "the complaints are bounded")
    for issue in issues {
        hold((1...input.count).contains(issue.place.line), "a complaint names a line of the text")
        hold((1...input.count).contains(issue.place.column), "a complaint names a column of it")
        hold(!issue.sentence.printable.unicodeScalars.contains(where: isTroublesome), "a complaint can be printed")
    }
    guard issues.isEmpty else { return }
    let surroundings = RotationSurroundings(
        name: "app", manifest: "/etc/hfmint/hfmint.json5", context: World().context([:]))
    do throws(MintError) {
        let definition = try RotationDefinition(ManifestNode(text), surroundings)
        hold(!definition.sinks.isEmpty && definition.overlap >= 0, "a definition has sinks, and no negative overlap")
        guard let schedule = definition.schedule else { return }
        let times = schedule.upcoming(2, after: now, anchor: now + -86_400)
        hold(times[0] > now && times[0] < times[1], "the next times lie ahead, in order")
    } catch {
        hold(error.code.exitStatus == .usage, "what cannot be a definition is the manifest's mistake")
    }
}

/// An expression is refused, or comes again within eight years, to the minute, the same seen from both sides.
package func fuzzCron(_ input: [UInt8]) {
    guard let expression = try? CronExpression(parsing: text(input)) else { return }
    hold(input.split { $0 == 32 || $0 == 9 }.count == 5, "an expression has five fields")
    var moment = now
    for _ in 0..<3 {
        let next = expression.next(after: moment)
        hold(next > moment && next - moment <= 2_923 * 86_400, "the next time comes within eight years")
        hold(next.secondsSince1970 % 60 == 0, "a time is a whole minute")
        hold(expression.latest(until: next, after: moment) == next, "looking back finds the same")
        hold(expression.latest(until: next + -1, after: moment) == nil, "there is none between")
        moment = next
    }
}

/// A length of time is taken exactly where another reading takes it, and is bounded.
package func fuzzDuration(_ input: [UInt8]) {
    let value = text(input)
    var expected: Int?
    let bytes = Array(value.utf8)
    if let unit = bytes.last, (2...10).contains(bytes.count), bytes.dropLast().allSatisfy({ (48...57).contains($0) }) {
        let length = [115: 1, 109: 60, 104: 3_600, 100: 86_400][Int(unit)]
        let number = bytes.dropLast().reduce(0) { $0 * 10 + Int($1) - 48 }
        expected = length.map { $0 * number }.flatMap { $0 <= 315_360_000 ? $0 : nil }
    }
    hold(Seconds(parsing: value)?.count == expected, "both readings of a duration agree")
}

/// A journal is read or refused; what was read is written and read again as the same; and a torn line at the end does
/// not change what the lines before it say.
package func fuzzJournal(_ input: [UInt8]) {
    _ = try? RotationJournal.lastState(in: input)
    let line = Array("\(fingerprint([input])) ".utf8) + input + [ASCII.lineFeed]
    guard !input.contains(ASCII.lineFeed), let state = try? RotationJournal.lastState(in: line) else { return }
    let again = state.json.rendered().reveal { $0.bytes }
    let written = Array("\(fingerprint([again])) ".utf8) + again + [ASCII.lineFeed]
    hold((try? RotationJournal.lastState(in: written)) == state, "what is read is written as the same")
    hold((try? RotationJournal.lastState(in: line + input)) == state, "a torn line does not count")
}
