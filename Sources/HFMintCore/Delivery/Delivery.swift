/// How tokens leave hfmint: checked before the exchange, carried out after it.
package struct Delivery: Sendable {
    private let methods: [DeliveryMethod]
    /// Whether values go out instead of paths.
    private let exportsValues: Bool
    private let provider: Provider?
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
        provider: Provider?,
        directory: (any PrivateDirectory)?,
        context: Context
    ) throws(MintError) {
        self.exportsValues = exportsValues
        self.printsReport = printsReport
        self.provider = provider
        self.context = context
        self.methods = Self.resolved(methods.isEmpty ? [.auto] : methods, provider, context)
        self.directory = directory
        if directory == nil, self.methods.contains(where: \.usesJobFiles) {
            throw .noDirectory
        }
        try checkStdout()
        try checkFiles()
        try checkMasking()
    }

    /// `auto` becomes what it stands for here.
    private static func resolved(
        _ methods: [DeliveryMethod], _ provider: Provider?, _ context: Context
    ) -> [DeliveryMethod] {
        var resolved: [DeliveryMethod] = []
        for method in methods {
            var meant = [method]
            if method == .auto {
                meant = [.shell]
                if provider?.stepFiles.servesAuto(in: context) == true { meant.append(.env) }
                if let (key, path) = provider?.stepFiles.missing(in: context) {
                    context.note("\(key.name) names '\(path)', which is not here: later steps learn nothing")
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
        if !printsReport, provider?.masking.canMask(in: context.environment) != true {
            context.note("warning: the token goes to stdout, and nothing here hides it from a log")
        }
    }

    private func checkFiles() throws(MintError) {
        for method in methods {
            switch method {
            case .env, .output: try channel(for: method).check(isSecret: exportsValues, in: context)
            case .environmentFile(let path?), .tokenFile(let path?):
                do throws(FileFailure) {
                    try refuseOwnName(path)
                    try context.files.checkUserFile(path, marks: copies(of: path))
                } catch {
                    throw undelivered(error, method)
                }
            default: break
            }
        }
    }

    /// Another call of the job would take what lies there for its own.
    private func refuseOwnName(_ path: String) throws(FileFailure) {
        let here = context.files.workingDirectory
        let whole = FilePath(path).from(here).normalised
        guard let directory, JobFileName.isKept(whole.name, in: whole.folder),
            FilePath(whole.folder).isWithin(FilePath(directory.path).from(here).normalised.text)
        else { return }
        throw FileFailure(path, "hfmint keeps this name in this job's directory for itself", isTaken: true)
    }

    private func channel(for method: DeliveryMethod) throws(MintError) -> StepChannel {
        guard let provider else {
            throw .noStepFile(for: method, "this machine", instead: StepFiles.sameStep)
        }
        return try provider.stepFiles.channel(for: method, on: provider, in: context.environment)
    }

    /// With `--export` the shell has the value as well, and whatever it starts may print it.
    private var printsOrExportsValue: Bool {
        methods.contains(.stdout) || exportsValues && methods.contains { [.shell, .env, .output].contains($0) }
    }

    private func checkMasking() throws(MintError) {
        guard printsOrExportsValue else { return }
        guard let provider, provider.masking.canMask(in: context.environment) else {
            guard !methods.contains(where: { $0 == .env || $0 == .output }) else {
                throw MintError(
                    .deliveryRefused, "\(provider?.title ?? "this machine") cannot hide a new value from its logs",
                    hint: "leave out --export: a path is delivered, and the token stays in its file")
            }
            return
        }
        if case .workflowCommand = provider.masking, context.output.kind(of: .err) == .file {
            throw MintError(
                .deliveryRefused,
                "stderr is a file or a device, so the line that masks the token would not reach the runner",
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
            /// A path, the variable that names the provider's file, or `-` for stdout.
            package let target: String
        }
    }

    /// Carries out every method, masks first.
    package func deliver(_ tokens: [NamedToken]) throws(MintError) -> Outcome {
        try provider?.masking.mask(tokens, mustMask: printsOrExportsValue, in: context)
        if printsOrExportsValue, let failure = context.output.failure {
            throw MintError(
                .stateUnusable, "the token was not delivered, as its mask was lost: \(failure)",
                hint: "do not close or redirect stderr of this command")
        }
        let files: JobFiles
        do throws(FileFailure) {
            files = try JobFiles(
                tokens, .values(tokens, resource: resource(of: tokens), isHeld: context.environment.isSet),
                for: methods,
                in: directory)
        } catch {
            throw undelivered(error)
        }
        var outcome = Outcome()
        outcome.tokenPaths = files.tokens
        outcome.environmentFile = files.environment
        for method in methods { try deliver(tokens, by: method, files, &outcome) }
        return outcome
    }

    /// What `HFMINT_RESOURCE` should say from here on.
    private func resource(of tokens: [NamedToken]) -> String? {
        if let own = tokens.first(where: { $0.request.name == .hfToken }) {
            if let resource = own.request.resource { return resource.canonical }
        }
        // A shell may read it from a file: what is not a resource is left as it is, unsaid.
        let ambient = context.environment[.hfmintResource] ?? context.environment[.hfOIDCResource]
        return ambient.flatMap { try? Resource(parsing: $0, endpoint: .huggingFace) }?.canonical
    }

    private func deliver(
        _ tokens: [NamedToken], by method: DeliveryMethod, _ files: JobFiles, _ outcome: inout Outcome
    ) throws(MintError) {
        let resource = resource(of: tokens)
        func variables(isHeld: (Environment.Key) -> Bool) -> Variables {
            exportsValues
                ? .values(tokens, resource: resource, isHeld: isHeld)
                : .paths(
                    tokens, at: files.tokens, environmentFile: files.environment, resource: resource, isHeld: isHeld)
        }
        switch method {
        case .auto: break
        case .shell:
            guard !printsReport else { return }
            let line = variables(isHeld: context.environment.isSet)
            let tokenFiles = zip(tokens.map(\.request.name.name), files.tokens)
            outcome.lines.append(
                exportsValues
                    ? line.shellImport(from: Dictionary(tokenFiles) { first, _ in first }) : line.shellExport())
            outcome.places.append(.init(method: method.name, target: "-"))
        case .env, .output:
            let channel = try channel(for: method)
            // Later steps have this one's variables and what is in the file; outputs are in the file alone.
            let delivered = variables { key in
                method == .env && context.environment.isSet(key) || channel.mentions(key, in: context.files)
            }
            try channel.write(delivered, isSecret: exportsValues, in: context)
            outcome.places.append(.init(method: method.name, target: channel.target))
        case .environmentFile(let given):
            let bytes = Variables.values(tokens, resource: resource, isHeld: context.environment.isSet)
                .environmentFile()
            try write(bytes, to: given, else: files.environment, method, &outcome)
        case .tokenFile(let given):
            for (index, named) in tokens.enumerated() {
                try write(named.token.bearer.secret, to: given, else: files.tokens[safely: index], method, &outcome)
            }
        case .stdout:
            outcome.tokens = tokens.map(\.token)
            outcome.places.append(.init(method: method.name, target: "-"))
        }
    }

    private func write(
        _ bytes: borrowing Secret, to given: String?, else jobFile: String?, _ method: DeliveryMethod,
        _ outcome: inout Outcome
    ) throws(MintError) {
        if let given {
            do throws(FileFailure) {
                try context.files.replaceUserFile(given, with: bytes, marks: copies(of: given))
            } catch {
                throw undelivered(error, method)
            }
        }
        guard let path = given ?? jobFile else { return }
        // stdout that a shell evaluates, or that is the token, has no room for a path.
        if !methods.contains(.shell), !methods.contains(.stdout) { outcome.lines.append(path) }
        outcome.places.append(.init(method: method.name, target: path))
    }
}

extension Delivery {
    /// So that they can be replaced, and `hfmint forget` finds them.
    private func copies(of path: String) -> UserCopies? {
        directory.map { UserCopies(of: FilePath(path).from(context.files.workingDirectory).text, in: $0) }
    }

    private func undelivered(_ failure: FileFailure, _ method: DeliveryMethod? = nil) -> MintError {
        MintError(
            .stateUnusable, "cannot deliver to '\(failure.path)': \(failure.reason)",
            hint: failure.isTaken
                ? method.map { otherName($0, failure.path) } : "put that right, or choose another --deliver")
    }

    /// To type in place of one that is taken.
    private func otherName(_ method: DeliveryMethod, _ path: String) -> String {
        guard !path.utf8.starts(with: "/dev/".utf8) else {
            return "leave out the path: --deliver \(method.name) is a file of this job's own"
        }
        let names = (1...9).map { "\(path).hfmint\($0 == 1 ? "" : "\($0)")" }
        let name = names.first { context.files.facts(of: $0) == nil } ?? names[0]
        return "name a file that is not there yet: --deliver \(method.name)=\(shellQuoted(name))"
    }
}

/// The files in the job's directory that some method needs: one a token, and the ephemeral environment file.
private struct JobFiles {
    private(set) var tokens: [String] = []
    private(set) var environment: String?

    init(
        _ named: [NamedToken], _ values: Variables, for methods: [DeliveryMethod],
        in directory: (any PrivateDirectory)?
    ) throws(FileFailure) {
        guard let directory else { return }
        let tokenFiles = named.map { JobFileName.token(for: $0.request.resource, of: $0.request.member) }
        if methods.contains(where: \.usesTokenFiles) {
            for (item, file) in zip(named, tokenFiles) {
                try directory.replace(file, with: item.token.bearer.secret)
                tokens.append("\(directory.path)/\(file)")
            }
        }
        if methods.contains(where: \.usesEnvironmentFile) {
            let file = "env-" + fingerprint((named.map(\.request.name.name) + tokenFiles).map { Array($0.utf8) })
            try directory.replace(file, with: values.environmentFile())
            environment = "\(directory.path)/\(file)"
        }
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
