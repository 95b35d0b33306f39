extension OrganizationMember {
    /// Makes the member that a role names, with the least scopes that its access needs.
    ///
    /// <https://huggingface.co/docs/hub/oauth#currently-supported-scopes>
    package init(_ member: Role.Member, access: Access) throws(MintError) {
        let client = OrganizationClient(id: member.clientID, secret: member.clientSecret, folder: member.folder)
        try self.init(email: member.email, client: client, scopes: access.scopes)
    }
}

extension Access {
    package var scopes: [String] {
        switch self {
        case .read: ["read-repos"]
        case .write: ["write-repos"]
        case .admin: ["manage-repos"]
        }
    }
}

extension Gate {
    /// Returns the member of the requested role; `nil` for a role of resources, or if no role was requested.
    package func member() throws(MintError) -> OrganizationMember? {
        guard let role = role.flatMap({ policy.role($0) }), let member = role.member else { return nil }
        return try OrganizationMember(member, access: role.access)
    }

    /// Returns the ids of the clients that a member's role may use; an id in the manifest itself is in its digest too.
    func memberClientIDs(in context: Context) -> [String] {
        let roles = role.map { name in policy.role(name).map { [$0] } ?? [] } ?? policy.roles
        return roles.compactMap(\.member).map { member in
            if case .command = member.clientID { return "" }
            let client = OrganizationClient(id: member.clientID, secret: member.clientSecret, folder: member.folder)
            return (try? client.readID(in: context)) ?? ""
        }
    }
}
