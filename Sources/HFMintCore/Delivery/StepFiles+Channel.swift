extension StepFiles {
    /// Whether `--deliver auto` writes here: only if later steps read it, and it is in place.
    func servesAuto(in context: Context) -> Bool {
        if case .jobAPI = self { return BuildkiteJobAPI(context.environment)?.isThere(context.files) ?? false }
        guard let (_, path) = fileOfAuto(in: context.environment) else { return false }
        if case .exports = self { return Self.isThereOrCanBeMade(path, in: context) }
        // A container may have the runner's variables without its files.
        return context.files.kind(of: path) != nil
    }

    /// Returns the file that `auto` skips because it is not in place, and the variable that names it; else `nil`.
    func missing(in context: Context) -> (key: Environment.Key, path: String)? {
        servesAuto(in: context) ? nil : fileOfAuto(in: context.environment)
    }

    private func fileOfAuto(in environment: Environment) -> (key: Environment.Key, path: String)? {
        switch self {
        case .heredoc(let keys, _): environment.file(of: keys)
        case .exports(let key): environment.file(of: [key])
        case .none, .lines, .jobAPI: nil
        }
    }

    /// Whether the file is there, or this step can make it.
    static func isThereOrCanBeMade(_ path: String, in context: Context) -> Bool {
        if context.files.kind(of: path) != nil { return true }
        let folder = context.files.facts(of: FilePath(path).folder)
        return folder?.kind == .directory && folder?.writeRefusal == nil
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

    /// Returns the way of `method` to later steps.
    ///
    /// - Throws: ``MintError/Code/deliveryRefused`` with a safe alternative, if the provider has no such way.
    func channel(
        for method: DeliveryMethod, on provider: Provider, in environment: Environment
    ) throws(MintError) -> StepChannel {
        func file(_ keys: [Environment.Key], _ syntax: StepChannel.Syntax) throws(MintError) -> StepChannel {
            guard let (key, path) = environment.file(of: keys) else { throw .notHandedIn(keys[0], provider) }
            return .file(key, path: path, syntax)
        }
        switch (self, method) {
        case (.heredoc(let keys, _), .env), (.heredoc(_, let keys), .output): return try file(keys, .heredocs)
        case (.exports(let key), .env): return try file([key], .exports)
        case (.lines(let key, let stage), .env): return try file([key], .lines(reaches: stage))
        case (.jobAPI, .env):
            guard BuildkiteJobAPI(environment) != nil else { throw .notHandedIn(.jobAPISocket, provider) }
            return .jobAPI
        case (.none(let instead), _): throw .noStepFile(for: method, provider.title, instead: instead)
        case (_, _): throw .noStepFile(for: method, provider.title, instead: Self.sameStep)
        }
    }
}

extension Environment {
    /// Returns the first of `keys` that is set, and the path that it holds.
    fileprivate func file(of keys: [Key]) -> (key: Key, path: String)? {
        keys.lazy.compactMap { key in self[key].map { (key, $0) } }.first
    }
}

extension MintError {
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
