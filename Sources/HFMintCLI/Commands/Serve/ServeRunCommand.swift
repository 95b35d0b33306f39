internal import HFMintCore

extension Command {
    package static let serveRun = Command(
        name: "serve run",
        summary: "decide for a web server which requests to the Hub may pass",
        description: [
            "Answers nginx, Caddy, HAProxy, Apache or lighttpd over FastCGI, at the Unix socket of the manifest's `serve`:"
                + " whether a request may pass, with which credential of the Hub, and which ticket a job gets for its ID"
                + " token. `hfmint serve config` prints the web server's side.",
            "Runs until SIGTERM, then answers what is open and exits 0. SIGHUP reloads the manifest; one that cannot be"
                + " used changes nothing, and /readyz says why. A socket that systemd or spawn-fcgi passes is used in"
                + " place of the manifest's.",
        ],
        options: [.manifest, .socket, .usedTokens] + Option.reporting,
        examples: [
            Example("in the foreground", "hfmint serve run --manifest /etc/hfmint/hfmint.json5"),
            Example(
                "at another socket, for a trial",
                "hfmint serve run --manifest hfmint.json5 --socket ./serve.sock --state-dir ./state"),
        ],
        run: service)

    private static func service(_ call: Call) throws(MintError) -> Report {
        let (service, place) = try begin(call)
        do throws(FileFailure) {
            try call.context.machine.listener.serve(service.connections(), at: place)
        } catch {
            throw MintError(
                .stateUnusable, "cannot listen at '\(error.path)': \(error.reason)",
                hint: "name a socket in a folder that this user may write to, with serve.socket or --socket")
        }
        service.end()
        return Report()
    }

    /// Reads the manifest, and says where it will be answered by it.
    ///
    /// Only the service keeps what was read, so that a reload sets its memory free.
    private static func begin(_ call: Call) throws(MintError) -> (DecisionService, ListeningPlace) {
        let path = try call.manifestPath()
        let machine = call.context.machine
        let point = try DecisionPoint(call.openManifest(at: path, on: nil))
        let directory = try call.usedTokensDirectory()
        let service = try DecisionService(
            by: point, rereadingBy: { () throws(MintError) in try DecisionPoint(Manifest(at: path, in: machine)) },
            audit: call.audit, used: UsedTokens(in: directory, context: call.context), in: call.context)
        let definition = point.definition
        let place: ListeningPlace
        if let socket = call.arguments.value(.socket) {
            place = .path(socket, group: definition.group)
        } else if machine.listener.hasInheritedSocket {
            place = .inherited
        } else {
            place = .path(FilePath(definition.socket).from(definition.folder).text, group: definition.group)
        }
        call.context.note(
            "answering at \(place.words) for \(counted(definition.hosts.count, "host")); policy"
                + " \(point.policy.digest)")
        if directory == nil {
            call.context.note(
                "which ID tokens were traded is forgotten at the end: give --state-dir, or StateDirectory= in a unit")
        }
        return (service, place)
    }
}

extension Call {
    /// Opens the directory in which it is remembered which ID tokens were traded, or returns nil if none is named.
    fileprivate func usedTokensDirectory() throws(MintError) -> (any PrivateDirectory)? {
        guard let path = arguments.value(.usedTokens) ?? context.environment[.stateDirectory] else { return nil }
        do throws(FileFailure) {
            return try context.openStateDirectory(path, isNamed: true, making: true)
        } catch {
            throw MintError(
                .stateUnusable, "cannot remember used ID tokens in '\(error.path)': \(error.reason)",
                hint: "name a directory that is this user's alone (0700) with --state-dir")
        }
    }
}

extension DecisionPoint {
    /// Takes the decision point out of a manifest.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` if the manifest has no `serve`.
    convenience init(_ manifest: Manifest) throws(MintError) {
        guard let definition = manifest.serve else {
            throw MintError(
                .manifestInvalid, "'\(manifest.path)' has no 'serve', and so decides about no request",
                hint: "`hfmint manifest schema` prints what it may say")
        }
        self.init(policy: try manifest.policy(), definition: definition)
    }
}

extension ListeningPlace {
    fileprivate var words: String {
        switch self {
        case .inherited: "the socket that was passed to it"
        case .path(let path, _): "'\(path)'"
        }
    }
}

extension Option {
    static let socket = Option("socket", "PATH", help: "the Unix socket (default: a passed one, else serve.socket)")
    static let usedTokens = Option(
        "state-dir", "DIR",
        help: "where it is remembered which ID tokens were traded (default: STATE_DIRECTORY, else in memory alone)")
}

extension Environment.Key {
    /// Set by systemd for a unit with `StateDirectory=`.
    ///
    /// <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>
    fileprivate static let stateDirectory = Environment.Key("STATE_DIRECTORY")
}
