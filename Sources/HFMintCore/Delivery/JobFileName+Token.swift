extension JobFileName {
    /// Returns the name of the file of a token for `resource`, or of `member`; no two tokens of a job share a file.
    package static func token(for resource: Resource?, of member: OrganizationMember?) -> String {
        let fields = [resource?.canonical ?? ""] + (member.map { [$0.email] + $0.scopes } ?? [])
        return JobFileKind.token.name(fingerprint: fingerprint(fields.map { Array($0.utf8) }))
    }
}
