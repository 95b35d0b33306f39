/// One file of a manifest, read and checked against its shape.
struct ManifestDocument: Sendable {
    /// The path that was opened: absolute or relative to the working directory, without `.` and `..` in the middle.
    let path: String
    let root: ManifestNode
    let places: TextPlaces

    /// Reads and checks the file at `path`.
    ///
    /// - Parameter shape: chooses the shape by the top of the file.
    /// - Throws: ``MintError/Code/manifestInvalid`` with every mistake.
    init(at path: String, in machine: Machine, shape: (ManifestNode) -> Shape) throws(MintError) {
        let path = FilePath(path).normalised.text
        let text = try Self.text(at: path, in: machine)
        self.path = path
        root = ManifestNode(text)
        places = TextPlaces(text.bytes)
        try refuse(ManifestCheck.issues(in: text, shape: shape(root)))
    }

    func refuse(_ issues: [ManifestIssue]) throws(MintError) {
        guard !issues.isEmpty else { return }
        throw MintError(
            .manifestInvalid, "'\(path)' has \(issues.count) \(issues.count == 1 ? "mistake" : "mistakes")",
            details: issues.map(\.sentence), hint: "`hfmint manifest schema` prints what a manifest may say")
    }

    func line(of node: ManifestNode) -> Int { places.line(at: node.offset) }

    func place(_ path: String, _ node: ManifestNode) -> ManifestPlace {
        ManifestPlace(file: self.path, path: path, line: line(of: node))
    }

    func issue(_ complaint: String, _ path: String, _ node: ManifestNode) -> ManifestIssue {
        ManifestIssue(path: path, place: places[node.offset], complaint: complaint)
    }

    private static func text(at path: String, in machine: Machine) throws(MintError) -> JSONText {
        let found: [UInt8]?
        do throws(FileFailure) {
            found = try machine.files.readTrusted(path, limit: JSONLimits.manifest.byteCount)?.reveal { $0.bytes }
        } catch {
            throw MintError(
                .manifestInvalid, "cannot read '\(error.path)': \(error.reason)",
                hint: "a manifest is a regular file of this user or of root, which nobody else can write")
        }
        guard let bytes = found else {
            throw MintError(.manifestInvalid, "cannot read '\(path)': there is no such file")
        }
        do throws(Malformed) {
            return try JSONText(bytes, limits: .manifest, dialect: .json5)
        } catch {
            let verdict = error.fault?.isStricter == true ? "cannot be used" : "is not JSON5"
            throw MintError(
                .manifestInvalid,
                "'\(path)' \(verdict): \(TextPlaces(bytes)[error.offset].words): \(error.clause(about: bytes))")
        }
    }
}

extension ManifestDocument {
    /// The folder that relative paths in the file start from.
    var folder: String { FilePath(path).folder }

    /// Returns a path of this file as seen from the working directory.
    ///
    /// hfmint opens and compares this same text, so no symbolic link can make the two differ.
    func resolved(_ path: String) -> String { FilePath(path).from(folder).normalised.text }

    /// Whether this is an app's manifest, which names its parent and narrows it.
    var isApp: Bool { Self.isApp(root) }

    /// Whether a file with this top is an app's manifest.
    static func isApp(_ root: ManifestNode) -> Bool { root.has("extends") }
}
