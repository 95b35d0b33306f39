extension IDToken {
    /// Returns what the text is instead of an ID token, and what its author must change.
    ///
    /// The reason quotes words of a fixed list, and nothing else of the text.
    static func objection(to text: Span<UInt8>) -> Malformed {
        let looks: [(Span<UInt8>) -> Malformed?] = [
            Self.encoding, Self.placeholder, Self.wrapping, Self.anotherThing, Self.document, Self.characters,
            Self.parts,
        ]
        for look in looks {
            if let found = look(text) { return found }
        }
        return Malformed("it does not have the three parts of a JWT")
    }

    /// PowerShell 5 writes UTF-16 with `>`, and a byte order mark with `Out-File -Encoding utf8`.
    ///
    /// <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding>
    private static func encoding(_ text: Span<UInt8>) -> Malformed? {
        let hint = "write it as ASCII; in PowerShell: Set-Content -Encoding ascii -NoNewline"
        if text.begins(with: [0xFF, 0xFE]) || text.begins(with: [0xFE, 0xFF]) || text.contains({ $0 == 0 }) {
            return Malformed("it is UTF-16 text, or no text at all", hint: hint)
        }
        return text.begins(with: [0xEF, 0xBB, 0xBF])
            ? Malformed("it has a byte order mark at its start", hint: hint) : nil
    }

    /// Recognises a word, a mask or a variable name that a program, a shell or a CI system left in place of a token.
    private static func placeholder(_ text: Span<UInt8>) -> Malformed? {
        let words = ["null", "nil", "none", "undefined", "false", "true", "(null)", "<nil>", "\"\"", "''", "{}", "[]"]
        if let word = words.first(where: { text.isWord($0) }) {
            return Malformed(
                "it is the word '\(word)'",
                hint: "whatever printed that found no token: look at the answer that it was to be taken from")
        }
        let masks = ["[masked]", "[redacted]", "<redacted>", "(hidden)", "(sensitive"]
        if text.count < 64,
            text.all({ $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "x") })
                || masks.contains(where: { text.begins(withWord: $0) })
        {
            return Malformed(
                "it is what a log shows in place of a secret", hint: "hand the value itself on, not a copy from a log")
        }
        let isInAngles = text[0] == UInt8(ascii: "<") && text.ends(with: ">") && text.count { $0 == text[0] } == 1
        let isTag = ["<!", "<?", "<html", "<head", "<body"].contains { text.begins(withWord: $0) }
        if isInAngles && !isTag || ["$", "%", "{{", "@"].contains(where: { text.begins(withWord: $0) }) {
            return Malformed(
                "it is the name of a variable, or a placeholder, that nothing has replaced",
                hint: "check the quotes and the spelling where it is set: single quotes keep a shell from replacing it")
        }
        return nil
    }

    /// Recognises quotes, a header or an assignment around a token of any kind.
    package static func wrapping(_ text: Span<UInt8>) -> Malformed? {
        let quotes = ["\"", "'", "`", "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}"]
        if quotes.contains(where: { text.begins(withWord: $0) || text.ends(with: $0) }) {
            return Malformed("it has quotes around it", hint: "take the quotes off; with jq, that is `jq -r`")
        }
        let headers = ["Authorization", "Bearer", "Token", "Basic", "JWT"]
        if let word = headers.first(where: { word in [" ", ":"].contains { text.begins(withWord: word + $0) } }) {
            return Malformed("it has '\(word)' in front", hint: "hand on what follows that word alone")
        }
        if let word = ["export", "set", "setenv", "declare"].first(where: { text.begins(withWord: $0 + " ") }) {
            return Malformed(
                "it is an assignment (it begins with '\(word)'), not the value alone",
                hint: "hand on what stands behind the equals sign")
        }
        let name = text.prefixCount { $0.isASCIILetterOrDigit || $0 == ASCII.underscore }
        if name > 0, name + 2 < text.count, text[name] == ASCII.equals, text[name + 1] != ASCII.equals {
            return Malformed(
                "it is an assignment (NAME=…), not the value alone", hint: "hand on what stands behind the equals sign")
        }
        return nil
    }

    /// Recognises a secret of another kind by its prefix, and a URL or a path that leads to a secret.
    private static func anotherThing(_ text: Span<UInt8>) -> Malformed? {
        let ofTheJob = "give the job's own OIDC token, which its CI system hands out: a JWT that begins with eyJ"
        let ofProviders = allProviders.compactMap(\.apiSecret).map { ($0.prefixes, "\($0.noun), and no ID token") }
        let kinds: [(prefixes: [String], what: String)] = [
            (["hf_"], "a token of the Hub (hf_…), which is what an ID token is traded for"),
            (["oauth_app_secret_"], "a client's secret of the Hub"),
            (["hvs.", "hvb."], "a token of Vault, and no ID token"),
        ]
        for kind in kinds + ofProviders where kind.prefixes.contains(where: { text.begins(with: Array($0.utf8)) }) {
            return Malformed("it is \(kind.what)", hint: ofTheJob)
        }
        if text.begins(withWord: "-----BEGIN") || text.begins(withWord: "ssh-") {
            return Malformed("it is a key or a certificate, and no ID token", hint: ofTheJob)
        }
        if text.begins(withWord: "http://") || text.begins(withWord: "https://") {
            return Malformed(
                "it is a URL", hint: "give what that address answers with: --id-token-command 'curl -sSf …'")
        }
        if ["/", "./", "../", "~/", "file:"].contains(where: { text.begins(withWord: $0) }) {
            return Malformed(
                "it is a path", hint: "give the file as one: --id-token-file PATH, or HFMINT_ID_TOKEN_FILE")
        }
        return nil
    }

    /// Recognises a whole answer of a server, which may hold the token.
    private static func document(_ text: Span<UInt8>) -> Malformed? {
        if text[0] == UInt8(ascii: "<") {
            return Malformed(
                "it is a web page, or XML", hint: "look at what answered: a proxy, or a page that asks to log in")
        }
        guard text[0] == UInt8(ascii: "{") || text[0] == UInt8(ascii: "[") else { return nil }
        let root = try? readJSON(text, limits: .answer)
        // The names of the token in the answers of providers and others.
        let known = ["value", "id_token", "token", "WebIdentityToken", "access_token", "oidc_token", "jwt"]
        if let name = known.first(where: { root?[$0]?.isString == true }) {
            return Malformed(
                "it is a JSON object, and the token is its member '\(name)'",
                hint: "hand on that member alone: jq -r .\(name)")
        }
        return Malformed("it is JSON, and no JWT", hint: "hand on the member that holds the token: jq -r .NAME")
    }

    /// Recognises a character that no JWT has.
    private static func characters(_ text: Span<UInt8>) -> Malformed? {
        if text.contains({ $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn }) {
            let dots = text.count { $0 == ASCII.dot }
            return dots > 2
                ? Malformed("it holds more than one line", hint: "hand on the line of the token alone")
                : Malformed("it is broken over lines", hint: "take the line breaks out: tr -d '\\r\\n'")
        }
        if text.contains({ $0 == ASCII.space || $0 == ASCII.tab }) {
            return Malformed("it holds a blank in its middle", hint: "hand on the token alone: it has no blanks")
        }
        if text.contains({ $0 == ASCII.backslash }) {
            return Malformed(
                "it holds a backslash", hint: "an escape such as \\n was not read as one: write the token with printf")
        }
        if text.contains({ $0 == UInt8(ascii: "%") }) {
            return Malformed("it is percent-encoded, as in a URL", hint: "decode it once before it is handed on")
        }
        if text.contains({ $0 >= 0x80 || $0 < ASCII.space || $0 == 0x7F }) {
            return Malformed(
                "it holds a character that is invisible, or not ASCII", hint: "copy it anew: cat -A shows where it is")
        }
        if text.contains({ $0 == ASCII.dot }), text.contains({ "+/=".utf8.contains($0) }) {
            return Malformed(
                "it is spelled in base64 with '+', '/' or '=', where a JWT has base64url",
                hint: "take it as its issuer gave it; a JWT is not to be encoded again")
        }
        guard !text.contains({ !Base64URL.isInAlphabet($0) && $0 != ASCII.dot && !"+/=".utf8.contains($0) }) else {
            return Malformed("it holds a byte that no JWT has")
        }
        return nil
    }

    /// Recognises a wrong number of parts.
    private static func parts(_ text: Span<UInt8>) -> Malformed? {
        switch text.count({ $0 == ASCII.dot }) {
        case 0:
            if isWrappedJWT(text) {
                return Malformed("it is a JWT in base64 once more", hint: "decode it once: base64 -d")
            }
            return Malformed(
                "it has no dots: an opaque token, or a part of a JWT",
                hint: "give the ID token: a JWT, three parts with dots between them")
        case 1:
            return Malformed(
                "it has two parts of a JWT, and the signature is missing", hint: "copy it to its end")
        case 2 where text[text.count - 1] == ASCII.dot:
            return Malformed(
                "it is not signed (nothing follows the second dot)", hint: "ask the issuer for a signed ID token")
        case 2: return nil
        case 4:
            return Malformed(
                "it is encrypted: five parts are a JWE", hint: "ask the issuer for an ID token that is signed alone")
        default: return Malformed("it has more parts than a JWT", hint: "hand on one token, and nothing else")
        }
    }

    private static func isWrappedJWT(_ text: Span<UInt8>) -> Bool {
        var kept = text.bytes(in: 0..<text.count).map { byte in
            byte == UInt8(ascii: "+") ? ASCII.minus : byte == ASCII.slash ? ASCII.underscore : byte
        }
        while kept.last == ASCII.equals { kept.removeLast() }
        guard let inner = Base64URL.decode(kept.span) else { return false }
        return inner.starts(with: "eyJ".utf8) && inner.count { $0 == ASCII.dot } == 2
    }
}

extension Span where Element == UInt8 {
    fileprivate func begins(with bytes: [UInt8]) -> Bool {
        count >= bytes.count && bytes.indices.allSatisfy { self[$0] == bytes[$0] }
    }

    /// Returns whether the text begins with `word`, in any case of its ASCII letters.
    fileprivate func begins(withWord word: String) -> Bool {
        let bytes = Array(word.utf8)
        return count >= bytes.count
            && bytes.indices.allSatisfy { self[$0].asciiLowercased == bytes[$0].asciiLowercased }
    }

    fileprivate func isWord(_ word: String) -> Bool { count == word.utf8.count && begins(withWord: word) }

    fileprivate func ends(with word: String) -> Bool {
        let bytes = Array(word.utf8)
        return count >= bytes.count && bytes.indices.allSatisfy { self[count - bytes.count + $0] == bytes[$0] }
    }

    fileprivate func contains(_ test: (UInt8) -> Bool) -> Bool { indices.contains { test(self[$0]) } }

    fileprivate func all(_ test: (UInt8) -> Bool) -> Bool { indices.allSatisfy { test(self[$0]) } }

    fileprivate func count(_ test: (UInt8) -> Bool) -> Int { indices.count { test(self[$0]) } }

    fileprivate func prefixCount(_ test: (UInt8) -> Bool) -> Int { indices.first { !test(self[$0]) } ?? count }
}
