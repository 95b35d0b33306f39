extension Check {
    static let provider = Check.single(
        id: "provider", title: "which CI system this is, and how that is known"
    ) { examination in
        guard let provider = examination.provider else { return withoutProvider(examination) }
        let others = examination.question.detected.filter { $0.name != provider.name }
        let isHere = examination.question.detected.contains { $0.name == provider.name }
        let facts = [Finding.Fact("provider", provider.name)]
        guard isHere else {
            return .warn(
                "\(provider.title), because --provider says so; its variables are not here (\(provider.recognisedBy))",
                next: "leave out --provider, or run this in a job of \(provider.title)", facts: facts)
        }
        let details = others.filter(\.isPlatform).map {
            "also here: \($0.title) (\($0.recognisedBy)); --provider \($0.name)"
        }
        guard let inner = others.first(where: { !$0.isPlatform }) else {
            return .ok("\(provider.title) (\(provider.recognisedBy))", details: details, facts: facts)
        }
        return .warn(
            "\(provider.title) (\(provider.recognisedBy)), and also \(inner.title) (\(inner.recognisedBy)): one runs"
                + " inside the other",
            next: "say which one vouches for this job: --provider \(provider.name), or --provider \(inner.name)",
            details: details, facts: facts)
    }

    private static func withoutProvider(_ examination: Examination) -> Finding {
        if case .success(let acquisition) = examination.acquisition {
            return .ok("none that hfmint knows; the ID token was given (\(acquisition.source))")
        }
        return .fail(.identityNotFound(in: examination.context.environment), next: "run this in a CI job")
    }
}
