/// The fields of one issuer, verifier or sink in the manifest.
///
/// The schema of its kind has accepted them. A field that is missing all the same is an error and never a trap.
struct Settings {
    let kind: String
    let node: ManifestNode
    let surroundings: RotationSurroundings

    var context: Context { surroundings.context }
}

extension Settings {
    subscript(name: String) -> String? { node[name]?.string }

    /// Returns the text of a field that the schema requires.
    func text(_ name: String) throws(MintError) -> String {
        guard let text = self[name] else { throw missing(name) }
        return text
    }

    func flag(_ name: String, default standard: Bool = false) -> Bool { node[name]?.bool ?? standard }

    func integer(_ name: String) -> Int? { node[name]?.integer }

    func seconds(_ name: String) -> Int? { node.duration(name) }

    func words(_ name: String) -> [String] { node[name]?.elements.compactMap(\.string) ?? [] }

    func url(_ name: String = "url", default standard: String? = nil) throws(MintError) -> HTTPURL {
        guard let url = (self[name] ?? standard).flatMap({ HTTPURL($0) }) else { throw missing(name) }
        return url
    }

    /// Returns a base URL in a unique spelling: scheme and host in lower case, no default port, no slash at the end.
    func base(_ name: String = "url", default standard: String? = nil) throws(MintError) -> HTTPURL {
        try url(name, default: standard).withoutTrailingSlashes
    }

    /// Returns the secret that a field points at.
    func secret(_ name: String, default standard: SecretReference? = nil) throws(MintError) -> SecretSource {
        guard let reference = node[name].flatMap({ SecretReference($0) }) ?? standard else { throw missing(name) }
        return surroundings.source(reference)
    }

    /// Returns the authorization that sends the secret of `token` in a header of each call.
    func token(
        in header: String = "Authorization", prefix: String = "Bearer ", default standard: SecretReference? = nil
    ) throws(MintError) -> API.Authorization {
        .header(header, prefix: prefix, try secret("token", default: standard))
    }

    /// Returns the program of `command`, with its `timeout`.
    ///
    /// - Parameter name: the part of the manifest that runs it, for messages.
    func program(_ name: String) -> CommandProgram {
        CommandProgram(
            name: name, words: words("command"), timeLimit: .seconds(seconds("timeout") ?? 30), context: context)
    }

    func missing(_ name: String) -> MintError {
        MintError(.manifestInvalid, "'rotations.\(surroundings.name)' lacks a usable '\(name)'")
    }
}

/// What every issuer, sink, verifier and callback of a rotation is made with.
struct RotationSurroundings: Sendable {
    /// The name of the rotation.
    let name: String
    /// The path of the manifest.
    let manifest: String
    let context: Context

    /// The folder of the manifest, from which relative paths count.
    var folder: String { FilePath(manifest).folder }

    func source(_ reference: SecretReference) -> SecretSource {
        SecretSource(reference: reference, folder: folder, context: context)
    }
}

extension Field {
    /// A user's program, by its absolute path and with its arguments.
    static func command(_ help: String) -> Field {
        required("command", .array(.string(.any), atLeast: 1), help).needing(.program)
    }
}

extension ManifestNode {
    /// Returns the duration of a field, in seconds.
    package func duration(_ name: String) -> Int? { self[name]?.string.flatMap { Seconds(parsing: $0) }?.count }

    /// What is wrong with `command` and `timeout`, or nil.
    var programComplaint: String? {
        guard self["command"]?.elements.first?.string?.utf8.first == ASCII.slash else {
            return "must name its program by an absolute path"
        }
        return (1...600).contains(duration("timeout") ?? 30) ? nil : "'timeout' is 1s to 10m"
    }
}

extension HTTPURL {
    fileprivate var withoutTrailingSlashes: HTTPURL {
        var path = Array(target.utf8)
        while path.count > 1, path.last == ASCII.slash { path.removeLast() }
        return HTTPURL(origin, String(decoding: path, as: UTF8.self))
    }

    /// Returns the URL of `path`, which begins with a slash, below this one.
    func below(_ path: String) -> HTTPURL { HTTPURL(origin, (target == "/" ? "" : target) + path) }

    /// The URL for messages and comparison, without the slash of an empty path.
    var spelling: String { target == "/" ? "\(origin)" : description }
}
