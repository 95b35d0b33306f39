/// What the manifest says of one issuer, verifier or sink, and what surrounds it.
///
/// The schema of its kind has accepted it before; what is missing all the same is an error and never a trap.
struct Settings {
    let kind: String
    let node: ManifestNode
    let surroundings: RotationSurroundings

    var context: Context { surroundings.context }
}

extension Settings {
    subscript(name: String) -> String? { node[name]?.string }

    /// The text of a field that the schema requires.
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

    /// A base URL in its one spelling: scheme and host in lower case, no default port, no slash at the end.
    func base(_ name: String = "url", default standard: String? = nil) throws(MintError) -> HTTPURL {
        try url(name, default: standard).withoutTrailingSlashes
    }

    /// Where a secret is.
    func secret(_ name: String, default standard: SecretReference? = nil) throws(MintError) -> SecretReference {
        guard let reference = node[name].flatMap({ SecretReference($0) }) ?? standard else { throw missing(name) }
        return reference
    }

    /// The secret of `token`, in a header of each call.
    func token(
        in header: String = "Authorization", prefix: String = "Bearer ", default standard: SecretReference? = nil
    ) throws(MintError) -> API.Authorization {
        .header(header, prefix: prefix, try secret("token", default: standard), folder: surroundings.folder)
    }

    /// The program of `command`, with its `timeout`.
    func program(_ name: String) -> CommandProgram {
        CommandProgram(
            name, words: words("command"), timeLimit: .seconds(seconds("timeout") ?? 30), context: context)
    }

    func missing(_ name: String) -> MintError {
        MintError(.manifestInvalid, "'rotations.\(surroundings.name)' lacks a usable '\(name)'")
    }
}

/// What issuers, sinks, log-ins and callbacks are made with.
package struct RotationSurroundings: Sendable {
    /// Of the rotation.
    package let name: String
    /// Of the manifest: relative paths begin there.
    package let folder: String
    package let context: Context

    package init(name: String, folder: String, context: Context) {
        self.name = name
        self.folder = folder
        self.context = context
    }
}

extension ManifestNode {
    /// In seconds.
    package func duration(_ name: String) -> Int? { self[name]?.string.flatMap { Seconds(parsing: $0) }?.count }

    /// What is wrong with its `command` and the `timeout` of that; `nil` if nothing is.
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

    /// `path` below this one; it begins with a slash.
    func below(_ path: String) -> HTTPURL { HTTPURL(origin, (target == "/" ? "" : target) + path) }

    /// For messages and comparison: without the slash that an empty path is.
    var spelling: String { target == "/" ? "\(origin)" : description }
}
