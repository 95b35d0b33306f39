internal import HFMintCore

extension Command {
    package static let serveConfig = Command(
        name: "serve config",
        summary: "print the configuration of a web server that asks hfmint",
        description: [
            "Prints a complete file for the web server in front of the Hub, made of the manifest's `serve`: it asks hfmint"
                + " before each request, sends the Hub what hfmint says, and the client's own credential to nobody. For"
                + " systemd and Kubernetes it prints what starts hfmint.",
            "The file works as it is, but for the lines below a comment that says CHANGE. With --listen it is for a trial"
                + " on this machine, without TLS; otherwise it listens on the port of `origin` at all addresses.",
        ],
        options: [.door, .listen, .manifest],
        examples: [
            Example(
                "nginx, on Debian",
                "hfmint serve config --for nginx --manifest /etc/hfmint/hfmint.json5 > /etc/nginx/nginx.conf"),
            Example(
                "a trial",
                "hfmint serve config --for caddy --listen 127.0.0.1:8080 --manifest \"$PWD/hfmint.json5\" > Caddyfile"),
        ],
        run: configuration)

    private static func configuration(_ call: Call) throws(MintError) -> Report {
        let typed = call.arguments.value(.door)
        guard let door = FrontDoor.all.first(where: { $0.name == typed }) else {
            throw .usage(
                typed.map { "there is no configuration for '\($0)'" } ?? "for which server?",
                hint: "--for \(FrontDoor.all.map(\.name).joined(separator: " | "))")
        }
        let path = try call.manifestPath()
        guard let definition = try Manifest(at: path, in: call.context.machine).serve else {
            throw MintError(
                .manifestInvalid, "'\(path)' has no 'serve', and so decides about no request",
                hint: "`hfmint manifest schema` prints what it may say")
        }
        let secrets = ServeSecrets(of: definition)
        for file in door.listens ? [] : secrets.files { _ = try plainPath(file, of: "secret") }
        let question = FrontDoorQuestion(
            definition: definition,
            socket: try plainPath(FilePath(definition.socket).from(definition.folder).text, of: "socket"),
            listen: try listening(call.arguments.value(.listen), door, definition.origin),
            manifestPath: try plainPath(path, of: "manifest"), programPath: call.context.programPath)
        return Report(lines: [door.text(question)])
    }

    /// Reads where the web server listens; an `origin` of this machine is where it does without `--listen`.
    private static func listening(
        _ typed: String?, _ door: FrontDoor, _ origin: Origin
    ) throws(MintError) -> FrontDoorQuestion.Listen {
        guard let typed else {
            return origin.scheme == .https ? .tls : .plain("\(origin.host):\(origin.port)")
        }
        guard door.listens else {
            throw .usage("'\(door.name)' does not listen itself", hint: "leave out --listen")
        }
        guard let address = Origin("http://\(typed)".utf8), address.isLoopback else {
            throw .usage(
                "'\(typed)' is no address of this machine alone, and without TLS no other is listened at",
                hint: "--listen 127.0.0.1:8080, or leave it out for TLS")
        }
        return .plain("\(address.host):\(address.port)")
    }

    private static func plainPath(_ path: String, of owner: String) throws(MintError) -> String {
        let isPlain = path.utf8.allSatisfy { $0.isASCIILetterOrDigit || "/._-+".utf8.contains($0) }
        guard FilePath(path).isAbsolute, isPlain else {
            throw .usage("a configuration needs the \(owner)'s absolute path, without spaces: '\(path)'")
        }
        return path
    }
}

extension Option {
    fileprivate static let door = Option(
        "for", "SERVER", choices: FrontDoor.all.map(\.name),
        help: "what the file is for: \(FrontDoor.all.map(\.name).joined(separator: ", "))")
    fileprivate static let listen = Option(
        "listen", "ADDRESS", help: "listen without TLS at an address of this machine, such as 127.0.0.1:8080")
}
