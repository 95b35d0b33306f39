/// Where a secret is, instead of the secret: what a manifest may say.
package enum SecretReference: Equatable, Sendable {
    case variable(Environment.Key)
    case file(String)
    /// A program by its absolute path, without a shell; its output is the secret.
    case command([String])

    /// `env:NAME` or `file:PATH`.
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

    /// What may stand at its place.
    package enum Content: Sendable {
        /// One line, as headers, forms and log-ins take it.
        case line
        /// A key: lines of PEM, or bytes.
        case key
    }

    /// Reads the secret, without line breaks at its end.
    ///
    /// Whoever pastes one into a form, or makes a variable of a file, adds them. Every secret of a manifest and of an
    /// option is read here.
    ///
    /// - Parameter folder: from which relative paths count; empty for the one that this process is in.
    /// - Throws: ``MintError/Code/stateUnusable``, with the place and never the content; for a program that may give it
    ///   later, ``MintError/Code/serviceUnavailable``.
    package func read(
        _ content: Content = .line, relativeTo folder: String, in context: Context
    ) throws(MintError) -> Secret {
        let value = try stored(relativeTo: folder, in: context).withoutTrailingLineBreak()
        guard let complaint = value.reveal({ Self.complaint(about: $0, as: content) }) else { return value }
        throw MintError(.stateUnusable, "\(place) \(complaint)", hint: "set it anew, to the secret alone")
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
                    "\(place) did not give its secret: it \(error.predicate(of: command))", hint: absenceHint)
            }
        }
    }

    /// What no server would take for the secret that was meant; a clause that quotes nothing of it.
    private static func complaint(about text: Span<UInt8>, as content: Content) -> String? {
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

    /// What editors and shells put in front of a text, and nobody sees.
    private static func mark(before text: Span<UInt8>, _ content: Content) -> String? {
        let start = text.bytes(in: 0..<min(3, text.count))
        // A key may be any bytes, so two of them prove nothing.
        if content == .line, start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            return "is in UTF-16: write it in UTF-8"
        }
        return start == [0xEF, 0xBB, 0xBF] ? "begins with a byte order mark (U+FEFF), which nobody sees" : nil
    }

    /// Whether there is at either end what web pages and chats leave there: a blank that does not break, one without a
    /// width, a separator of lines, or a byte order mark.
    private static func isUnseen(at text: Span<UInt8>) -> Bool {
        let start = text.bytes(in: 0..<min(3, text.count))
        let end = text.bytes(in: max(0, text.count - 3)..<text.count)
        return ["\u{85}", "\u{A0}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2028}", "\u{2029}", "\u{2060}", "\u{FEFF}"]
            .contains { mark in
                start.starts(with: mark.utf8) || end.suffix(mark.utf8.count).elementsEqual(mark.utf8)
            }
    }

    /// Where it leads, for a message.
    package var place: String {
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
