/// The script for bash 4.4 and later, with or without the package bash-completion.
/// <https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html>
enum BashCompletions {
    static var script: [String] {
        ["# \(CompletionShell.bash.title)", "", "_hfmint_names() {", "    case $1 in"]
            + ["    '') echo '\(FirstWord.all.map(\.name).joined(separator: " "))' ;;"]
            + allGroups.map { "    \($0.name)) echo '\($0.operations.joined(separator: " "))' ;;" }
            + ["    esac", "}", "", beginning]
            + ["    case $command in"] + commands.flatMap(arm) + ["    esac", end]
    }

    /// Every command, also `hfmint` alone, whose name is empty.
    private static var commands: [Command] { [.overview] + allCommands }

    private static let beginning = #"""
        _hfmint() {
            local word=${COMP_WORDS[COMP_CWORD]} prefix='' option='' command='' index last available='' each
            local options='' repeats='' operands='' words='' kind='' program=''
            local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
            last=$((${#before[@]} - 1))
            COMPREPLY=()

            # `--name=value` is three words or one, as COMP_WORDBREAKS has it.
            if [[ $word == '=' && $last -ge 0 ]]; then
                option=${before[last]} word=''
            elif [[ $last -ge 1 && ${before[last]} == '=' ]]; then
                option=${before[last - 1]}
            elif [[ $word == --*=* ]]; then
                option=${word%%=*} prefix=${word%%=*}= word=${word#*=}
            elif [[ $last -ge 0 ]]; then
                option=${before[last]}
            fi

            if [[ $last -lt 0 && $word != -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$(_hfmint_names '')" -- "$word")
                return
            fi
            if [[ ${before[0]-} != -* ]]; then
                command=${before[0]-}
                if [[ -n $(_hfmint_names "${command:--}") ]]; then
                    if [[ $last -eq 0 ]]; then
                        mapfile -t COMPREPLY < <(compgen -W "$(_hfmint_names "$command")" -- "$word")
                        return
                    fi
                    command="$command ${before[1]-}"
                fi
            fi
        """#

    /// Returns the arm of a `case` that says what completes one command.
    private static func arm(_ command: Command) -> [String] {
        var options = command.allOptions.map { "--\($0.name)" }
        if command.name.isEmpty { options.append("--version") }
        let repeats = command.options.filter(\.repeats).map { "--\($0.name)" }
        let values = command.options.filter { $0.value != nil }.map { option in
            "        --\(option.name)) \(assignments(option.completion)) ;;"
        }
        return ["    '\(command.name)')", "        options='\(options.joined(separator: " "))'"]
            + (repeats.isEmpty ? [] : ["        repeats=' \(repeats.joined(separator: " ")) '"])
            + (command.runsAnother ? ["        program=yes"] : [])
            + (command.completion == .nothing ? [] : ["        operands=\(operands(command.completion))"])
            + (values.isEmpty ? [] : ["        case $option in"] + values + ["        esac"])
            + ["        ;;"]
    }

    private static func assignments(_ completion: Completion) -> String {
        switch completion {
        case .nothing, .command: "kind=nothing"
        case .words(let words): "kind=words words='\(words.joined(separator: " "))'"
        case .files: "kind=files"
        case .directories: "kind=directories"
        }
    }

    private static func operands(_ completion: Completion) -> String {
        switch completion {
        case .nothing: "nothing"
        case .words(let words): "words words=\"${words:-\(words.joined(separator: " "))}\""
        case .files: "files"
        case .directories: "directories"
        case .command: "'command'"
        }
    }

    private static let end = #"""

            for index in "${!before[@]}"; do
                [[ ${before[index]} == -- ]] || continue
                [[ -n $program ]] || return
                if declare -F _command_offset >/dev/null; then
                    _command_offset $((index + 2))
                elif [[ $index -eq $last ]]; then
                    mapfile -t COMPREPLY < <(compgen -c -- "$word")
                else
                    compopt -o default
                fi
                return
            done
            if [[ -z $kind && $word == -* ]]; then
                for each in $options; do
                    [[ " ${before[*]} " == *" $each "* && $repeats != *" $each "* ]] || available+=" $each"
                done
                mapfile -t COMPREPLY < <(compgen -W "$available" -- "$word")
                return
            fi
            case ${kind:-$operands} in
            words) mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$words" -- "$word") ;;
            files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -P "$prefix" -f -- "$word") ;;
            directories) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -P "$prefix" -d -- "$word") ;;
            command)
                [[ $last -ne 1 ]] || words=$(_hfmint_names "${before[1]}")
                [[ $last -ne 0 ]] || words=$(_hfmint_names '')
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                ;;
            esac
        }

        complete -F _hfmint hfmint
        """#
}
