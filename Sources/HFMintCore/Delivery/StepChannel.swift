/// The way to later steps that one delivery takes, known before any token exists.
enum StepChannel: Equatable {
    case heredoc(Environment.Key, path: String)
    case exports(Environment.Key, path: String)
    case lines(Environment.Key, path: String, reaches: String)
    case jobAPI
}

extension StepFiles {
    /// Whether `--deliver auto` writes here: only if later steps read it, and it is in place.
    func servesAuto(in context: Context) -> Bool {
        switch self {
        case .none, .lines: false
        case .heredoc(let environment, _):
            // A container may have the runner's variables without its files.
            environment.lazy.compactMap { context.environment[$0] }.first.map { context.files.kind(of: $0) != nil }
                ?? false
        case .exports(let key):
            context.environment[key].map { context.files.kind(of: $0) != nil || Self.canBeMade($0, in: context) }
                ?? false
        case .jobAPI: BuildkiteJobAPI(context.environment)?.isThere(context.files) ?? false
        }
    }

    /// Asks the agent whether it would set the variables of `auto`; returns `nil` if there is no agent to ask.
    func rehearsal(in context: Context) -> Result<Void, MintError>? {
        guard case .jobAPI = self, servesAuto(in: context), let agent = BuildkiteJobAPI(context.environment) else {
            return nil
        }
        do throws(MintError) {
            return .success(try agent.rehearse(in: context))
        } catch {
            return .failure(error)
        }
    }

    /// Returns the file that `auto` skips because it is not in place, and the variable that names it; else `nil`.
    func missing(in context: Context) -> (key: Environment.Key, path: String)? {
        guard !servesAuto(in: context) else { return nil }
        let keys: [Environment.Key] =
            switch self {
            case .heredoc(let environment, _): environment
            case .exports(let key): [key]
            case .none, .lines, .jobAPI: []
            }
        return keys.lazy.compactMap { key in context.environment[key].map { (key, $0) } }.first
    }

    /// Whether this step can make the file, as the first step should.
    fileprivate static func canBeMade(_ path: String, in context: Context) -> Bool {
        let facts = context.files.facts(of: FilePath(path).folder)
        return facts?.kind == .directory && facts?.writeRefusal == nil
    }

    /// Returns the way of `method` to later steps.
    ///
    /// - Throws: ``MintError/Code/deliveryRefused`` with a safe alternative, if the provider has no such way.
    func channel(
        for method: DeliveryMethod, on provider: Provider, in environment: Environment
    ) throws(MintError) -> StepChannel {
        func named(_ keys: [Environment.Key]) throws(MintError) -> (Environment.Key, path: String) {
            for key in keys { if let path = environment[key] { return (key, path) } }
            throw .notHandedIn(keys[0], provider)
        }
        switch (self, method) {
        case (.heredoc(let keys, _), .env), (.heredoc(_, let keys), .output):
            let (key, path) = try named(keys)
            return .heredoc(key, path: path)
        case (.exports(let key), .env): return .exports(key, path: try named([key]).path)
        case (.lines(let key, let stage), .env): return .lines(key, path: try named([key]).path, reaches: stage)
        case (.jobAPI, .env):
            guard BuildkiteJobAPI(environment) != nil else { throw .notHandedIn(.jobAPISocket, provider) }
            return .jobAPI
        case (.none(let instead), _): throw .noStepFile(for: method, provider.title, instead: instead)
        case (_, _): throw .noStepFile(for: method, provider.title, instead: Self.sameStep)
        }
    }
}

extension StepChannel {
    /// The name of the channel in reports.
    var target: String {
        switch self {
        case .heredoc(let key, _), .exports(let key, _), .lines(let key, _, _): key.name
        case .jobAPI: "Job API"
        }
    }

    /// Whether something in the file may set the variable already: `NAME=` or `NAME<<` anywhere.
    func mentions(_ key: Environment.Key, in files: any ReadableFiles) -> Bool {
        switch self {
        case .heredoc(_, let path), .exports(_, let path), .lines(_, let path, _):
            let text: Secret?
            do throws(FileFailure) {
                text = try files.read(path, limit: 1 << 20)
            } catch {
                return true
            }
            guard let text else { return false }
            return text.reveal { span in
                [Array("=".utf8), Array("<<".utf8)].contains { span.names(key.name, then: $0) }
            }
        case .jobAPI: return false
        }
    }

    /// Refuses, before any token exists, a file that could not be written safely.
    func check(isSecret: Bool, in context: Context) throws(MintError) {
        do throws(FileFailure) {
            switch self {
            case .heredoc(_, let path), .lines(_, let path, _):
                try context.files.checkStepFile(path, isSecret: isSecret, mayBeAbsent: mayBeAbsent)
            case .exports(_, let path):
                try context.files.checkStepFile(path, isSecret: isSecret, mayBeAbsent: mayBeAbsent)
                guard context.files.kind(of: path) != nil || StepFiles.canBeMade(path, in: context) else {
                    throw FileFailure(path, "it is not there, and cannot be made")
                }
            case .jobAPI: break
            }
        } catch {
            throw .notHandedOn(error)
        }
    }

    /// Hands `variables` on to later steps.
    ///
    /// - Parameter isSecret: whether a value is among them; then nobody else may write the file.
    func write(_ variables: Variables, isSecret: Bool, in context: Context) throws(MintError) {
        do throws(FileFailure) {
            switch self {
            case .heredoc(_, let path):
                try append(variables.heredocs(random: context.random), to: path, isSecret, in: context)
            case .exports(_, let path):
                try append(variables.exportLines(), to: path, isSecret, in: context)
            case .lines(let key, let path, let stage):
                context.note("\(key.name) reaches \(stage), and no line before it")
                try append(variables.environmentFile(), to: path, isSecret, in: context)
            case .jobAPI: break
            }
        } catch {
            throw .notHandedOn(error)
        }
        if self == .jobAPI { try BuildkiteJobAPI(context.environment)?.set(variables, in: context) }
    }

    private func append(
        _ text: borrowing Secret, to path: String, _ isSecret: Bool, in context: Context
    ) throws(FileFailure) {
        try context.files.appendToStepFile(path, text, isSecret: isSecret, mayBeAbsent: mayBeAbsent)
    }

    /// Whether the file may be absent: CircleCI names it, and the first step makes it.
    private var mayBeAbsent: Bool { if case .exports = self { true } else { false } }
}

extension MintError {
    /// Returns the error for a provider's file that cannot be written.
    fileprivate static func notHandedOn(_ failure: FileFailure) -> MintError {
        MintError(
            .stateUnusable, "cannot deliver to '\(failure.path)': \(failure.reason)",
            hint: "put that right, or give --deliver shell, which serves this step alone")
    }

    static func noStepFile(for method: DeliveryMethod, _ system: String, instead: String) -> MintError {
        MintError(
            .deliveryRefused,
            method == .output
                ? "\(system) has no outputs by which a step hands a value to another safely"
                : "\(system) has no file by which a step sets another step's variables safely",
            hint: instead)
    }

    /// Returns the error for a provider's variable that this step does not have.
    fileprivate static func notHandedIn(_ key: Environment.Key, _ provider: Provider) -> MintError {
        MintError(
            .deliveryRefused, "\(provider.name): \(key.name) is not set",
            hint: "in a container started by hand, pass the variable and the file on, or use --deliver shell")
    }
}

extension Span where Element == UInt8 {
    /// Whether the text holds `name` as a whole word with `sign` behind it.
    fileprivate func names(_ name: String, then sign: [UInt8]) -> Bool {
        let word = Array(name.utf8) + sign
        guard count >= word.count else { return false }
        return (0...(count - word.count)).contains { start in
            guard start == 0 || !(self[start - 1].isASCIILetterOrDigit || self[start - 1] == ASCII.underscore) else {
                return false
            }
            return word.indices.allSatisfy { self[start + $0] == word[$0] }
        }
    }
}
