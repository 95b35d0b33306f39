/// A secret, program or certificate file that a rotation needs on this machine, and checks before it makes a secret.
package struct RotationNeed: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case secret(SecretReference, SecretReference.Content)
        case program(String)
        /// The path of a file of certificates.
        case authority(String)
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
        case .authority(let path):
            return Self.complaint(aboutAuthority: FilePath(path).from(folder).text, in: context)
        }
    }

    private static func complaint(aboutAuthority path: String, in context: Context) -> String? {
        let mostBytes = 4 << 20
        do throws(FileFailure) {
            guard let found = try context.files.read(path, limit: mostBytes)?.reveal({ $0.bytes }) else {
                return "there is no file '\(path)'"
            }
            // <https://www.rfc-editor.org/rfc/rfc7468#section-2>
            let isBundle = found.contains(Array("-----BEGIN ".utf8))
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
    static func all(of node: ManifestNode) -> [RotationNeed] {
        var needs: [RotationNeed] = []
        collect(node, .object(RotationShape.rotation), "", &needs)
        // The client id may be a reference, or the id itself.
        if let id = node["verify"]?["clientId"]?.string, let reference = SecretReference(parsing: id) {
            needs.append(RotationNeed(path: "verify.clientId", kind: .secret(reference, .line)))
        }
        return needs
    }

    private static func collect(_ node: ManifestNode, _ shape: Shape, _ path: String, _ needs: inout [RotationNeed]) {
        switch shape {
        case .object(let shape): collect(node, shape.fields, path, &needs)
        case .variants(let variants):
            let kind = node["kind"]?.string
            collect(node, variants.first { $0.kind == kind }?.shape.fields ?? [], path, &needs)
        case .map(let shape, _, _, _):
            for member in node.members { collect(member.value, shape, "\(path).\(member.name)", &needs) }
        case .array(let shape, _, _):
            for (index, element) in node.elements.enumerated() {
                collect(element, shape, "\(path)[\(index)]", &needs)
            }
        case .secretReference:
            guard let reference = SecretReference(node) else { return }
            let isKey = path.utf8.starts(with: "callbacks".utf8)
            needs.append(RotationNeed(path: path, kind: .secret(reference, isKey ? .key : .line)))
        case .string, .integer, .bool: break
        }
    }

    private static func collect(_ node: ManifestNode, _ fields: [Field], _ path: String, _ needs: inout [RotationNeed])
    {
        for field in fields {
            guard let value = node[field.name] else { continue }
            let fieldPath = path.isEmpty ? field.name : "\(path).\(field.name)"
            // In each kind, `command` is an absolute path and its arguments.
            if field.name == "command", let program = value.elements.first?.string {
                needs.append(RotationNeed(path: fieldPath, kind: .program(program)))
            }
            if field.name == "ca", let path = value.string {
                needs.append(RotationNeed(path: fieldPath, kind: .authority(path)))
            }
            collect(value, field.shape, fieldPath, &needs)
        }
    }
}

extension RotationDefinition {
    /// Returns the complaint about each unmet need, with its path in the manifest.
    func unmetNeeds(in context: Context) -> [(path: String, complaint: String)] {
        needs.compactMap { need in need.complaint(relativeTo: folder, in: context).map { (need.path, $0) } }
    }
}

extension RotationMachine {
    /// Checks that every need is met.
    func checkNeeds() throws(StepFailure) {
        guard let first = definition.unmetNeeds(in: context).first else { return }
        throw .needsPerson(.refused, "'\(first.path)': \(first.complaint)")
    }
}
