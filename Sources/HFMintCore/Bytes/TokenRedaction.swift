extension String {
    /// The text with `[redacted]` in place of what looks like a Hub token or a JWT, and of who logs in at a URL
    /// (`https://user:password@host`), for messages that quote what someone typed.
    package var withoutTokens: String {
        let text = Array(utf8)
        guard text.holdsTokenStart else { return self }
        var kept: [UInt8] = []
        var index = 0
        var plainUntil = 0
        while index < text.count {
            let end = text.endOfToken(from: index) ?? text.endOfUserInfo(from: index, &plainUntil)
            kept += end == nil ? text[index...index] : Array("[redacted]".utf8)[...]
            index = end ?? index + 1
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// Whether all of it is a token, by its looks; long enough to be no name.
    package var looksLikeToken: Bool {
        let text = Array(utf8)
        return text.count >= 30 && text.endOfToken(from: 0) == text.endIndex
    }
}

extension [UInt8] {
    fileprivate var holdsTokenStart: Bool {
        indices.contains { index in
            ["hf_", "eyJ", "oauth_app_secret_", "://"].contains { self[index...].starts(with: $0.utf8) }
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

    /// The `@` behind the user name and the password that begin at `start`, right after `://`; `nil` where none do, and
    /// where they are empty.
    ///
    /// A password may hold what would end a host, so with a colon in front everything up to the last `@` is one.
    ///
    /// - Parameter plainUntil: up to where a word is known to hold no `@`, so that each is read once.
    fileprivate func endOfUserInfo(from start: Int, _ plainUntil: inout Int) -> Int? {
        guard start >= 3, start >= plainUntil, self[(start - 3)...].starts(with: "://".utf8) else { return nil }
        let host = self[start...].prefix {
            $0.isInWord && ![ASCII.slash, UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0)
        }
        let mayHoldPassword = host.contains(ASCII.colon) && host.first != UInt8(ascii: "[")
        let word = mayHoldPassword ? self[start...].prefix { $0.isInWord } : host
        guard let end = word.lastIndex(of: UInt8(ascii: "@")) else {
            plainUntil = word.endIndex
            return nil
        }
        return end > start ? end : nil
    }
}

extension UInt8 {
    fileprivate var isInWord: Bool { self > ASCII.space && self != ASCII.quote && self != ASCII.apostrophe }
}
