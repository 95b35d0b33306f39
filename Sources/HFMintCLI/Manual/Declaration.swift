internal import HFMintCore

/// The declarations of the command line, for programs: `hfmint help --json`.
enum Declaration {
    static var json: JSONValue {
        [
            "version": .string(hfmintVersion),
            "commands": .array(([.overview] + allCommands).map(json)),
            "exit_statuses": .array(
                MintError.ExitStatus.allCases.map {
                    ["status": .integer(Int($0.rawValue)), "meaning": .string($0.meaning)]
                }),
            "environment": .array(
                DocumentedVariable.read.map { json($0, isSet: false) }
                    + DocumentedVariable.set.map { json($0, isSet: true) }),
        ]
    }

    private static func json(_ variable: DocumentedVariable, isSet: Bool) -> JSONValue {
        ["names": .strings(variable.names), "meaning": .string(variable.meaning), "set": .bool(isSet)]
    }

    static func json(_ command: Command) -> JSONValue {
        [
            "name": .string(command.name),
            "summary": .string(command.summary),
            "operands": .string(command.operands),
            "runs_another": .bool(command.runsAnother),
            "options": .array(command.allOptions.map(json)),
            "examples": .array(
                command.examples.map { ["purpose": .string($0.purpose), "line": .string($0.line)] }),
        ]
    }

    private static func json(_ option: Option) -> JSONValue {
        [
            "name": .string(option.name),
            "value": .string(option.value),
            "repeats": .bool(option.repeats),
            "choices": .strings(option.choices),
            "help": .string(option.help),
        ]
    }
}
