extension Check {
    static let stepFiles = Check.single(
        id: "step-files", title: "whether a token can be handed to the job's later steps"
    ) { examination in
        guard let provider = examination.provider else { return .skip("the provider is not known") }
        switch provider.stepFiles {
        case .none(let instead): return .skip("this provider has no file for that: \(instead)")
        case .jobAPI: return agent(examination.agent)
        case .heredoc(let keys, _): return finding(keys, "", provider, examination)
        case .exports(let key): return finding([key], "", provider, examination)
        case .lines(let key, let reaches):
            return finding([key], ", which reaches \(reaches) alone", provider, examination)
        }
    }

    private static func agent(_ answer: Result<Void, MintError>?) -> Finding {
        switch answer {
        case .success: .ok("the agent's Job API")
        case .failure(let error): .fail(error, next: "give --deliver shell, or mend what the agent's Job API says")
        case nil:
            .warn(
                "the agent's Job API is not here (\(Environment.Key.jobAPISocket.name)), so later steps learn nothing",
                next: "in a container, mount the agent's socket and pass its variables on, or exchange in each step")
        }
    }

    private static func finding(
        _ keys: [Environment.Key], _ reach: String, _ provider: Provider, _ examination: Examination
    ) -> Finding {
        let context = examination.context
        guard let key = keys.first(where: { context.environment.isSet($0) }), let path = context.environment[key] else {
            return .warn(
                "\(keys.map(\.name).joined(separator: " or ")) is not set, so later steps learn nothing",
                next: "run hfmint in the step itself, not below a program that clears the environment")
        }
        let isAuto = provider.stepFiles.servesAuto(in: context)
        guard isAuto || context.files.kind(of: path) != nil else {
            return .warn(
                "\(key.name) names '\(path)', which is no file here, so later steps learn nothing",
                next: "in a container, mount the runner's directory, or exchange in each step")
        }
        do throws(MintError) {
            try provider.stepFiles.channel(for: .env, on: provider, in: context.environment).check(
                isSecret: false, in: context)
        } catch {
            // A file that is written only on request stops no other delivery.
            return isAuto ? .fail(error, next: "give --deliver shell") : .warn(error.message, next: error.hint ?? "")
        }
        guard let facts = context.files.facts(of: path), facts.permissions & 0o002 != 0 else {
            return .ok(key.name + reach)
        }
        return .warn(
            "\(key.name) names '\(path)', which every user can write: only paths go in, never a token",
            next: "leave out --export, or chmod o-w \(shellQuoted(path))")
    }
}
