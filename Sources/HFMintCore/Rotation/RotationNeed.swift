/// A secret, program or certificate file that a rotation needs on this machine, and checks before it makes a secret.
struct RotationNeed: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case secret(SecretReference, SecretReference.Content)
        case program(String)
        /// The path of a file of certificates.
        case certificates(String)
    }

    /// Its path in the manifest, such as `verify.clientId`.
    let path: String
    let kind: Kind

    /// Returns what is wrong with it, or nil.
    func complaint(relativeTo folder: String, in context: Context) -> String? {
        switch kind {
        case .secret(.command(let words), _): return Self.complaint(about: words.first ?? "", in: context)
        case .secret(let reference, let content):
            do throws(MintError) {
                _ = try reference.read(content, relativeTo: folder, in: context).byteCount
                return nil
            } catch {
                return error.message
            }
        case .program(let path): return Self.complaint(about: path, in: context)
        case .certificates(let path):
            return Self.complaint(aboutCertificates: FilePath(path).from(folder).text, in: context)
        }
    }

    private static func complaint(aboutCertificates path: String, in context: Context) -> String? {
        let mostBytes = 4 << 20
        do throws(FileFailure) {
            guard let found = try context.files.read(path, limit: mostBytes) else {
                return "there is no file '\(path)'"
            }
            // <https://www.rfc-editor.org/rfc/rfc7468#section-2>
            let isBundle = found.reveal { $0.holds("-----BEGIN ") }
            return isBundle ? nil : "'\(path)' holds no certificate"
        } catch {
            return "'\(path)' cannot be read: \(error.reason)"
        }
    }

    static func complaint(about program: String, in context: Context) -> String? {
        guard let facts = context.files.facts(of: program), facts.kind == .regular else {
            return "there is no program '\(program)'"
        }
        let mode = String(facts.permissions, radix: 8)
        return facts.permissions & 0o111 == 0 ? "'\(program)' may not be executed (mode \(mode))" : nil
    }
}

extension RotationNeed {
    /// Returns everything that one rotation of the manifest needs.
    static func all(of node: ManifestNode) -> [RotationNeed] { needs(of: node, .object(RotationShape.rotation), "") }

    private static func needs(of node: ManifestNode, _ shape: Shape, _ path: String) -> [RotationNeed] {
        switch shape {
        case .object(let object): needs(of: node, object.fields, path)
        case .variants(let variants):
            needs(of: node, variants.first { $0.kind == node["kind"]?.string }?.shape.fields ?? [], path)
        case .array(let element, _, _):
            node.elements.enumerated().flatMap { needs(of: $1, element, "\(path)[\($0)]") }
        case .secretReference: SecretReference(node).map { [.init(path: path, kind: .secret($0, .line))] } ?? []
        case .map, .string, .integer, .bool: []
        }
    }

    private static func needs(of node: ManifestNode, _ fields: [Field], _ path: String) -> [RotationNeed] {
        fields.flatMap { field -> [RotationNeed] in
            guard let value = node[field.name] else { return [] }
            let path = path.isEmpty ? field.name : "\(path).\(field.name)"
            guard let need = field.need else { return needs(of: value, field.shape, path) }
            return Kind(need, value).map { [.init(path: path, kind: $0)] } ?? []
        }
    }
}

extension RotationNeed.Kind {
    /// Makes what a field declares of its value, or returns nil if this value needs nothing.
    fileprivate init?(_ need: Field.Need, _ value: ManifestNode) {
        let kind: Self? =
            switch need {
            case .program: value.elements.first?.string.map { .program($0) }
            case .certificates: value.string.map { .certificates($0) }
            case .key: SecretReference(value).map { .secret($0, .key) }
            case .referredSecret: value.string.flatMap { SecretReference(parsing: $0) }.map { .secret($0, .line) }
            }
        guard let kind else { return nil }
        self = kind
    }
}

extension RotationDefinition {
    /// Returns the complaint about each unmet need, with its path in the manifest.
    func unmetNeeds(in context: Context) -> [(path: String, complaint: String)] {
        needs.compactMap { need in need.complaint(relativeTo: folder, in: context).map { (need.path, $0) } }
    }
}
