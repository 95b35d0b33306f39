/// The ways by which tokens leave hfmint: checked before the exchange, carried out after it.
///
/// A command makes its delivery before it has a token, so that hfmint asks for no token that it could not hand on. The
/// delivery then masks the tokens (`Masking+Tokens.swift`), writes the files of the job's own directory
/// (``JobFiles``), and carries out each ``DeliveryMethod``: the ``Variables`` become a line for a shell
/// (`ShellLine.swift`), or text for later steps (`StepChannel.swift`, ``BuildkiteJobAPI``). A file outside the job's
/// directory is noted as a ``UserCopy`` for `hfmint forget`.
///
/// By default only paths leave the job's directory. A token never goes to a terminal, nor to later steps of a provider
/// that cannot mask it.
///
/// ```swift
/// let delivery = try Delivery(
///     methods: [.auto], exportsValues: false, printsReport: false, provider: provider, directory: directory,
///     context: context)
/// let receipt = try delivery.deliver(tokens)
/// ```
package struct Delivery: Sendable {
    private let methods: [DeliveryMethod]
    /// Whether variables hold values instead of paths.
    private let exportsValues: Bool
    private let provider: Provider?
    private let directory: (any PrivateDirectory)?
    private let printsReport: Bool
    private let context: Context

    /// Refuses, before any token exists, a delivery that would not be safe.
    ///
    /// - Parameter printsReport: whether a report takes the place of shell lines on stdout.
    package init(
        methods: [DeliveryMethod], exportsValues: Bool, printsReport: Bool, provider: Provider?,
        directory: (any PrivateDirectory)?, context: Context
    ) throws(MintError) {
        self.exportsValues = exportsValues
        self.printsReport = printsReport
        self.provider = provider
        self.context = context
        self.methods = Self.resolved(methods.isEmpty ? [.auto] : methods, provider, context)
        self.directory = directory
        if directory == nil, self.methods.contains(where: \.usesJobFiles) { throw .noDirectory }
        try checkStdout()
        try checkFiles()
        try checkMasking()
    }

    /// Replaces `auto` by what it means in this job, and drops repeated methods.
    private static func resolved(
        _ methods: [DeliveryMethod], _ provider: Provider?, _ context: Context
    ) -> [DeliveryMethod] {
        var resolved: [DeliveryMethod] = []
        for method in methods.flatMap({ $0 == .auto ? meaningOfAuto(provider, context) : [$0] })
        where !resolved.contains(method) {
            resolved.append(method)
        }
        return resolved
    }

    private static func meaningOfAuto(_ provider: Provider?, _ context: Context) -> [DeliveryMethod] {
        guard let stepFiles = provider?.stepFiles else { return [.shell] }
        if let (key, path) = stepFiles.missing(in: context) {
            context.note("\(key.name) names '\(path)', which is not here: later steps learn nothing")
        }
        return stepFiles.servesAuto(in: context) ? [.shell, .env] : [.shell]
    }

    private func checkStdout() throws(MintError) {
        guard methods.contains(.stdout) else { return }
        guard !methods.contains(.shell) else {
            throw .usage("'--deliver shell' and '--deliver stdout' both want stdout", hint: "give one of them")
        }
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

    /// Refuses a path in the job's directory whose name hfmint uses: another call would take the file for its own.
    private func refuseOwnName(_ path: String) throws(FileFailure) {
        let here = context.files.workingDirectory
        let whole = FilePath(path).from(here).normalised
        guard let directory, JobFileName.isKept(whole.name, in: whole.folder),
            FilePath(whole.folder).isWithin(FilePath(directory.path).from(here).normalised.text)
        else { return }
        throw FileFailure(path, "hfmint keeps this name in this job's directory for itself", isTaken: true)
    }

    private func channel(for method: DeliveryMethod) throws(MintError) -> StepChannel {
        guard let provider else { throw .noStepFile(for: method, "this machine", instead: StepFiles.sameStep) }
        return try provider.stepFiles.channel(for: method, on: provider, in: context.environment)
    }

    /// Whether a token's value leaves hfmint; with `--export` the shell has it, and its programs may print it.
    private var printsOrExportsValue: Bool {
        methods.contains(.stdout) || exportsValues && methods.contains { [.shell, .env, .output].contains($0) }
    }

    private func checkMasking() throws(MintError) {
        guard printsOrExportsValue else { return }
        guard let provider, provider.masking.canMask(in: context.environment) else {
            guard methods.contains(.env) || methods.contains(.output) else { return }
            throw MintError(
                .deliveryRefused, "\(provider?.title ?? "this machine") cannot hide a new value from its logs",
                hint: "leave out --export: a path is delivered, and the token stays in its file")
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
    /// What was delivered, and where.
    package struct Receipt: Sendable {
        /// Lines for stdout: shell commands, or paths.
        package var lines: [String] = []
        /// The tokens to print on stdout, if the user asked for that.
        package var tokens: [HubToken] = []
        /// Each target is a path, the variable that names the provider's file, or `-` for stdout.
        package var destinations: [(method: String, target: String)] = []
        /// The token files in the job's directory, in the order of the tokens; empty if no method needs them.
        package var tokenPaths: [String] = []
        package var environmentFile: String?

        package init() {}

        fileprivate mutating func note(_ method: DeliveryMethod, _ target: String) {
            destinations.append((method.name, target))
        }
    }

    /// Masks the tokens, then carries out every method.
    package func deliver(_ tokens: [NamedToken]) throws(MintError) -> Receipt {
        try provider?.masking.mask(tokens, mustMask: printsOrExportsValue, in: context)
        if printsOrExportsValue, let failure = context.output.failure {
            throw MintError(
                .stateUnusable, "the token was not delivered, as its mask was lost: \(failure)",
                hint: "do not close or redirect stderr of this command")
        }
        let files: JobFiles
        do throws(FileFailure) {
            files = try JobFiles(tokens, values(of: tokens), for: methods, in: directory)
        } catch {
            throw undelivered(error)
        }
        var receipt = Receipt()
        receipt.tokenPaths = files.tokenPaths
        receipt.environmentFile = files.environmentPath
        for method in methods { try deliver(tokens, by: method, files, &receipt) }
        return receipt
    }

    private func deliver(
        _ tokens: [NamedToken], by method: DeliveryMethod, _ files: JobFiles, _ receipt: inout Receipt
    ) throws(MintError) {
        switch method {
        case .auto: break
        case .shell:
            guard !printsReport else { return }
            receipt.lines.append(shellLine(tokens, files))
            receipt.note(method, "-")
        case .env, .output:
            let channel = try channel(for: method)
            // With `env`, a later step sees the variables that this step has, and those in the channel's file. With
            // `output`, it sees only what the file holds.
            let delivered = variables(tokens, files) { key in
                method == .env && context.environment.isSet(key) || channel.mentions(key, in: context.files)
            }
            try channel.write(delivered, isSecret: exportsValues, in: context)
            receipt.note(method, channel.target)
        case .environmentFile(let path):
            if let path { try write(values(of: tokens).environmentFile(), to: path, method) }
            note(path ?? files.environmentPath, method, in: &receipt)
        case .tokenFile(let path):
            for (index, named) in tokens.enumerated() {
                if let path { try write(named.token.bearer.secret, to: path, method) }
                note(path ?? files.tokenPaths[index], method, in: &receipt)
            }
        case .stdout:
            receipt.tokens = tokens.map(\.token)
            receipt.note(method, "-")
        }
    }

    private func shellLine(_ tokens: [NamedToken], _ files: JobFiles) -> String {
        let variables = variables(tokens, files, isHeld: context.environment.isSet)
        guard exportsValues else { return variables.shellExport() }
        let tokenFiles = zip(tokens.map(\.request.name.name), files.tokenPaths)
        return variables.shellImport(from: Dictionary(tokenFiles) { first, _ in first })
    }

    /// Returns the variables for a shell or for later steps: paths, or the tokens themselves with `--export`.
    private func variables(
        _ tokens: [NamedToken], _ files: JobFiles, isHeld: (Environment.Key) -> Bool
    ) -> Variables {
        let resource = resource(of: tokens)
        return exportsValues
            ? .values(tokens, resource: resource, isHeld: isHeld)
            : .paths(
                tokens, at: files.tokenPaths, environmentFile: files.environmentPath, resource: resource,
                isHeld: isHeld)
    }

    /// Returns the variables for an environment file, which holds the tokens themselves.
    private func values(of tokens: [NamedToken]) -> Variables {
        .values(tokens, resource: resource(of: tokens), isHeld: context.environment.isSet)
    }

    /// Returns the value of `HFMINT_RESOURCE` for later steps: the resource of `HF_TOKEN`, or the present value.
    private func resource(of tokens: [NamedToken]) -> String? {
        if let resource = tokens.first(where: { $0.request.name == .hfToken })?.request.resource {
            return resource.canonical
        }
        // A shell may read the value from a file, so only a value that is a resource is handed on.
        return context.environment.namedResource.flatMap {
            try? Resource(parsing: $0.text, endpoint: .huggingFace).canonical
        }
    }

    private func write(_ bytes: borrowing Secret, to path: String, _ method: DeliveryMethod) throws(MintError) {
        do throws(FileFailure) {
            try context.files.replaceUserFile(path, with: bytes, marks: copies(of: path))
        } catch {
            throw undelivered(error, method)
        }
    }

    private func note(_ path: String?, _ method: DeliveryMethod, in receipt: inout Receipt) {
        guard let path else { return }
        // No path goes to a stdout that a shell evaluates, or that holds the token.
        if !methods.contains(.shell), !methods.contains(.stdout) { receipt.lines.append(path) }
        receipt.note(method, path)
    }

    /// Returns the notes of the user's file at `path`, so that hfmint may replace it, and `hfmint forget` finds it.
    private func copies(of path: String) -> UserCopies? {
        directory.map { UserCopies(of: FilePath(path).from(context.files.workingDirectory).text, in: $0) }
    }

    private func undelivered(_ failure: FileFailure, _ method: DeliveryMethod? = nil) -> MintError {
        MintError(
            .stateUnusable, "cannot deliver to '\(failure.path)': \(failure.reason)",
            hint: failure.isTaken
                ? method.map { otherName($0, failure.path) } : "put that right, or choose another --deliver")
    }

    /// Returns what to type instead of a path that is taken.
    private func otherName(_ method: DeliveryMethod, _ path: String) -> String {
        guard !path.utf8.starts(with: "/dev/".utf8) else {
            return "leave out the path: --deliver \(method.name) is a file of this job's own"
        }
        let names = (1...9).map { "\(path).hfmint\($0 == 1 ? "" : "\($0)")" }
        let name = names.first { context.files.facts(of: $0) == nil } ?? names[0]
        return "name a file that is not there yet: --deliver \(method.name)=\(shellQuoted(name))"
    }
}
