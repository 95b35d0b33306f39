internal import Synchronization

/// Whether a credential sees everything of a namespace, so that what the Hub does not find is not there.
///
/// To a credential without the right to see a repository, the Hub says that there is none, so a 404 alone proves
/// nothing. It does if the credential is unrestricted, and its owner is the namespace, or an administrator of the
/// organization: a mere member may be outside the resource group of a repository. What cannot be read counts as no.
/// <https://huggingface.co/docs/hub/security-resource-groups>
final class FullSight: Sendable {
    /// The namespaces that are seen whole, in lower case; nil until one thread has asked, for all.
    private let known = Mutex<[String]?>(nil)

    /// - Parameter hub: the Hub's API with the credential in question.
    /// - Throws: a failure that passes; a refusal is a no.
    func sees(_ namespace: String, by hub: API) throws(StepFailure) -> Bool {
        if let known = known.withLock({ $0 }) { return known.contains(namespace.asciiLowercased) }
        var found: [String] = []
        do throws(StepFailure) {
            found = try hub.patiently { () throws(StepFailure) -> [String] in
                let answer = try hub.call(
                    .get, TokenTrial.whoAmI.path, accepting: Set(200..<300).union(400..<500), bodyLimit: API.largeBody)
                return answer.lending { root, text in Self.namespaces(root, text) } ?? []
            }
        } catch {
            guard error.kind == .refused else { throw error }
        }
        known.withLock { [found] in $0 = found }
        return found.contains(namespace.asciiLowercased)
    }

    private static func namespaces(_ root: JSONNode, _ text: Span<UInt8>) -> [String] {
        func name(_ node: JSONNode?) -> String? { node?["name"]?.text(in: text)?.asciiLowercased }
        let owned =
            [name(root)].compactMap(\.self)
            + (root["orgs"]?.elements ?? []).compactMap { organization in
                let isAdmin = organization["roleInOrg"]?.text(in: text) == "admin"
                let isFree = organization["securityRestrictions"]?.elements?.isEmpty ?? true
                return isAdmin && isFree ? name(organization) : nil
            }
        let token = root["auth"]?["accessToken"]
        switch token?["role"]?.text(in: text) {
        case "read", "write", "god": return owned
        case "fineGrained":
            let scopes = token?["fineGrained"]?["scoped"]?.elements ?? []
            let reached = scopes.compactMap { scope -> String? in
                let isWhole = ["user", "org"].contains(scope["entity"]?["type"]?.text(in: text))
                let rights = (scope["permissions"]?.elements ?? []).compactMap { $0.text(in: text) }
                let reads = rights.contains("repo.content.read") || rights.contains("repo.write")
                return isWhole && reads ? name(scope["entity"]) : nil
            }
            return owned.filter { reached.contains($0) }
        default: return []
        }
    }
}
