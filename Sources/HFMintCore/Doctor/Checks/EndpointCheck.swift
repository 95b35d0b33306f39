extension Check {
    static let endpoint = Check.single(id: "endpoint", title: "which Hub is asked, and who says so") { examination in
        switch examination.question.authority {
        case .failure(let error): .fail(error, next: "leave out --endpoint, and unset HF_ENDPOINT")
        case .success(let authority): found(authority.endpoint, examination)
        }
    }

    private static func found(_ endpoint: Origin, _ examination: Examination) -> Finding {
        let facts = [Finding.Fact("endpoint", endpoint.description)]
        if endpoint == .huggingFace { return .ok("\(endpoint)", facts: facts) }
        if endpoint.isLoopback { return .ok("\(endpoint), on this machine", facts: facts) }
        let variable = examination.context.environment[.hfEndpoint].flatMap { Origin($0.utf8) }
        guard variable == endpoint else { return .ok("\(endpoint), as the command line says", facts: facts) }
        return .warn(
            "\(endpoint), because HF_ENDPOINT says so: ID tokens and Hub tokens go there, and not to huggingface.co",
            next: "if it is a mirror that cannot exchange tokens, unset HF_ENDPOINT for this step", facts: facts)
    }
}
