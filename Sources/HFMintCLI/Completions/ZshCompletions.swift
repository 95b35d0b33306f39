/// The script for zsh 5, as a file `_hfmint` on its `fpath`, or sourced.
/// <https://zsh.sourceforge.io/Doc/Release/Completion-System.html>
enum ZshCompletions {
    static var script: [String] {
        let commands = FirstWord.all.map { ($0.name, $0.summary) }
        let arms = names("''", commands) + allGroups.flatMap { names($0.name, $0.operationsWithSummaries) }
        let programs = allCommands.filter(\.runsAnother).map { command in
            "        '\(command.name) '*) shift $at words; (( CURRENT -= at )); _normal ;;"
        }
        return [
            """
            #compdef hfmint
            # \(CompletionShell.zsh.title)

            _hfmint_names() {
                local -a names=()
                case $1 in
            \(arms.joined(separator: "\n"))
                esac
                _describe -t commands command names
            }

            _hfmint() {
                local command
                local at=${words[(ie)--]}
                if (( at < CURRENT )); then
                    case "$words[2] $words[3]" in
            \(programs.joined(separator: "\n"))
                    esac
                    return
                fi
                if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
                    _hfmint_names ''
                    return
                fi
                command=$words[2]
                case $command in
                -*) command='' ;;
                \(allGroups.map(\.name).joined(separator: "|")))
                    if (( CURRENT == 3 )); then
                        _hfmint_names $command
                        return
                    fi
                    command="$command $words[3]"
                    shift words
                    (( CURRENT -= 1 ))
                    ;;
                esac
                if [[ -n $command ]]; then
                    shift words
                    (( CURRENT -= 1 ))
                fi
                case $command in
            \(([.overview] + allCommands).flatMap(arm).joined(separator: "\n"))
                esac
            }

            if [[ $funcstack[1] == _hfmint ]]; then
                _hfmint "$@"
            else
                compdef _hfmint hfmint
            fi
            """
        ]
    }

    /// Returns the arm of a `case` that lists names and what they are for.
    private static func names(_ pattern: String, _ rows: [(name: String, summary: String)]) -> [String] {
        ["    \(pattern))", "        names=("]
            + rows.map { "            \(quoted("\($0.name):\($0.summary)"))" }
            + ["        )", "        ;;"]
    }

    /// Returns the arm of a `case` that says what completes one command.
    private static func arm(_ command: Command) -> [String] {
        let specifications =
            command.allOptions.map(specification)
            + (command.name.isEmpty ? ["--version[\(Command.version.summary)]"] : [])
            + operands(command.completion)
        return ["    '\(command.name)')", "        _arguments \\"]
            + specifications.enumerated().map { index, text in
                "            \(quoted(text))\(index + 1 < specifications.count ? " \\" : "")"
            }
            + ["        ;;"]
    }

    private static func specification(_ option: Option) -> String {
        let explained = "--\(option.name)\(option.value == nil ? "" : "=")[\(escaped(option.help))]"
        let value = option.value.map { ":\(escaped($0)):\(action(option.completion))" } ?? ""
        return (option.repeats ? "*" : "") + explained + value
    }

    private static func operands(_ completion: Completion) -> [String] {
        switch completion {
        case .nothing: []
        case .command: ["1:command:{_hfmint_names \"\"}", "2:operation:{_hfmint_names $words[2]}"]
        default: ["*:operand:\(action(completion))"]
        }
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .nothing, .command: " "
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .files: "_files"
        case .directories: "_directories"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.escaped(["\\": #"\\"#, "[": #"\["#, "]": #"\]"#, ":": #"\:"#])
    }

    private static func quoted(_ text: String) -> String { "'" + text.escaped(["'": #"'\''"#]) + "'" }
}
