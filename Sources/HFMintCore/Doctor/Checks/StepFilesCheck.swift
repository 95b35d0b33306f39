extension Check {
    static let stepFiles = Check(
        id: "step-files", title: "whether a token can be handed to the job's later steps"
    ) { examination in
        guard let files = examination.provider?.stepFiles else { return [.skip("the provider is not known")] }
        let keys: [Environment.Key]
        var reach = ""
        switch files {
        case .none(let instead): return [.skip("this provider has no file for that: \(instead)")]
        case .jobAPI: return [.ok("the agent's Job API")]
        case .heredoc(let environment, _): keys = environment
        case .exports(let key): keys = [key]
        case .lines(let key, let reaches):
            keys = [key]
            reach = ", which reaches \(reaches) alone"
        }
        return [finding(keys, reach, examination)]
    }

    private static func finding(
        _ keys: [Environment.Key], _ reach: String, _ examination: Examination
    ) -> Finding {
        let environment = examination.context.environment
        guard let key = keys.first(where: { environment.isSet($0) }), let path = environment[key] else {
            return .warn(
                "\(keys.map(\.name).joined(separator: " or ")) is not set, so later steps learn nothing",
                next: "run hfmint in the step itself, not below a program that clears the environment")
        }
        guard let facts = examination.context.files.facts(of: path), facts.kind == .regular else {
            return .warn(
                "\(key.name) names '\(path)', which is no file here",
                next: "in a container, mount the runner's directory, or exchange in each step")
        }
        if let refusal = facts.writeRefusal {
            return .fail(
                "\(key.name) names '\(path)', which cannot be written: \(refusal)",
                next: "run hfmint as the runner's user, with its disk mounted for writing; or give --deliver shell")
        }
        guard facts.permissions & 0o002 == 0 else {
            return .warn(
                "\(key.name) names '\(path)', which every user can write: only paths go in, never a token",
                next: "leave out --export, or chmod o-w \(shellQuoted(path))")
        }
        return .ok(key.name + reach)
    }
}
