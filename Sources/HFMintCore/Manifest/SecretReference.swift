/// Where a secret is, instead of the secret: what a manifest may say.
package enum SecretReference: Equatable, Sendable {
    case variable(Environment.Key)
    case file(String)
    /// A program by its absolute path, without a shell; its output is the secret.
    case command([String])

    /// `env:NAME` or `file:PATH`.
    package init?(parsing text: String) {
        if text.utf8.starts(with: "env:".utf8) {
            let name = String(text.dropFirst(4))
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.underscore }
            guard isName else { return nil }
            self = .variable(Environment.Key(name))
        } else if text.utf8.starts(with: "file:".utf8), text.utf8.count > 5 {
            self = .file(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    package init?(_ place: ManifestNode) {
        if let text = place.string {
            self.init(parsing: text)
        } else if let command = place["command"] {
            self = .command(command.elements.compactMap(\.string))
        } else {
            return nil
        }
    }

    /// What is wrong with a reference; it never quotes it, as it may be the secret itself.
    static func complaint(about place: ManifestNode) -> String? {
        if let text = place.string {
            return SecretReference(parsing: text) == nil ? "must say where the secret is: env:NAME or file:PATH" : nil
        }
        guard place.members.count == 1, let command = place["command"], let first = command.elements.first?.string,
            command.elements.allSatisfy({ $0.string != nil })
        else { return "must be env:NAME, file:PATH, or { command: [\"/absolute/program\", …] }" }
        return first.utf8.first == ASCII.slash ? nil : "must name its program by an absolute path"
    }

    /// Reads the secret, without a line break at its end.
    ///
    /// - Parameter folder: from which relative paths count; empty for the one that this process is in.
    /// - Throws: ``MintError/Code/stateUnusable``, with the place and never the content.
    package func read(relativeTo folder: String, in context: Context) throws(MintError) -> Secret {
        switch self {
        case .variable(let key):
            guard let value = context.environment.secret(key) else {
                throw MintError(.stateUnusable, "\(key.name) is not set", hint: "the manifest names it as a secret")
            }
            return value
        case .file(let path):
            let isWhole = path.utf8.first == ASCII.slash || folder.isEmpty
            let absolute = isWhole ? path : "\(folder)/\(path)"
            do throws(FileFailure) {
                guard let text = try context.files.read(absolute, limit: 64 << 10) else {
                    throw FileFailure(absolute, "there is no such file")
                }
                return text.withoutTrailingLineBreak()
            } catch {
                throw MintError(.stateUnusable, "cannot read '\(error.path)': \(error.reason)")
            }
        case .command(let words): return try Self.output(of: words, in: context)
        }
    }

    private static func output(of words: [String], in context: Context) throws(MintError) -> Secret {
        let failed = MintError(.stateUnusable, "'\(words.first ?? "")' did not give its secret")
        guard let result = try? context.processes.run(ChildCommand(words)) else { throw failed }
        guard result.status == 0 else { throw failed }
        return result.output.withoutTrailingLineBreak()
    }
}
