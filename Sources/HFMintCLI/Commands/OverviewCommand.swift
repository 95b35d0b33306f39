internal import HFMintCore

extension Command {
    /// `hfmint` alone.
    package static let overview = Command(
        name: "",
        summary: "show what is detected here, and what to type next",
        description: [
            "Without a command, shows which CI system this job runs on, whether it can get an ID token, and the exact"
                + " next command; outside CI, the lines to add to the pipeline that lies in this repository."
        ],
        options: [.audience, .endpoint] + Option.reporting,
        examples: [
            Example("where am I, and what is missing?", "hfmint"),
            Example("for a script: can this job prove who it is?", "hfmint --json | jq .can_prove_identity"),
        ],
        run: surroundings)

    private static func surroundings(_ call: Call) throws(MintError) -> Report {
        let context = call.context
        return Overview(
            authority: try call.arguments.authority(in: context.environment), context: context,
            providers: Provider.allDetected(in: context.job)
        ).report()
    }
}

private struct Overview {
    let authority: Authority
    let context: Context
    /// The providers that were detected here; the first would be asked.
    let providers: [Provider]

    func report() -> Report {
        guard let provider = providers.first else {
            return IDTokenSource.given(context.environment).map { ready(nil, $0) } ?? outsideCI()
        }
        do throws(MintError) {
            let source = try IDTokenSource(.init(), of: provider, audience: authority.audience, in: context)
            return ready(provider, source.acquisition)
        } catch {
            return Report(
                lines: recognised(provider), json: json(provider, canProve: false, next: error.hint.map { [$0] } ?? []),
                failures: [error])
        }
    }

    private func ready(_ provider: Provider?, _ acquisition: Acquisition) -> Report {
        let command = "eval \"$(hfmint exchange \(resource))\""
        return Report(
            lines: recognised(provider) + [
                "ID token   from \(acquisition.source)\(acquisition.canMintAgain ? "" : ", the same one for the whole job")",
                "next       \(command)",
            ],
            json: json(provider, canProve: true, next: [command]))
    }

    private var others: ArraySlice<Provider> { providers.dropFirst() }

    private func recognised(_ provider: Provider?) -> [String] {
        guard let provider else { return ["provider   none that hfmint knows"] }
        return ["provider   \(provider.title) (\(provider.recognisedBy))"]
            + others.map { "also here  \($0.title) (\($0.recognisedBy)); --provider \($0.name) would ask it instead" }
    }

    /// Reports what to do outside CI, which is no failure: people try hfmint on their own machines first.
    private func outsideCI() -> Report {
        let examples = allProviders.compactMap { provider in provider.example.map { (provider, $0) } }
        let found = folders().lazy.compactMap { folder in
            examples.first { context.files.kind(of: "\(folder)/\($0.1.marker)") != nil }
        }.first
        let lines =
            if let (provider, example) = found {
                [
                    "provider   none: this is not a CI job, but the repository uses \(provider.title)",
                    "next       add to \(example.file):",
                    "",
                ] + example.lines.map { "    \($0)" }
            } else {
                [
                    "provider   none: this is not a CI job that hfmint knows",
                    "next       run it in one of: \(examples.map(\.0.title).joined(separator: ", "))",
                    "           or bring an ID token: HF_OIDC_ID_TOKEN, --id-token-file, --id-token-command",
                ]
            }
        return Report(lines: lines, json: json(nil, canProve: false, next: found?.1.lines ?? []))
    }

    private var resource: String {
        // People copy it into a shell, so only a valid resource goes there.
        let ambient = context.environment.namedResource?.text
        return ambient.flatMap { try? Resource(parsing: $0, endpoint: authority.endpoint) }?.canonical ?? "owner/name"
    }

    private func json(_ provider: Provider?, canProve: Bool, next: [String]) -> JSONValue {
        [
            "version": .string(hfmintVersion),
            "provider": .string(provider?.name),
            "also_detected": .array(others.map { .string($0.name) }),
            "can_prove_identity": .bool(canProve),
            "endpoint": .string(authority.endpoint.description),
            "audience": .string(authority.audience),
            "next": .strings(next),
        ]
    }

    /// Returns the working directory and the folders above it, up to the top of the repository.
    private func folders() -> [String] {
        let directories = FilePath(context.files.workingDirectory).upwards.prefix(64)
        let top = directories.firstIndex { context.files.kind(of: $0 + "/.git") != nil }
        return Array(top.map { directories[...$0] } ?? directories)
    }
}
