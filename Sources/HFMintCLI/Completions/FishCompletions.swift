/// The script for fish 3 and later. <https://fishshell.com/docs/current/completions.html>
enum FishCompletions {
    static var script: [String] {
        ["# \(CompletionShell.fish.title)", "", functions, "complete -c hfmint -f"]
            + names(after: "")
            + allGroups.flatMap { operations($0, after: $0.name) }
            + ["complete -c hfmint -n '__hfmint_next' -l version -d \(quoted(Command.version.summary))"]
            + Command.overview.allOptions.map { line($0, condition: "__hfmint_alone") }
            + allCommands.flatMap(lines)
    }

    private static let functions = #"""
        function __hfmint_words
            set -l words (commandline -opc)
            set -e words[1]
            string join -- \n $words
        end

        # Whether the words before the cursor are these, and no others.
        function __hfmint_next
            set -l words (__hfmint_words)
            test "$words" = "$argv"
        end

        # Whether the words before the cursor begin with these, and no `--` follows.
        function __hfmint_in
            set -l words (__hfmint_words)
            contains -- -- $words; and return 1
            set -l size (count $argv)
            test (count $words) -ge $size; and test "$words[1..$size]" = "$argv"
        end

        function __hfmint_alone
            set -l words (__hfmint_words)
            contains -- -- $words; and return 1
            test (count $words) -eq 0; or string match -q -- '-*' $words[1]
        end

        # The same behind a `--`, where another program's words stand.
        function __hfmint_runs
            set -l words (__hfmint_words)
            set -l size (count $argv)
            contains -- -- $words; and test "$words[1..$size]" = "$argv"
        end

        function __hfmint_program
            set -l words (__hfmint_words)
            set -e words[1..(contains -i -- -- $words)]
            complete -C (string join -- ' ' (string escape -- $words) (commandline -ct))
        end

        """#

    private static func names(after words: String) -> [String] {
        FirstWord.all.map { word($0.name, $0.summary, after: words) }
    }

    private static func operations(_ group: CommandGroup, after words: String) -> [String] {
        group.operationsWithSummaries.map { word($0.name, $0.summary, after: words) }
    }

    private static func word(_ name: String, _ summary: String, after words: String) -> String {
        let condition = words.isEmpty ? "__hfmint_next" : "__hfmint_next \(words)"
        return "complete -c hfmint -n '\(condition)' -a \(name) -d \(quoted(summary))"
    }

    private static func lines(_ command: Command) -> [String] {
        let condition = "__hfmint_in \(command.name)"
        return command.allOptions.map { line($0, condition: condition) } + operands(command, condition)
            + (command.runsAnother
                ? ["complete -c hfmint -n '__hfmint_runs \(command.name)' -a '(__hfmint_program)'"] : [])
    }

    private static func line(_ option: Option, condition: String) -> String {
        let value = option.value == nil ? "" : " \(action(option.completion))"
        return "complete -c hfmint -n '\(condition)' -l \(option.name)\(value) -d \(quoted(option.help))"
    }

    private static func operands(_ command: Command, _ condition: String) -> [String] {
        switch command.completion {
        case .nothing: []
        case .words(let words): ["complete -c hfmint -n '\(condition)' -a '\(words.joined(separator: " "))'"]
        case .files: ["complete -c hfmint -n '\(condition)' -F"]
        case .directories: ["complete -c hfmint -n '\(condition)' -a '(__fish_complete_directories)'"]
        case .command:
            names(after: command.name) + allGroups.flatMap { operations($0, after: "\(command.name) \($0.name)") }
        }
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .nothing, .command: "-x"
        case .words(let words): "-x -a '\(words.joined(separator: " "))'"
        case .files: "-r -F"
        case .directories: "-x -a '(__fish_complete_directories)'"
        }
    }

    /// Returns the text in single quotes, as fish reads them.
    private static func quoted(_ text: String) -> String {
        "'" + text.escaped(["\\": #"\\"#, "'": #"\'"#]) + "'"
    }
}
