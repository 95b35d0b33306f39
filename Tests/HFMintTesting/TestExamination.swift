package import HFMintCore

/// A GitHub job that is well; tests break what they are about.
package enum TestExamination {
    package static let claims: [String: ClaimValue] = [
        "iss": "https://token.actions.githubusercontent.com", "aud": "https://huggingface.co",
        "sub": "repo:acme/training:ref:refs/heads/main", "repository": "acme/training", "repository_id": "456",
        "repository_owner": "acme", "repository_owner_id": "123", "ref": "refs/heads/main", "event_name": "push",
        "workflow": "Publish", "workflow_ref": "acme/training/.github/workflows/publish.yml@refs/heads/main",
        "job_workflow_ref": "acme/training/.github/workflows/publish.yml@refs/heads/main",
        "iat": .integer(FrozenClock.usualNow.secondsSince1970),
        "exp": .integer(FrozenClock.usualNow.secondsSince1970 + 300),
    ]

    /// - Parameter changes: laid over the claims.
    package static func make(
        _ changes: [String: ClaimValue] = [:],
        without removed: [String] = [],
        expecting expectations: [(String, String)] = [],
        environment: Environment = ["GITHUB_ACTIONS": "true"],
        files: MemoryFiles = MemoryFiles()
    ) throws -> Examination {
        let machine = FakeMachine(environment, files: files)
        let claims = claims.merging(changes) { _, new in new }.filter { !removed.contains($0.key) }
        var question = Examination.Question()
        question.expectations = try Expectation.parse(expectations.map { "\($0.0)=\($0.1)" })
        question.provider = .gitHubActions
        question.detected = Provider.allDetected(in: machine.context.job)
        var examination = Examination(
            question, machine.context, acquisition: .success(.variable(.hfOIDCIDToken)),
            claims: .success(try testClaims(claims)))
        examination.hub = .answered(status: 200, date: FrozenClock.usualNow)
        examination.git = .empty
        return examination
    }
}

extension Check {
    /// The check of this id, run.
    package static func findings(_ id: String, _ examination: Examination) -> [Finding] {
        allChecks.filter { $0.id == id }.flatMap { $0.run(examination) }
    }

    /// The one finding of the check of this id.
    package static func finding(_ id: String, _ examination: Examination) throws -> Finding {
        let found = findings(id, examination)
        if found.count == 1, let only = found.first { return only }
        unscripted("\(found.count) findings of \(id), where one is due")
        throw CancellationError()
    }
}
