/// How tokens leave hfmint: checked before the exchange, carried out after it.
package struct Delivery: Sendable {
    private let methods: [DeliveryMethod]
    /// Whether values go out instead of paths.
    private let exportsValues: Bool
    private let platform: Provider?
    private let directory: (any PrivateDirectory)?
    private let printsReport: Bool
    private let context: Context

    /// Refuses, before any token exists, what could not be delivered safely.
    ///
    /// - Parameter printsReport: a report takes the place of shell lines on stdout.
    package init(
        methods: [DeliveryMethod],
        exportsValues: Bool,
        printsReport: Bool,
        platform: Provider?,
        directory: (any PrivateDirectory)?,
        context: Context
    ) throws(MintError) {
        self.exportsValues = exportsValues
        self.printsReport = printsReport
        self.platform = platform
        self.context = context
        self.methods = Self.resolved(methods.isEmpty ? [.auto] : methods, platform, context.environment)
        self.directory = directory
        if directory == nil, self.methods.contains(where: \.usesJobFiles) {
            throw .noDirectory
        }
        try checkStdout()
        try checkStepFiles()
        try checkMasking()
    }

    /// `auto` becomes what it stands for here.
    private static func resolved(
        _ methods: [DeliveryMethod], _ platform: Provider?, _ environment: Environment
    ) -> [DeliveryMethod] {
        var resolved: [DeliveryMethod] = []
        for method in methods {
            var meant = [method]
            if method == .auto {
                meant = [.shell]
                if case .heredoc(let variable, _) = platform?.stepFiles, environment.isSet(variable) {
                    meant.append(.env)
                }
            }
            resolved += meant.filter { !resolved.contains($0) }
        }
        return resolved
    }

    private func checkStdout() throws(MintError) {
        let printing = methods.filter { $0 == .shell || $0 == .stdout }
        guard printing.count <= 1 else {
            throw .usage("'--deliver shell' and '--deliver stdout' both want stdout", hint: "give one of them")
        }
        guard methods.contains(.stdout) else { return }
        if context.output.kind(of: .out) == .terminal {
            throw MintError(
                .deliveryRefused, "a token is not printed on a terminal",
                hint: "capture it: token=$(hfmint exchange --deliver stdout …)")
        }
        if !printsReport, platform?.masking.canMask != true {
            context.note("warning: the token goes to stdout, and nothing here hides it from a log")
        }
    }

    private func checkStepFiles() throws(MintError) {
        for method in methods where method == .env || method == .output { _ = try stepFile(method) }
    }

    /// The platform's file for later steps, as its variable names it.
    private func stepFile(_ method: DeliveryMethod) throws(MintError) -> (key: Environment.Key, path: String) {
        guard let platform, case .heredoc(let environmentKey, let outputKey) = platform.stepFiles else {
            throw MintError(
                .deliveryRefused,
                "\(platform?.title ?? "this machine") has no file by which a step sets another step's variables safely",
                hint: "use eval \"$(hfmint exchange …)\" in the step that needs the token")
        }
        let key = method == .env ? environmentKey : outputKey
        guard let path = context.environment[key] else {
            throw MintError(
                .deliveryRefused, "\(platform.name): \(key.name) is not set",
                hint: "in a container started by hand, pass the variable and the file on, or use --deliver shell")
        }
        return (key, path)
    }

    /// With `--export` the shell has the value as well, and whatever it starts may print it.
    private var printsOrExportsValue: Bool {
        methods.contains(.stdout) || exportsValues && methods.contains { [.shell, .env, .output].contains($0) }
    }

    private func checkMasking() throws(MintError) {
        guard printsOrExportsValue else { return }
        guard let platform, platform.masking.canMask else {
            guard !methods.contains(where: { $0 == .env || $0 == .output }) else {
                throw MintError(
                    .deliveryRefused, "\(platform?.title ?? "this machine") cannot hide a new value from its logs",
                    hint: "leave out --export: a path is delivered, and the token stays in its file")
            }
            return
        }
        if context.output.kind(of: .err) == .file {
            throw MintError(
                .deliveryRefused, "stderr is a file, so the line that masks the token would stay in it",
                hint: "do not redirect stderr of this command" + (exportsValues ? ", or leave out --export" : ""))
        }
    }
}

extension Delivery {
    /// What was delivered, and where; without any token.
    package struct Outcome: Sendable {
        /// Lines for stdout: shell commands, or paths.
        package var lines: [String] = []
        /// The tokens themselves for stdout, when asked for.
        package var tokens: [HubToken] = []
        package var places: [Place] = []
        /// The files in the job's directory, one a token in the order of the tokens; empty where none was needed.
        package var tokenPaths: [String] = []
        package var environmentFile: String?

        package init() {}

        package struct Place: Sendable {
            package let method: String
            /// A path, the variable that names the platform's file, or `-` for stdout.
            package let target: String
        }
    }

    /// Carries out every method, masks first.
    package func deliver(_ tokens: [NamedToken]) throws(MintError) -> Outcome {
        mask(tokens)
        do throws(FileFailure) {
            let needsFiles = methods.contains(where: \.usesJobFiles)
            let files = try JobFiles(tokens, resource: resource(of: tokens), in: needsFiles ? directory : nil)
            var outcome = Outcome()
            outcome.tokenPaths = files.tokens
            outcome.environmentFile = files.environment
            for method in methods { try deliver(tokens, by: method, files, &outcome) }
            return outcome
        } catch {
            throw MintError(
                .stateUnusable, "cannot deliver to '\(error.path)': \(error.reason)",
                hint: "put that right, or choose another --deliver; the token that was had expires by itself")
        }
    }

    private func mask(_ tokens: [NamedToken]) {
        guard printsOrExportsValue, case .workflowCommand = platform?.masking else { return }
        // One write with the line feed in front, so that nothing on an unfinished line hides the command.
        let lines = tokens.flatMap { [.text("::add-mask::"), .token($0.token), .text("\n")] as [TextOrToken] }
        context.output.write(Secret(joining: [.text("\n")] + lines), to: .err)
    }

    /// What `HFMINT_RESOURCE` should say from here on.
    private func resource(of tokens: [NamedToken]) -> String? {
        if let own = tokens.first(where: { $0.request.name == .hfToken }) { return own.request.resource.canonical }
        // A shell may read it from a file: what is not a resource is left as it is, unsaid.
        let ambient = context.environment[.hfmintResource] ?? context.environment[.hfOIDCResource]
        return ambient.flatMap { try? Resource(parsing: $0, endpoint: .huggingFace) }?.canonical
    }

    private func deliver(
        _ tokens: [NamedToken], by method: DeliveryMethod, _ files: JobFiles, _ outcome: inout Outcome
    ) throws(FileFailure) {
        let resource = resource(of: tokens)
        let paths = Variables.paths(
            tokens, at: files.tokens, environmentFile: files.environment, resource: resource)
        switch method {
        case .auto: break
        case .shell:
            let source = "set -a; . \(shellQuoted(files.environment ?? "")); set +a"
            guard !printsReport else { return }
            outcome.lines.append(exportsValues ? source : paths.shellExport())
            outcome.places.append(.init(method: method.name, target: "-"))
        case .env, .output:
            guard let file = try? stepFile(method) else { return }
            let variables = exportsValues ? Variables.values(tokens, resource: resource) : paths
            try context.files.appendToPlatformFile(
                file.path, variables.heredocs(random: context.random), isSecret: exportsValues)
            outcome.places.append(.init(method: method.name, target: file.key.name))
        case .environmentFile(let given):
            let bytes = Variables.values(tokens, resource: resource).environmentFile()
            try write(bytes, to: given, else: files.environment, method, &outcome)
        case .tokenFile(let given):
            for (index, named) in tokens.enumerated() {
                try write(named.token.secret, to: given, else: files.tokens[safely: index], method, &outcome)
            }
        case .stdout:
            outcome.tokens = tokens.map(\.token)
            outcome.places.append(.init(method: method.name, target: "-"))
        }
    }

    private func write(
        _ bytes: borrowing Secret, to given: String?, else jobFile: String?, _ method: DeliveryMethod,
        _ outcome: inout Outcome
    ) throws(FileFailure) {
        if let given {
            let identity = try context.files.replaceUserFile(given, with: bytes)
            // So that `hfmint forget` finds it; where there is no directory, the user's own copy is the user's.
            try directory.map { directory throws(FileFailure) in
                try UserCopy(path: absolute(given), identity).record(in: directory)
            }
        }
        guard let path = given ?? jobFile else { return }
        // stdout that a shell evaluates, or that is the token, has no room for a path.
        if !methods.contains(.shell), !methods.contains(.stdout) { outcome.lines.append(path) }
        outcome.places.append(.init(method: method.name, target: path))
    }
}

extension Delivery {
    private func absolute(_ path: String) -> String {
        path.utf8.first == ASCII.slash ? path : "\(context.files.workingDirectory)/\(path)"
    }
}

/// The files in the job's directory: one a token, and the ephemeral environment file.
private struct JobFiles {
    private(set) var tokens: [String] = []
    private(set) var environment: String?

    init(_ named: [NamedToken], resource: String?, in directory: (any PrivateDirectory)?) throws(FileFailure) {
        guard let directory else { return }
        for item in named {
            let file = "token-" + fingerprint([Array(item.request.resource.canonical.utf8)])
            try directory.replace(file, with: item.token.secret)
            tokens.append("\(directory.path)/\(file)")
        }
        let file =
            "env-"
            + fingerprint(
                named.flatMap { [$0.request.name.name, $0.request.resource.canonical] }.map { Array($0.utf8) })
        try directory.replace(file, with: Variables.values(named, resource: resource).environmentFile())
        environment = "\(directory.path)/\(file)"
    }
}

extension Masking {
    package var canMask: Bool {
        switch self {
        case .none: false
        case .workflowCommand: true
        }
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
