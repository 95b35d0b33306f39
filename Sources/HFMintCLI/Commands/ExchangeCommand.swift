internal import HFMintCore

extension Command {
    package static let exchange = Command(
        name: "exchange",
        summary: "trade this job's ID token for a short-lived Hub token, and deliver it",
        operands: "[NAME=]RESOURCE…",
        description: [
            "Trades the ID token that this CI job can get for a Hub token that lives an hour, and hands it to the"
                + " following commands. The token goes into files of the job's own (0600); stdout gets one line of"
                + " shell that says where they are. That line is for sh, bash, dash, zsh, ksh, busybox and, as"
                + " `eval (hfmint exchange acme/model)`, for fish; csh and PowerShell have `hfmint run`.",
            "A RESOURCE is owner/name (a model), datasets/…, spaces/…, kernels/…, buckets/…, a user name, or the URL"
                + " of any of them; without one, what the --role names, else HFMINT_RESOURCE and then HF_OIDC_RESOURCE. The token of the first is"
                + " called HF_TOKEN; each further one needs a NAME.",
            "With env-file=PATH and token-file=PATH, a PATH that is not there yet is made, an empty file (0600) is filled,"
                + " and what hfmint made before is replaced. Any other file stays as it is, and the exit status is 5.",
            "With --member, an Enterprise organization's client asks for a token of that member instead: for all that the"
                + " scopes allow in the organization, so that no RESOURCE is needed, and no ID token.",
        ],
        options: [.deliver, .export] + Option.exchanging + Option.reporting,
        examples: [
            Example(
                "in any CI system: the following commands of this step use the token",
                "eval \"$(hfmint exchange acme/model)\""),
            Example("two repositories", "eval \"$(hfmint exchange acme/model DATA_TOKEN=datasets/acme/data)\""),
            Example(
                "an environment file for a container",
                "docker run --env-file \"$(hfmint exchange acme/model --deliver env-file)\" image"),
            Example(
                "the token itself, for a program that wants it on its stdin",
                "hfmint exchange acme/model --deliver stdout | login --token-stdin"),
        ],
        printsShell: ExchangeCommand.printsShell,
        run: ExchangeCommand.run)
}

extension Option {
    static let deliver = Option(
        "deliver", "HOW", repeats: true,
        choices: DeliveryMethod.names,
        help: "how the token is handed on: \(DeliveryMethod.words.joined(separator: ", ")) (default: auto)")
    static let export = Option(
        "export", help: "deliver the token's value instead of its path, and mask it where the CI system can")
}

private struct ExchangeCommand {
    private let session: Session
    private let requests: [TokenRequest]
    private let methods: [DeliveryMethod]
    private var arguments: Arguments { session.call.arguments }
    private var context: Context { session.call.context }

    static func printsShell(_ arguments: Arguments?) -> Bool {
        // A misspelt option or delivery must stop the script too.
        guard let words = arguments?.values(.deliver), !words.isEmpty else { return true }
        let methods = words.map { try? DeliveryMethod(parsing: $0) }
        return methods.contains { $0 == nil || $0 == .auto || $0 == .shell }
    }

    static func run(_ call: Call) throws(MintError) -> Report { try Self(call).run() }

    private init(_ call: Call) throws(MintError) {
        session = try Session(call)
        requests = try Self.requests(session)
        methods = try call.arguments.values(.deliver).map(DeliveryMethod.init(parsing:))
        var files: Set<[UInt8]> = []
        for path in methods.compactMap(\.path) {
            let file = FilePath(path).from(call.context.files.workingDirectory).normalised.text
            guard files.insert(Array(file.utf8)).inserted else {
                throw .usage("two deliveries name one file: '\(path)'", hint: "give each a file of its own")
            }
        }
        if requests.count > 1, methods.contains(where: { if case .tokenFile(.some) = $0 { true } else { false } }) {
            throw .usage(
                "one token file cannot hold \(requests.count) tokens", hint: "use --deliver token-file without a path")
        }
    }

    private static func requests(_ session: Session) throws(MintError) -> [TokenRequest] {
        let operands = session.call.arguments.operands
        let endpoint = session.authority.endpoint
        guard operands.isEmpty else {
            return try TokenRequest.parse(operands, endpoint: endpoint).map { $0.of(session.member) }
        }
        if let member = session.member { return [TokenRequest(for: member)] }
        let requests = try TokenRequest.unnamed(session.gate, in: session.call.context.environment, endpoint: endpoint)
        guard !requests.isEmpty else { throw .noResource(example: "hfmint exchange owner/name", session.gate) }
        return requests
    }

    private func run() throws(MintError) -> Report {
        let job = try TokenSession(session)
        let delivery = try Delivery(
            methods: methods, exportsValues: arguments.has(.export), printsReport: arguments.has(.json),
            provider: job.exchanger.provider, directory: job.directory, context: context)
        let (tokens, failures) = exchange(with: job.exchanger)
        guard !tokens.isEmpty || failures.count > 1 else { throw failures[0] }
        let how = arguments.values(.deliver).isEmpty ? "auto" : arguments.values(.deliver).joined(separator: ", ")
        try job.exchanger.handOver(
            tokens.map { ($0.request.resource, $0.token) }, as: .tokenDelivered,
            how: arguments.has(.export) ? "\(how), with its value" : how)
        return report(tokens, failures, try tokens.isEmpty ? Delivery.Receipt() : delivery.deliver(tokens))
    }

    /// Gets a token for each resource, which succeeds or fails alone.
    private func exchange(with exchanger: Exchanger) -> ([NamedToken], [MintError]) {
        var tokens: [NamedToken] = []
        var failures: [MintError] = []
        for request in requests {
            do throws(MintError) {
                let token = try exchanger.token(for: request.resource)
                tokens.append(NamedToken(request, token))
                let lifetime = inWords(seconds: token.expiresAt - context.clock.now())
                context.note("\(request.name.name) is a token for \(request.purpose), good for \(lifetime)")
            } catch {
                failures.append(error)
            }
        }
        return (tokens, failures)
    }

    private func report(_ tokens: [NamedToken], _ failures: [MintError], _ receipt: Delivery.Receipt) -> Report {
        var text = receipt.lines.map { TextOrToken.text("\($0)\n") }
        text += receipt.tokens.flatMap { [.token($0.bearer), .text("\n")] }
        if let failure = failures.first, Self.printsShell(arguments) {
            text.append(.text("(exit \(failure.code.exitStatus.rawValue))\n"))
        }
        let json: JSONValue = [
            "tokens": .array(
                tokens.enumerated().map { index, named in
                    let path = index < receipt.tokenPaths.count ? receipt.tokenPaths[index] : nil
                    return named.json(path: path, includesToken: !receipt.tokens.isEmpty)
                }),
            "environment_file": .string(receipt.environmentFile),
            "deliveries": .array(
                receipt.destinations.map { ["method": .string($0.method), "target": .string($0.target)] }),
            "errors": .array(failures.map(\.json)),
        ]
        return Report(text: text, json: json, failures: withoutRepeatedAdvice(failures))
    }

    /// Returns the failures with advice on the claims only at the first refusal, as the claims were the same for all.
    private func withoutRepeatedAdvice(_ failures: [MintError]) -> [MintError] {
        var failures = failures
        for index in failures.indices.filter({ failures[$0].code == .exchangeRejected }).dropFirst() {
            failures[index].details = []
            failures[index].publisher = []
        }
        return failures
    }
}

extension NamedToken {
    fileprivate func json(path: String?, includesToken: Bool) -> JSONValue {
        let members: [JSONValue.Member] = [
            .init("name", .string(request.name.name)),
            .init("resource", .string(request.resource?.canonical)),
            .init("expires_at", .string(token.expiresAt.rfc3339)),
            .init("sha256", .string(token.sha256)),
            .init("path", .string(path)),
        ]
        let holder = request.member.map { [JSONValue.Member("member", .string($0.email))] } ?? []
        return .object(members + holder + (includesToken ? [.init("access_token", .token(token.bearer))] : []))
    }
}
