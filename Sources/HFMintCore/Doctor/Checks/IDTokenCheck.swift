extension Check {
    static let idToken = Check.single(
        id: "id-token", title: "how the job's ID token comes, and whether it can be had again"
    ) { examination in
        switch (examination.acquisition, examination.claims) {
        case (.failure(let error), _):
            // The check `provider` reports that no provider was found.
            error.code == .identityNotFound
                ? .skip("nothing here gives one") : .fail(error, next: "see how this CI system gives an ID token")
        case (.success(let acquisition), .failure(let error)):
            .fail(error, next: "see what \(acquisition.source) gives: a JWT of three parts, and nothing else")
        case (.success(let acquisition), .success): found(acquisition, examination)
        }
    }

    private static func found(_ acquisition: Acquisition, _ examination: Examination) -> Finding {
        let facts = [
            Finding.Fact("source", acquisition.source),
            Finding.Fact("can_mint_again", acquisition.canMintAgain ? "true" : "false"),
        ]
        guard !acquisition.canMintAgain else {
            return .ok("from \(acquisition.source), asked for anew at each try", facts: facts)
        }
        if case .variable(let key) = acquisition, let better = mintingProvider(examination) {
            return .warn(
                "from \(key.name), the same one for the whole job, although \(better.title) gives a new one each time",
                next: "unset \(key.name), or give --provider \(better.name)", facts: facts)
        }
        return .ok("from \(acquisition.source), the same one for the whole job", facts: facts)
    }

    /// Returns the provider if it would give this job a new ID token at each try, or nil.
    private static func mintingProvider(_ examination: Examination) -> Provider? {
        guard let provider = examination.provider, let authority = examination.authority,
            let own = try? provider.acquisition(examination.job, authority.audience), own.canMintAgain
        else { return nil }
        return provider
    }
}
