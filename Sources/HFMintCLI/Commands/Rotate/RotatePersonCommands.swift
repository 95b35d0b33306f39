internal import HFMintCore

// The commands by which a person decides about one rotation.

extension Command {
    package static let rotateSupply = Command(
        name: "rotate supply",
        summary: "hand over a secret that a person has made, and rotate to it",
        operands: "NAME",
        description: [
            "For what has no API: press Refresh on the page that `rotate run` named, then give the new secret on stdin. It"
                + " must log in before any sink is touched."
        ],
        options: Option.rotating,
        examples: [
            Example("from a password manager", "pass show hub/oauth-app | hfmint rotate supply hub-oauth"),
            Example("from a file for you alone", "hfmint rotate supply hub-oauth < ~/.hub-oauth && rm ~/.hub-oauth"),
        ],
        run: supply)

    private static func supply(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let definition = try session.definition()
        guard definition.issuer.succession == .person else {
            throw .usage("'\(definition.name)' makes its secrets itself", hint: session.command("now", definition.name))
        }
        let rotations = try session.rotations()
        let secret = try standardInput(call.context, session.command)
        let results = rotations.run([definition.name], order: .supplied(secret))
        return session.report(results) { notTaken($0, session.command) }
    }

    /// Returns what failed, or nil.
    ///
    /// A secret that was not taken is in no sink and in no process: the person must keep it.
    private static func notTaken(_ result: Rotations.RunResult, _ command: RotateCommandLine) -> MintError? {
        let again = command("supply", result.name, "< FILE")
        let isEarly = [.idle, .planned, .announced].contains(result.state.phase)
        return switch result.stop {
        case .busy:
            MintError(
                .serviceUnavailable, "\(result.name): another process works on it; the secret was not taken",
                hint: "in a moment: \(again)")
        case .waiting(let until, let reason) where isEarly, .retrying(let until, let reason) where isEarly:
            MintError(
                .serviceUnavailable, "\(result.name): \(reason); the secret was not taken",
                hint: "keep it, and again from \(until.rfc3339): \(again)")
        default: result.failure(command)
        }
    }

    package static let rotateAdopt = Command(
        name: "rotate adopt",
        summary: "say which secret the next rotation replaces",
        operands: "NAME ID",
        description: [
            "Names the secret at the issuer that is in use now, where several are alive and hfmint made none of them."
        ],
        options: Option.rotating,
        examples: [
            Example("which ids are alive?", "hfmint rotate init"),
            Example("the next rotation replaces this one", "hfmint rotate adopt hub-app ocs1a2b3c"),
        ],
        run: adopt)

    private static func adopt(_ call: Call) throws(MintError) -> Report {
        let command = RotateCommandLine(call.arguments)
        guard call.arguments.operands.count == 2 else {
            throw .usage(
                "give a rotation and the id of a secret",
                hint: "\(command("adopt", "NAME", "ID")); `\(command("init"))` lists the ids")
        }
        let session = try RotateSession(call)
        let definition = try session.definition()
        return report(try session.rotations().adopt(call.arguments.operands[1], definition), definition)
    }

    package static let rotateResume = Command(
        name: "rotate resume",
        summary: "go on with a rotation that stopped for a person",
        operands: "NAME",
        description: [
            "Takes the step that stopped once more. With --without-ack the named endpoint's agreement is not waited for; that is recorded."
                + " With --overwrite, so is your word that what the sinks hold may be lost."
        ],
        options: [.withoutAck, .overwrite] + Option.rotating,
        examples: [
            Example("after the cause is fixed", "hfmint rotate resume hub-app"),
            Example(
                "without the agreement of an endpoint that is gone",
                "hfmint rotate resume hub-app --without-ack https://ops.acme.example/hooks"),
        ],
        run: resume)

    private static func resume(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let definition = try session.definition()
        let rotations = try session.rotations()
        try rotations.resume(
            definition, waiving: call.arguments.value(.withoutAck), overwriting: call.arguments.has(.overwrite))
        return session.report(rotations.run([definition.name], order: .due))
    }

    package static let rotateAbandon = Command(
        name: "rotate abandon",
        summary: "give up a rotation that is under way",
        operands: "NAME",
        description: [
            "Before the first sink was written, the new secret is removed at the issuer. After that nothing is removed, as a"
                + " sink may hold it: then old and new secret both stay, and hfmint says so."
        ],
        options: Option.rotating,
        examples: [
            Example("how far has it come?", "hfmint rotate status"),
            Example("give it up", "hfmint rotate abandon hub-app"),
        ],
        run: abandon)

    private static func abandon(_ call: Call) throws(MintError) -> Report {
        let session = try RotateSession(call)
        let definition = try session.definition()
        return report(try session.rotations().abandon(definition), definition)
    }

    private static func report(_ result: String, _ definition: RotationDefinition) -> Report {
        Report(lines: [result.printable], json: ["name": .string(definition.name), "result": .string(result)])
    }

    private static func standardInput(
        _ context: Context, _ command: RotateCommandLine
    ) throws(MintError) -> SharedSecret {
        do throws(FileFailure) {
            let secret = try context.files.readStandardInput(.whole, limit: 64 << 10).withoutTrailingLineBreak()
            guard secret.byteCount > 0 else { throw FileFailure("stdin", "it is empty") }
            return SharedSecret(secret)
        } catch {
            throw .usage("no secret came over stdin: \(error.reason)", hint: command("supply", "NAME", "< FILE"))
        }
    }
}

extension Option {
    fileprivate static let withoutAck = Option("without-ack", "URL", help: "do not wait for this endpoint's agreement")
}
