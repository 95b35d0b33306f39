extension HTTPResponse {
    /// Whether the server names another address, which hfmint never follows.
    package var isRedirect: Bool { (300...399).contains(status) }

    /// Returns the host and path of a redirect, for a message, or nil if they cannot be shown.
    ///
    /// The user, the query and the fragment are left out, as each may hold a secret.
    ///
    /// - Parameter host: the host of the server that was asked, for a location that names none.
    func redirectDestination(from host: String) -> String? {
        guard let location = header("location") else { return nil }
        let path = location.utf8.prefix { !"?#;".utf8.contains($0) }
        let there: String
        if path.first == ASCII.slash, path.dropFirst().first != ASCII.slash {
            there = host + String(decoding: path, as: UTF8.self)
        } else {
            guard let url = HTTPURL(String(decoding: path, as: UTF8.self)) else { return nil }
            there = url.origin.authority + url.target
        }
        let isPlain = there.utf8.count <= 200 && there.utf8.allSatisfy(\.isASCIIVisible)
        return isPlain ? there.withoutTokens : nil
    }
}
