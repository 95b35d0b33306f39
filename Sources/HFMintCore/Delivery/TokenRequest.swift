/// A request for a token: its resource, or a member of an organization, and the name for its delivery.
package struct TokenRequest: Equatable, Sendable {
    package let name: VariableName
    /// The resource; `nil` for a member's token that is for no resource in particular.
    package let resource: Resource?
    package private(set) var member: OrganizationMember?

    /// Requests a token of `member`, with the name `HF_TOKEN`.
    package init(for member: OrganizationMember) {
        name = .hfToken
        resource = nil
        self.member = member
    }

    /// Returns the request with the same name and resource, for a token of `member`.
    package func of(_ member: OrganizationMember?) -> TokenRequest {
        var request = self
        request.member = member
        return request
    }

    /// The resource and member, for messages.
    package var purpose: String { [resource?.canonical, member?.email].compactMap(\.self).joined(separator: " as ") }

    /// Reads `[NAME=]RESOURCE…`; a resource without a name gets `HF_TOKEN`.
    ///
    /// - Throws: ``MintError/Code/usage`` if two requests would set one variable.
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

    /// Requests a token for each of a role's resources, named `HF_TOKEN`, `HF_TOKEN_2`, `HF_TOKEN_3` in their order.
    package static func numbered(_ resources: [Resource]) throws(MintError) -> [TokenRequest] {
        var requests: [TokenRequest] = []
        for (index, resource) in resources.enumerated() {
            let name = try index == 0 ? VariableName.hfToken : VariableName("HF_TOKEN_\(index + 1)")
            requests.append(TokenRequest(name: name, resource: resource))
        }
        return requests
    }

    /// Returns the requests of a command line without resources: those that the role names one by one, else the
    /// variable's; empty if neither names one.
    package static func unnamed(
        _ gate: Gate?, in environment: Environment, endpoint: Origin
    ) throws(MintError) -> [TokenRequest] {
        let ofRole = try gate?.resourcesOfRole(in: environment) ?? []
        guard ofRole.isEmpty else { return try numbered(ofRole) }
        guard let (text, key) = environment.namedResource else { return [] }
        do throws(MintError) {
            return try parse([text], endpoint: endpoint)
        } catch {
            throw MintError(error.code, "\(key.name): \(error.message)", hint: error.hint)
        }
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
