import HFMintCore
import Testing

@testable import HFMintCLI

@Suite("help")
struct HelpTests {
    private static let names = allCommands.map(\.name) + ["", "--version"]

    private func command(_ name: String) throws -> Command {
        try #require((allCommands + [.overview, .version]).first { $0.name == name })
    }

    @Test("fits into eighty columns", arguments: names)
    func width(name: String) throws {
        let lines = Help.lines(for: try command(name)) + Help.overview()
        // An example is one line, as it is to be copied.
        for line in lines where !line.hasPrefix("  ") || line.contains("    ") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("holds no control character, and no trailing space", arguments: names)
    func clean(name: String) throws {
        for line in Help.lines(for: try command(name)) + Help.overview() {
            #expect(line.printable == line)
            #expect(line.last != " ")
        }
    }

    @Test("explains every option in a clause", arguments: names)
    func options(name: String) throws {
        let command = try command(name)
        let text = Help.lines(for: command).joined(separator: "\n")
        #expect(Set(command.allOptions.map(\.name)).count == command.allOptions.count)
        for option in command.allOptions {
            #expect(text.contains("  \(option.usage)"))
            #expect(!option.help.isEmpty && option.help.last != "." && option.help.first?.isUppercase == false)
            #expect(option.name.utf8.allSatisfy { $0.isASCIILowercase || $0 == ASCII.minus })
        }
    }

    @Test("shows for every command what it is for, and two or more examples", arguments: names)
    func examples(name: String) throws {
        let command = try command(name)
        #expect(!command.summary.isEmpty && command.summary.last != "." && command.summary.first?.isUppercase == false)
        #expect(!command.description.isEmpty && (2...4).contains(command.examples.count))
        #expect(Set(command.examples.map(\.line)).count == command.examples.count)
        if allCommands.contains(where: { $0.name == name }) && command.group == nil {
            #expect(Help.overview().contains { $0.hasPrefix("  hfmint \(name)") })
        }
        for example in command.examples {
            #expect(example.line.contains("hfmint"))
            #expect(!example.purpose.isEmpty && example.purpose.last != ".")
        }
    }

    @Test("lists a group in one row, and its operations in its own help", arguments: allGroups.map(\.name))
    func groups(name: String) throws {
        let group = try #require(allGroups.first { $0.name == name })
        #expect(Help.overview().count { $0.hasPrefix("  hfmint \(name) ") } == 1)
        let lines = Help.lines(for: group)
        let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        for command in group.commands {
            let operation = group.operation(command)
            #expect(lines.contains { $0.hasPrefix("  \(operation) ") }, "\(operation)")
            #expect(text.contains(" \(command.summary) "), "\(operation)")
            #expect(Help.overview().contains { $0.contains(" \(operation)") })
        }
        for line in lines { #expect(line.count <= 80 && line.printable == line && line.last != " ") }
    }

    @Test("names every exit status")
    func statuses() {
        let text = Help.overview().joined(separator: "\n")
        for status in MintError.ExitStatus.allCases {
            #expect(text.contains("\n  \(status.rawValue)  \(status.meaning)"))
        }
    }

    @Test("knows a group for every command of two words", arguments: allCommands.map(\.name))
    func inGroup(name: String) throws {
        #expect(try command(name).group?.name == (name.contains(" ") ? name.prefix { $0 != " " }.description : nil))
    }
}
