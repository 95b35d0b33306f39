extension String {
    /// The text with `[redacted]` in place of what looks like a Hub token, a JWT, or the user in a URL.
    ///
    /// It is for messages that quote what a person typed, such as `https://user:password@host`.
    package var withoutTokens: String {
        guard utf8.mayHoldToken else { return self }
        let text = Array(utf8)
        var kept: [UInt8] = []
        var keptUntil = 0
        var index = 0
        var plainUntil = 0
        while index < text.count {
            if let end = text.endOfToken(from: index) ?? text.endOfUserInfo(from: index, &plainUntil) {
                kept += text[keptUntil..<index]
                kept += "[redacted]".utf8
                (index, keptUntil) = (end, end)
            } else {
                index += 1
            }
        }
        return keptUntil == 0 ? self : String(decoding: kept + text[keptUntil...], as: UTF8.self)
    }

    /// Whether the whole text looks like a token, and is too long for a name.
    package var looksLikeToken: Bool {
        let text = Array(utf8)
        return text.count >= 30 && text.endOfToken(from: 0) == text.endIndex
    }
}

extension String.UTF8View {
    /// Whether the beginning of a token, or what stands before a user in a URL, is in the text; most texts have none.
    fileprivate var mayHoldToken: Bool {
        var lastThree: UInt32 = 0
        return contains { byte in
            lastThree = (lastThree << 8 | UInt32(byte)) & 0xFF_FFFF
            switch lastThree {
            // hf_, eyJ, oau, ://
            case 0x68_66_5F, 0x65_79_4A, 0x6F_61_75, 0x3A_2F_2F: return true
            default: return false
            }
        }
    }
}

private struct TokenForm: Sendable {
    let prefix: String
    let least: Int
    let isPart: @Sendable (UInt8) -> Bool

    static let all = [
        TokenForm(prefix: "hf_jwt_", least: 8) { Base64URL.isInAlphabet($0) || $0 == ASCII.dot },
        TokenForm(prefix: "hf_oauth_", least: 8) { Base64URL.isInAlphabet($0) || $0 == ASCII.dot },
        // A ticket has a payload and a code of 43 letters; a shorter name may be one of a repository.
        TokenForm(prefix: "hf_ticket_", least: 43) { Base64URL.isInAlphabet($0) || $0 == ASCII.dot },
        TokenForm(prefix: "oauth_app_secret_", least: 8) { Base64URL.isInAlphabet($0) },
        // A user's own token is 34 letters and digits; a shorter name may be one of a repository.
        TokenForm(prefix: "hf_", least: 24) { $0.isASCIILetterOrDigit },
        TokenForm(prefix: "eyJ", least: 24) { Base64URL.isInAlphabet($0) || $0 == ASCII.dot },
    ]
}

extension [UInt8] {
    /// Returns the end of the token that begins at `start`, or nil if none begins there.
    fileprivate func endOfToken(from start: Int) -> Int? {
        switch self[start] {
        case UInt8(ascii: "h"), UInt8(ascii: "e"), UInt8(ascii: "o"): break
        default: return nil
        }
        for form in TokenForm.all where self[start...].starts(with: form.prefix.utf8) {
            let body = self[(start + form.prefix.utf8.count)...].prefix(while: form.isPart)
            if body.count >= form.least { return body.endIndex }
        }
        return nil
    }

    /// Returns the `@` behind a user name and a password at `start`, right after `://`, or nil if there are none.
    ///
    /// A password may hold bytes that end a host, so that after a colon everything up to the last `@` counts as one.
    ///
    /// - Parameter plainUntil: the end of a word that is known to hold no `@`, so that each word is read once.
    fileprivate func endOfUserInfo(from start: Int, _ plainUntil: inout Int) -> Int? {
        guard start >= 3, start >= plainUntil, self[start - 1] == ASCII.slash, self[start - 2] == ASCII.slash,
            self[start - 3] == ASCII.colon
        else { return nil }
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
