/// What a job or a step needs in place of the token that it was handed.
struct TokenNeed: Sendable {
    /// What its token is for; nil if git alone needs one, and asks hfmint by itself.
    private(set) var resource: Resource?
    /// The repositories of its URLs of the Hub.
    private(set) var gitResources: [Resource?] = []
    /// Whether git is to ask hfmint.
    private(set) var needsGit = false
    /// The variable that must hold the token itself, for programs that read it.
    private(set) var exported: String?

    /// - Parameters:
    ///   - names: the variables in which the file hands the token in.
    ///   - given: what the user says the token is for.
    ///   - place: the line, from 0, where a doubt is told.
    init(
        of scripts: [ShellScript], names: [String], given: Resource?, at place: Int
    ) throws(Doubt) {
        let commands = scripts.flatMap(\.lines).map(\.command)
        let isHandedOn = commands.contains { $0.isLogin }
        exported = try Self.exported(commands, names, at: place)
        gitResources = commands.filter { $0.role == .git }.flatMap(\.resources)
        needsGit = commands.contains { $0.role == .git || $0.role == .login(addsToGit: true) }
        let uploads = commands.filter { $0.role != .git }.flatMap(\.resources)
        let needsToken = isHandedOn || exported != nil || !uploads.isEmpty
        if !needsToken, needsGit { return }
        resource = try Self.resource(uploads, gitResources, given, commands, at: place)
    }

    /// Returns what the token is for.
    private static func resource(
        _ uploads: [Resource?], _ gitResources: [Resource?], _ given: Resource?, _ commands: [ShellCommand],
        at place: Int
    ) throws(Doubt) -> Resource {
        if commands.contains(where: { $0.text.hasPart("matrix.") && !$0.resources.isEmpty }) {
            throw Doubt(at: place, "its matrix says which repository it writes: each needs a publisher of its own")
        }
        let found = uploads.isEmpty ? gitResources : uploads
        let known = Set(found.compactMap(\.self).map(\.canonical)).sorted()
        guard known.count < 2 else {
            throw Doubt(
                at: place,
                "it uses several repositories (\(known.joined(separator: ", "))): the second token needs a name, as in"
                    + " `hfmint exchange \(known[0]) DATA_TOKEN=\(known[1])`")
        }
        if let one = found.first(where: { $0 != nil }) ?? nil, !found.contains(where: { $0 == nil }) { return one }
        guard let given else {
            let reason =
                found.isEmpty
                ? "nothing in it says which repository its token is for"
                : "its repository's name is filled in elsewhere"
            throw Doubt(at: place, "\(reason): give it with --resource")
        }
        return given
    }

    /// Returns the variable that must hold the token itself, or nil.
    private static func exported(_ commands: [ShellCommand], _ names: [String], at place: Int) throws(Doubt) -> String?
    {
        let read = Set(
            commands.compactMap { command -> String? in
                if case .reader(let name) = command.role { name } else { nil }
            })
        guard read.count < 2 else { throw Doubt(at: place, "it uses the token under several names") }
        let own = names.filter { !TokenName.ofLibraries.contains($0) }
        let isLoggedIn = commands.contains { $0.isLogin || $0.role == .git }
        guard let name = read.first ?? (isLoggedIn ? nil : own.first) else { return nil }
        guard name != VariableName.hfToken.name else { return name }
        guard (try? VariableName(name)) != nil else {
            throw Doubt(at: place, "it uses \(name), a name that hfmint does not give: call it HF_TOKEN first")
        }
        let isMixed = commands.contains { command in
            if case .reader = command.role { false } else { !command.resources.isEmpty }
        }
        guard !isMixed else { throw Doubt(at: place, "one of its programs reads \(name), another does not") }
        return name
    }

    /// The arguments of `hfmint exchange`, or nil if none is needed.
    private var arguments: String? {
        resource.map { resource in
            switch exported {
            case nil: resource.canonical
            case VariableName.hfToken.name: "--export \(resource.canonical)"
            case .some(let name): "--export \(name)=\(resource.canonical)"
            }
        }
    }

    /// Returns the lines of shell that a script begins with.
    ///
    /// - Parameter dollar: how the file spells a dollar sign of the shell.
    func commands(dollar: String = "$") -> [String] {
        (arguments.map { ["eval \"\(dollar)(hfmint exchange \($0))\""] } ?? [])
            + (needsGit ? [ShellScript.setUpGit] : [])
    }

    /// The line of a step of its own, after which the following steps have the token.
    var stepCommand: String? { resource.map { "hfmint exchange \($0.canonical) > /dev/null" } }

    /// What the job's last step does.
    var endCommands: [String] { Self.endCommands(undoingGit: needsGit) }

    static func endCommands(undoingGit: Bool) -> [String] {
        (undoingGit ? ["hfmint setup-git --undo"] : []) + ["hfmint forget"]
    }

    /// Returns the lines of a script that ends a job: one command on the key's own line, several below it.
    static func endScript(_ key: String, undoingGit: Bool, indent: String) -> [String] {
        let commands = endCommands(undoingGit: undoingGit)
        guard commands.count > 1 else { return ["\(indent)\(key): \(commands.joined())"] }
        return ["\(indent)\(key): |"] + commands.map { "\(indent)  \($0)" }
    }

    /// Every repository that needs a Trusted Publisher; nil stands for one whose name is not known.
    var resources: [Resource?] { (resource.map { [$0] } ?? []) + gitResources }
}
