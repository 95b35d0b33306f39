/// The name under which a token is delivered: `HF_TOKEN`, or what the user wrote in `NAME=RESOURCE`.
package struct VariableName: Hashable, Sendable {
    package let name: String

    package static let hfToken = VariableName(unchecked: "HF_TOKEN")

    private init(unchecked name: String) {
        self.name = name
    }

    /// - Throws: ``MintError/Code/usage`` for a name that is no variable's, or that would change how programs start.
    package init(_ name: String) throws(MintError) {
        let bytes = Array(name.utf8)
        let isName =
            bytes.first?.isASCIIUppercase == true && bytes.count <= 128
            && bytes.allSatisfy { $0.isASCIIUppercase || $0.isASCIIDigit || $0 == ASCII.underscore }
        guard isName else {
            throw .usage(
                "'\(name)' is not a name for a token", hint: "write NAME=RESOURCE with a NAME like DATA_TOKEN")
        }
        guard !Self.refused.contains(name), !Self.refusedPrefixes.contains(where: { name.hasPrefix($0) }) else {
            throw .usage(
                "a token cannot be called '\(name)': programs give that variable a meaning of their own",
                hint: "write NAME=RESOURCE with a NAME like DATA_TOKEN")
        }
        self.name = name
    }

    private static let refused: Set = [
        "BASH_ENV", "ENV", "HF_ENDPOINT", "HF_HOME", "HF_OIDC_ID_TOKEN", "HF_OIDC_RESOURCE", "HF_TOKEN_PATH", "HOME",
        "HUGGING_FACE_HUB_TOKEN", "IFS", "NODE_OPTIONS", "PATH", "SHELLOPTS",
    ]
    private static let refusedPrefixes = ["ACTIONS_", "GITHUB_", "GIT_", "HFMINT_", "LD_", "PYTHON", "RUNNER_"]

    package var path: String { name + "_PATH" }
    package var expiresAt: String { name + "_EXPIRES_AT" }
}

/// What is asked for: a resource, or a member of an organization, and the name of the token.
package struct TokenRequest: Equatable, Sendable {
    package let name: VariableName
    /// `nil` for a member's token that is for no resource in particular.
    package let resource: Resource?
    package private(set) var member: OrganizationMember?

    /// A token of `member`, called `HF_TOKEN`.
    package init(for member: OrganizationMember) {
        name = .hfToken
        resource = nil
        self.member = member
    }

    /// The same name and resource, and a token of `member`.
    package func of(_ member: OrganizationMember?) -> TokenRequest {
        var request = self
        request.member = member
        return request
    }

    /// What the token is for, in a message.
    package var purpose: String { [resource?.canonical, member?.email].compactMap(\.self).joined(separator: " as ") }

    /// Reads `[NAME=]RESOURCE…`: the first without a name is `HF_TOKEN`.
    ///
    /// - Throws: ``MintError/Code/usage`` where two would set one variable.
    package static func parse(_ operands: [String], endpoint: Origin) throws(MintError) -> [TokenRequest] {
        var requests: [TokenRequest] = []
        var taken: Set<String> = []
        for operand in operands {
            let request = try TokenRequest(operand, endpoint: endpoint)
            let names = [request.name.name, request.name.path, request.name.expiresAt]
            guard taken.isDisjoint(with: names) else {
                throw .usage(
                    "'\(operand)' would set a variable that another resource sets (\(request.name.name))",
                    hint: "give each further resource a name: DATA_TOKEN=datasets/owner/name")
            }
            taken.formUnion(names)
            requests.append(request)
        }
        return requests
    }

    /// A token for each of a role's resources: `HF_TOKEN`, `HF_TOKEN_2`, `HF_TOKEN_3`, in their order.
    package static func numbered(_ resources: [Resource]) throws(MintError) -> [TokenRequest] {
        var requests: [TokenRequest] = []
        for (index, resource) in resources.enumerated() {
            let name = try index == 0 ? VariableName.hfToken : VariableName("HF_TOKEN_\(index + 1)")
            requests.append(TokenRequest(name: name, resource: resource))
        }
        return requests
    }

    private init(name: VariableName, resource: Resource) {
        self.name = name
        self.resource = resource
    }

    private init(_ operand: String, endpoint: Origin) throws(MintError) {
        let parts = operand.utf8.split(separator: ASCII.equals, maxSplits: 1, omittingEmptySubsequences: false)
        // An equals sign in a pasted URL's query belongs to the URL.
        if parts.count == 2, !parts[0].contains(ASCII.slash) {
            name = try VariableName(String(decoding: parts[0], as: UTF8.self))
            resource = try Resource(parsing: String(decoding: parts[1], as: UTF8.self), endpoint: endpoint)
        } else {
            name = .hfToken
            resource = try Resource(parsing: operand, endpoint: endpoint)
        }
    }
}

/// A token with the name under which it is delivered.
package struct NamedToken: Sendable {
    package let request: TokenRequest
    package let token: HubToken

    package init(_ request: TokenRequest, _ token: HubToken) {
        self.request = request
        self.token = token
    }
}
