extension ShellScript {
    /// Puts commands at the start of the script, or in place of its log-in, and takes the token out of its lines.
    ///
    /// - Parameter atTop: whether the token must be there from the first line on.
    /// - Returns: the lines of the file whose mentions of the token are accounted for.
    func change(
        _ commands: [String], atTop: Bool, in reader: YAMLReader, secrets: Set<String>, _ edits: inout LineEdits
    ) throws(Doubt) -> Set<Int> {
        try refuseUnclear()
        if case .oneLine(let scalar, let column) = form {
            try change(scalar, column, commands, reader, secrets, &edits)
            return [scalar.line]
        }
        let logins = lines.indices.filter { lines[$0].command.isLogin }
        guard !commands.isEmpty || logins.count < lines.count || lines.isEmpty else {
            throw Doubt(at: lines[0].lines.lowerBound, "nothing would be left of the script")
        }
        let replaced = atTop || readsBeforeLogin || commands.isEmpty ? nil : logins.first
        for index in logins where index != replaced { try edits.remove(lines[index].removal) }
        if let replaced {
            let line = lines[replaced]
            try edits.replace(line.removal.lowerBound, with: commands.map { line.prefix + $0 })
            try edits.remove(line.removal.dropFirst())
        } else if !lines.isEmpty, !commands.isEmpty {
            let isShebang = lines.count > 1 && lines[0].command.text.hasStart("#!")
            let place = place(before: isShebang ? 1 : 0, reader)
            edits.insert(commands.map { place.prefix + $0 }, before: place.line)
        }
        for line in lines where line.command.role == .git {
            for physical in line.lines {
                let old = reader.lines[physical].text(0)
                guard let new = ShellCommand.withoutTokens(old, secrets) else { continue }
                try edits.replace(physical, with: [new.text])
            }
        }
        return Set(lines.filter { $0.command.role != .other }.flatMap(\.lines))
    }

    /// Throws the first line that hfmint does not understand, or must not take apart.
    func refuseUnclear() throws(Doubt) {
        var holdsDocument = false
        for line in lines {
            switch line.command.role {
            case .unknown(let reason): throw Doubt(at: line.lines.lowerBound, reason)
            case .login, .git:
                if line.isNested, line.command.isLogin {
                    throw Doubt(at: line.lines.lowerBound, "the log-in stands within another command")
                }
                if holdsDocument { throw Doubt(at: line.lines.lowerBound, "it may be a part of a text ('<<')") }
            case .other, .reader: break
            }
            holdsDocument = holdsDocument || line.command.text.hasPart("<<")
        }
    }

    /// Whether a line uses the token before the script logs in.
    private var readsBeforeLogin: Bool {
        let first = lines.firstIndex { $0.command.isLogin } ?? 0
        return lines[..<first].contains { $0.command.role != .other || !$0.command.resources.isEmpty }
    }

    /// Makes a literal text of a script that stands on the line of its key.
    private func change(
        _ scalar: YAMLScalar, _ column: Int, _ commands: [String], _ reader: YAMLReader, _ secrets: Set<String>,
        _ edits: inout LineEdits
    ) throws(Doubt) {
        let isEscaped =
            scalar.style == .doubleQuoted && scalar.text.utf8.contains(ASCII.backslash)
            || scalar.style == .singleQuoted && scalar.text.utf8.contains(ASCII.apostrophe)
        guard !isEscaped else { throw Doubt(at: scalar.line, "it is a script with escaped quotes") }
        let line = reader.lines[scalar.line]
        let start = line.text(0, scalar.columns.lowerBound)
        let rest = line.text(scalar.columns.upperBound)
        let command = lines[0].command
        if command.isLogin, commands.count == 1 {
            try edits.replace(scalar.line, with: [start + commands[0] + rest])
            return
        }
        let plain = ShellCommand.withoutTokens(scalar.text, secrets)?.text ?? scalar.text
        guard !commands.isEmpty || !command.isLogin else {
            throw Doubt(at: scalar.line, "nothing would be left of the script")
        }
        guard !commands.isEmpty || plain != scalar.text else { return }
        guard !commands.isEmpty else {
            let quoted = reader.lines[scalar.line].text(scalar.columns.lowerBound, scalar.columns.upperBound)
            let new = ShellCommand.withoutTokens(quoted, secrets)?.text ?? quoted
            try edits.replace(scalar.line, with: [start + new + rest])
            return
        }
        let body = commands + (command.isLogin ? [] : [plain])
        let indent = String(repeating: " ", count: column + 2)
        try edits.replace(scalar.line, with: ["\(start)|\(rest)"] + body.map { indent + $0 })
    }
}

extension ShellCommand {
    var isLogin: Bool { if case .login = role { true } else { false } }
}
