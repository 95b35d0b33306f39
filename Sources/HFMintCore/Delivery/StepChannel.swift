/// The way to later steps that one delivery takes, known before any token exists.
enum StepChannel: Equatable {
    /// The provider's file, and the variable that names it.
    case file(Environment.Key, path: String, Syntax)
    case jobAPI

    enum Syntax: Equatable {
        case heredocs
        /// CircleCI names a file that the first step makes, so it may be absent.
        case exports
        case lines(reaches: String)
    }
}

extension StepChannel {
    /// The name of the channel in reports.
    var target: String {
        switch self {
        case .file(let key, _, _): key.name
        case .jobAPI: "Job API"
        }
    }

    /// Whether the file may set the variable already: it holds `NAME=` or `NAME<<`, or cannot be read.
    func mentions(_ key: Environment.Key, in files: any ReadableFiles) -> Bool {
        guard case .file(_, let path, _) = self else { return false }
        do throws(FileFailure) {
            guard let text = try files.read(path, limit: 1 << 20) else { return false }
            return text.reveal { span in ["=", "<<"].contains { span.holds(name: key.name, before: $0) } }
        } catch {
            return true
        }
    }

    /// Refuses, before any token exists, a file that could not be written safely.
    func check(isSecret: Bool, in context: Context) throws(MintError) {
        guard case .file(_, let path, let syntax) = self else { return }
        do throws(FileFailure) {
            try context.files.checkStepFile(path, isSecret: isSecret, mayBeAbsent: syntax == .exports)
            guard syntax != .exports || StepFiles.isThereOrCanBeMade(path, in: context) else {
                throw FileFailure(path, "it is not there, and cannot be made")
            }
        } catch {
            throw .notHandedOn(error)
        }
    }

    /// Hands `variables` on to later steps.
    ///
    /// - Parameter isSecret: whether a token is among them; then nobody else may be able to write the file.
    func write(_ variables: Variables, isSecret: Bool, in context: Context) throws(MintError) {
        guard case .file(let key, let path, let syntax) = self else {
            try BuildkiteJobAPI(context.environment)?.set(variables, in: context)
            return
        }
        if case .lines(let stage) = syntax { context.note("\(key.name) reaches \(stage), and no line before it") }
        do throws(FileFailure) {
            try context.files.appendToStepFile(
                path, variables.text(in: syntax, random: context.random), isSecret: isSecret,
                mayBeAbsent: syntax == .exports)
        } catch {
            throw .notHandedOn(error)
        }
    }
}

extension Variables {
    fileprivate func text(in syntax: StepChannel.Syntax, random: () -> UInt64) -> Secret {
        switch syntax {
        case .heredocs: heredocs(random: random)
        case .exports: exportLines()
        case .lines: environmentFile()
        }
    }
}

extension MintError {
    fileprivate static func notHandedOn(_ failure: FileFailure) -> MintError {
        MintError(
            .stateUnusable, "cannot deliver to '\(failure.path)': \(failure.reason)",
            hint: "put that right, or give --deliver shell, which serves this step alone")
    }
}

extension Span where Element == UInt8 {
    /// Whether the text holds `name` as a whole word with `sign` right behind it.
    fileprivate func holds(name: String, before sign: String) -> Bool {
        var start = 0
        while let found = range(of: name + sign, from: start) {
            guard found.lowerBound > 0 else { return true }
            let before = self[found.lowerBound - 1]
            guard before.isASCIILetterOrDigit || before == ASCII.underscore else { return true }
            start = found.upperBound
        }
        return false
    }
}
