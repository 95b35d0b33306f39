extension String {
    /// The text with `[redacted]` in place of what looks like a Hub token or a JWT, for messages that quote what
    /// someone typed.
    package var withoutTokens: String {
        let text = Array(utf8)
        guard text.holdsTokenStart else { return self }
        var kept: [UInt8] = []
        var index = 0
        while index < text.count {
            let end = text.endOfToken(from: index)
            kept += end == nil ? text[index...index] : Array("[redacted]".utf8)[...]
            index = end ?? index + 1
        }
        return String(decoding: kept, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate var holdsTokenStart: Bool {
        indices.contains { index in
            ["hf_", "eyJ", "oauth_app_secret_"].contains { self[index...].starts(with: $0.utf8) }
        }
    }

    /// Where the token that begins at `start` ends; `nil` where none begins.
    fileprivate func endOfToken(from start: Int) -> Int? {
        let shapes: [(prefix: String, least: Int, isPart: (UInt8) -> Bool)] = [
            ("hf_jwt_", 8, { Base64URL.isInAlphabet($0) || $0 == ASCII.dot }),
            ("hf_oauth_", 8, { Base64URL.isInAlphabet($0) || $0 == ASCII.dot }),
            ("oauth_app_secret_", 8, { Base64URL.isInAlphabet($0) }),
            // A user's own token is 34 letters and digits; a shorter name may be one of a repository.
            ("hf_", 24, { $0.isASCIILetterOrDigit }),
            ("eyJ", 24, { Base64URL.isInAlphabet($0) || $0 == ASCII.dot }),
        ]
        for shape in shapes where self[start...].starts(with: shape.prefix.utf8) {
            let body = self[(start + shape.prefix.utf8.count)...].prefix(while: shape.isPart)
            if body.count >= shape.least { return body.endIndex }
        }
        return nil
    }
}
