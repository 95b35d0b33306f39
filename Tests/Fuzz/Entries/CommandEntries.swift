internal import HFMintCLI
internal import HFMintCore

/// Every word is found again, as an operand or as the value of an option that the command declares, by a second
/// sorting of the words.
package func fuzzArguments(_ input: [UInt8]) {
    let words = input.isEmpty ? [] : fields(input).map { text($0) }
    for command in allCommands + [.overview, .version] {
        let expected = sorted(words, for: command)
        do throws(MintError) {
            let arguments = try Arguments(words, for: command)
            guard let expected else { fatalError("broken property: '\(command.fullName)' takes wrong words") }
            hold(sameWords(arguments.operands, expected.operands), "operands are words, in their order")
            hold(sameWords(arguments.childCommand, expected.child), "a program's words are kept as they are")
            for option in command.allOptions {
                let values = expected.options.filter { $0.name == option.name }.map(\.value)
                hold(sameWords(arguments.values(option), values), "an option has the values it was given")
                hold(arguments.has(option) == !values.isEmpty, "an option is there if it was given")
                checkNumber(arguments, option, values.first)
            }
        } catch {
            hold(expected == nil, "'\(command.fullName)' refused good words: \(error.message)")
            hold(error.code == .usage, "a wrong word is a matter of usage")
            hold(!error.message.printable.unicodeScalars.contains(where: isTroublesome), "a refusal is one line")
        }
    }
}

private func sameWords(_ left: [String], _ right: [String]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy(same)
}

private func checkNumber(_ arguments: Arguments, _ option: Option, _ value: String?) {
    let digits = value?.utf8.allSatisfy { (48...57).contains($0) } == true ? value.flatMap { Int($0) } : nil
    do throws(MintError) {
        let number = try arguments.number(option, in: 1...3_600)
        hold(number == digits && (number ?? 1) >= 1 && (number ?? 1) <= 3_600, "a number is the one given, in range")
    } catch {
        hold(digits.map { !(1...3_600).contains($0) } ?? true, "a number in range is taken")
    }
}

private typealias Sorted = (operands: [String], child: [String], options: [(name: String, value: String)])

/// `nil` where a word is wrong.
private func sorted(_ words: [String], for command: Command) -> Sorted? {
    var result: Sorted = ([], [], [])
    // What stands for bytes that are no text is taken in a program's own words alone.
    let own = command.runsAnother ? Array(words.prefix { $0 != "--" }) : words
    guard !own.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) else { return nil }
    var index = 0
    while index < words.count {
        let word = Array(words[index].utf8)
        index += 1
        if word == Array("--".utf8) {
            if command.runsAnother { result.child += words[index...] } else { result.operands += words[index...] }
            break
        }
        guard word.first == UInt8(ascii: "-"), word.count > 1 else {
            result.operands.append(text(word))
            continue
        }
        let name = word.prefix { $0 != UInt8(ascii: "=") }
        let hasValue = name.count < word.count
        guard
            let option = command.allOptions.first(where: {
                name.elementsEqual("--\($0.name)".utf8) || ($0.name == "help" && word == Array("-h".utf8))
            }), option.repeats || !result.options.contains(where: { $0.name == option.name })
        else { return nil }
        switch (option.value, hasValue) {
        case (nil, true): return nil
        case (nil, false): result.options.append((option.name, ""))
        case (_, true): result.options.append((option.name, text(word.dropFirst(name.count + 1))))
        case (_, false):
            guard index < words.count else { return nil }
            result.options.append((option.name, words[index]))
            index += 1
        }
    }
    return command.operands == nil && !result.operands.isEmpty ? nil : result
}

/// The first entry of a name counts, an empty value is no value, and no value is changed.
package func fuzzEnvironment(_ input: [UInt8]) {
    let entries = fields(input)
    let environment = Environment(entries: entries)
    let names = environment.names { _ in true }
    hold(!names.contains(""), "no name is empty")
    hold(names == names.sorted(), "names are in order")
    var seen: [[UInt8]] = []
    for entry in entries {
        let name = Array(entry.prefix { $0 != UInt8(ascii: "=") })
        guard name.count < entry.count, !name.isEmpty, !seen.contains(name) else { continue }
        seen.append(name)
        guard let spelling = String(validating: name, as: UTF8.self) else { continue }
        let value = Array(entry.dropFirst(name.count + 1))
        let key = Environment.Key(spelling)
        hold(environment.isSet(key) == !value.isEmpty, "a variable is set where its value is not empty")
        hold(environment[key].map { same($0, text(value)) } ?? value.isEmpty, "a value is read as it is")
        var bytes: [UInt8] = []
        if let secret = environment.secret(key) { bytes = secret.reveal { $0.bytes } }
        hold(bytes == value, "a secret keeps every byte")
    }
    hold(names.count == seen.count, "no name is lost or invented")
    hold(!environment.isSet(""), "what is not there is not set")
}

/// Text is kept where it is harmless, and otherwise escaped until it is.
package func fuzzPrintable(_ input: [UInt8]) {
    let given = text(input)
    let shown = given.printable
    hold(!shown.unicodeScalars.contains(where: isTroublesome), "nothing is left that breaks a line or hides text")
    hold(same(shown.printable, shown), "what is printable stays as it is")
    hold(!Array(shown.utf8).contains(text: "##"), "nothing is left that a runner takes for a command")
    if input.allSatisfy({ (0x20..<0x7F).contains($0) }), !input.contains(text: "##") {
        hold(same(shown, given), "plain text stays as it is")
    }
    let encoded = Array(percentEncoded(given).utf8)
    hold(encoded.allSatisfy { isPlain([$0]) || "%~".utf8.contains($0) }, "a query value is plain")
    hold(percentDecoded(encoded) == Array(given.utf8), "a query value can be decoded")
    let name = fingerprint([input, []])
    hold(name.utf8.count == 32 && name.utf8.allSatisfy { $0.hexDigitValue != nil }, "a fingerprint is 128 bits")
    hold(name != fingerprint([[], input]) || input.isEmpty, "a fingerprint tells the fields apart")
}

private func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var rest = text[...]
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        bytes.append(rest.prefix(2).reduce(0) { $0 << 4 | ($1.hexDigitValue ?? 0) })
        rest = rest.dropFirst(2)
    }
    return bytes
}
