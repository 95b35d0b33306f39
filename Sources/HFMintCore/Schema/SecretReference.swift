/// The place of a secret, which a manifest names instead of the secret itself.
package enum SecretReference: Hashable, Sendable {
    case variable(Environment.Key)
    case file(String)
    /// A program by its absolute path. It runs without a shell, and its output is the secret.
    case command([String])

    /// Parses `env:NAME` or `file:PATH`.
    package init?(parsing text: String) {
        if text.utf8.starts(with: "env:".utf8) {
            let name = String(decoding: text.utf8.dropFirst(4), as: UTF8.self)
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.underscore }
            guard isName else { return nil }
            self = .variable(Environment.Key(name))
        } else if text.utf8.starts(with: "file:".utf8), text.utf8.count > 5 {
            self = .file(String(decoding: text.utf8.dropFirst(5), as: UTF8.self))
        } else {
            return nil
        }
    }

    package init?(_ node: ManifestNode) {
        if let text = node.string {
            self.init(parsing: text)
        } else if let command = node["command"] {
            self = .command(command.elements.compactMap(\.string))
        } else {
            return nil
        }
    }

    /// Returns what is wrong with a reference, or nil.
    ///
    /// It quotes nothing, as the text may be the secret itself.
    static func complaint(about node: ManifestNode) -> String? {
        if let text = node.string {
            return SecretReference(parsing: text) == nil ? "must say where the secret is: env:NAME or file:PATH" : nil
        }
        guard node.members.count == 1, let command = node["command"], let first = command.elements.first?.string,
            command.elements.allSatisfy({ $0.string != nil })
        else { return "must be env:NAME, file:PATH, or { command: [\"/absolute/program\", …] }" }
        return first.utf8.first == ASCII.slash ? nil : "must name its program by an absolute path"
    }

    /// What the secret may be.
    package enum Content: Sendable {
        /// One line, for headers, forms and log-ins.
        case line
        /// A key in PEM or in bytes.
        case key
    }

    /// Reads the secret and cuts off the line break at its end, which forms and files often add.
    ///
    /// Every secret of a manifest and of an option is read here.
    ///
    /// - Parameter folder: where relative paths start; empty for the working directory.
    /// - Throws: ``MintError/Code/stateUnusable``, which names the source and never the content;
    ///   ``MintError/Code/serviceUnavailable`` for a program that may give the secret later.
    package func read(
        _ content: Content = .line, relativeTo folder: String, in context: Context
    ) throws(MintError) -> Secret {
        let value = try stored(relativeTo: folder, in: context).withoutTrailingLineBreak()
        guard let complaint = value.reveal({ Self.complaint(about: $0, as: content) }) else { return value }
        throw MintError(.stateUnusable, "\(source) \(complaint)", hint: "set it anew, to the secret alone")
    }

    /// Reads one secret or several, a line each, as a rotation keeps them in a sink with `list: true`.
    ///
    /// - Parameter folder: where relative paths start; empty for the working directory.
    /// - Throws: as ``read(_:relativeTo:in:)``, and ``MintError/Code/stateUnusable`` if there is none.
    package func readList(relativeTo folder: String, in context: Context) throws(MintError) -> SecretList {
        let text = try stored(relativeTo: folder, in: context)
        do throws(Malformed) {
            let list = try SecretList(parsing: text)
            guard !list.secrets.isEmpty else { throw Malformed("it is empty") }
            return list
        } catch {
            throw MintError(.stateUnusable, "\(source): \(error.reason)", hint: "write it anew, one secret a line")
        }
    }

    private func stored(relativeTo folder: String, in context: Context) throws(MintError) -> Secret {
        switch self {
        case .variable(let key):
            if let value = context.environment.secret(key) { return value }
            let what = context.environment.isEmpty(key) ? "is empty" : "is not set"
            throw MintError(.stateUnusable, "\(key.name) \(what)", hint: absenceHint)
        case .file(let path):
            let absolute = FilePath(path).from(folder).text
            do throws(FileFailure) {
                guard let text = try context.files.read(absolute, limit: 64 << 10) else {
                    throw FileFailure(absolute, "there is no such file")
                }
                return text
            } catch {
                throw MintError(.stateUnusable, "cannot read '\(error.path)': \(error.reason)", hint: absenceHint)
            }
        case .command(let words):
            let command = ChildCommand(words)
            do throws(ProcessFailure) {
                return try context.processes.output(of: command)
            } catch {
                let passes = [.later, .unknown].contains(error.meaning)
                throw MintError(
                    passes ? .serviceUnavailable : .stateUnusable,
                    "\(source) did not give its secret: it \(error.predicate(of: command))", hint: absenceHint)
            }
        }
    }

    /// Returns why no server would take this text as the secret, in a clause that quotes nothing of it, or nil.
    static func complaint(about text: Span<UInt8>, as content: Content) -> String? {
        guard text.count > 0 else { return "is empty" }
        if let mark = mark(before: text, content) { return mark }
        guard content == .line else { return nil }
        for index in text.indices {
            switch text[index] {
            case ASCII.lineFeed, ASCII.carriageReturn: return "has a line break in it"
            case let byte where byte.isASCIIControl: return "has a control character in it"
            default: break
            }
        }
        let ends = [text[0], text[text.count - 1]]
        if ends.contains(ASCII.space) { return "begins or ends with a blank" }
        return isUnseen(at: text) ? "begins or ends with a character that nobody sees" : nil
    }

    /// Returns a complaint about an unseen mark that an editor or a shell put in front, or nil.
    private static func mark(before text: Span<UInt8>, _ content: Content) -> String? {
        let start = text.bytes(in: 0..<min(3, text.count))
        // A key may be any bytes, so its first two prove nothing.
        if content == .line, start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            return "is in UTF-16: write it in UTF-8"
        }
        return start == [0xEF, 0xBB, 0xBF] ? "begins with a byte order mark (U+FEFF), which nobody sees" : nil
    }

    /// Whether either end has an unseen character that web pages and chats leave: a blank that does not break, one
    /// without width, a line separator, or a byte order mark.
    private static func isUnseen(at text: Span<UInt8>) -> Bool {
        let start = text.bytes(in: 0..<min(3, text.count))
        let end = text.bytes(in: max(0, text.count - 3)..<text.count)
        return ["\u{85}", "\u{A0}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2028}", "\u{2029}", "\u{2060}", "\u{FEFF}"]
            .contains { mark in
                start.starts(with: mark.utf8) || end.suffix(mark.utf8.count).elementsEqual(mark.utf8)
            }
    }

    /// Where the secret comes from, for messages.
    package var source: String {
        switch self {
        case .variable(let key): key.name
        case .file(let path): "'\(path)'"
        case .command(let words): "'\(words.first ?? "")'"
        }
    }

    private var absenceHint: String {
        switch self {
        case .variable(let key): "hand the CI system's secret to this step as \(key.name)"
        case .file: "write the file before, for this user alone (0600)"
        case .command: "run the command by hand, and see what it prints"
        }
    }
}
