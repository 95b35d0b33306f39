package import HFMintCore

/// The words of a command line, sorted into options and operands by what a command declares.
///
/// ```swift
/// let arguments = try Arguments(["--json", "acme/model"], for: .exchange)
/// arguments.has(.json)   // true
/// arguments.operands     // ["acme/model"]
/// ```
package struct Arguments: Sendable {
    package private(set) var operands: [String] = []
    /// The words after `--`, for a command that runs another.
    package private(set) var childCommand: [String] = []
    private var values: [String: [String]] = [:]

    /// Sorts `words`: `--name value`, `--name=value`, `--switch`, and `--` before operands that begin with a dash.
    ///
    /// - Throws: ``MintError/Code/usage`` for words that the command does not declare.
    package init(_ words: some Sequence<String>, for command: Command) throws(MintError) {
        var rest = Array(words)[...]
        try Self.refuseRepaired(command.runsAnother ? rest.prefix { $0 != "--" } : rest, for: command)
        while let word = rest.popFirst() {
            if word == "--" {
                if command.runsAnother { childCommand = Array(rest) } else { operands += rest }
                break
            }
            guard word.utf8.starts(with: "-".utf8), word.utf8.count > 1 else {
                operands.append(word)
                continue
            }
            try take(word, &rest, for: command)
        }
        guard command.operands != nil || operands.isEmpty else {
            throw .usage("unexpected argument '\(operands[0])' for '\(command.fullName)'", hint: command.helpHint)
        }
    }

    /// Refuses words that are not UTF-8; the caller leaves out the words of a program that is run.
    private static func refuseRepaired(_ words: ArraySlice<String>, for command: Command) throws(MintError) {
        // U+FFFD replaces bytes that are not UTF-8: a path that holds it is not the path that was typed.
        for word in words where word.unicodeScalars.contains("\u{FFFD}") {
            throw .usage(
                "the argument '\(word)' of '\(command.fullName)' is not UTF-8 text",
                hint: "give what it names another name, in UTF-8; for a file, a link to its folder will do (ln -s)")
        }
    }

    /// Takes an option, and its value from `rest` if `word` does not hold it.
    private mutating func take(
        _ word: String, _ rest: inout ArraySlice<String>, for command: Command
    ) throws(MintError) {
        let parts = word.utf8.split(separator: ASCII.equals, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard
            let option = command.allOptions.first(where: {
                "--\($0.name)" == parts[0] || $0.name == "help" && word == "-h"
            })
        else {
            let known = command.allOptions.map { "--\($0.name)" }
            throw .usage(
                "unknown option '\(parts[0])' for '\(command.fullName)'",
                hint: didYouMean(parts[0], among: known, ignoringCase: true) ?? command.helpHint)
        }
        guard option.repeats || values[option.name] == nil else {
            throw .usage("'--\(option.name)' is given twice", hint: command.helpHint)
        }
        values[option.name, default: []].append(try value(of: option, parts, &rest, command))
    }

    private func value(
        of option: Option, _ parts: [String], _ rest: inout ArraySlice<String>, _ command: Command
    ) throws(MintError) -> String {
        guard option.value != nil else {
            guard parts.count == 1 else { throw .usage("'--\(option.name)' takes no value", hint: command.helpHint) }
            return ""
        }
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
            throw .usage("missing value for '\(option.usage)'", hint: command.helpHint)
        }
        try Self.check(value, of: option, command)
        return value
    }

    /// Refuses an empty path or version, which comes from an unset variable.
    ///
    /// Such a path would name the working directory.
    private static func check(_ value: String, of option: Option, _ command: Command) throws(MintError) {
        guard ["PATH", "DIR", "VERSION"].contains(option.value) else { return }
        guard !value.isEmpty else {
            throw .usage("'--\(option.name)' is empty: is the variable that it comes from set?", hint: command.helpHint)
        }
        guard option.value != "DIR" || value != "-" else {
            throw .usage("'--\(option.name) -' is no directory", hint: "write './-' for one of that name")
        }
    }

    package func has(_ option: Option) -> Bool { values[option.name] != nil }

    /// Returns the value of an option that is given at most once, or nil.
    package func value(_ option: Option) -> String? { values[option.name]?.first }

    /// Returns every value of an option that repeats, in the order of the command line.
    package func values(_ option: Option) -> [String] { values[option.name] ?? [] }

    /// Returns the value of an option as a whole number, or nil if it was not given.
    ///
    /// - Throws: ``MintError/Code/usage`` for anything but a number in `range`.
    package func number(_ option: Option, in range: ClosedRange<Int>) throws(MintError) -> Int? {
        guard let text = value(option) else { return nil }
        guard text.utf8.allSatisfy(\.isASCIIDigit), let number = Int(text), range.contains(number) else {
            throw .usage(
                "'--\(option.name) \(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
