extension API.Answer {
    /// The server's short codes, such as `Directory_ConcurrencyViolation` or `E0000047`, the most telling first.
    ///
    /// A message repeats no other bytes of an answer, so each code must be one word, and must not look like a secret.
    var vendorCodes: [String] {
        var texts =
            lending { root, text -> [String?]? in
                let error = root["error"]
                return [
                    // Graph and GitLab; Okta and Auth0; AWS; the rest.
                    error?["code"], root["errorCode"], root["__type"], root["code"], error?["status"], error,
                    root["reason"],
                    root["errors"]?.elements?.first?["code"], root["error_code"],
                ].map { $0?.text(in: text) }
            } ?? []
        // The Hub: <https://huggingface.co/docs/huggingface_hub/package_reference/utilities#http-errors>.
        texts += [response.header("x-error-code"), response.header("x-amzn-errortype")]
        return texts.compactMap { $0.flatMap(vendorCode) }
    }

    /// ` (CODE)`, or empty.
    var codeInBrackets: String { vendorCodes.first.map { " (\($0))" } ?? "" }

    /// `403`, or `403, CODE`.
    var statusAndCode: String {
        let status = status
        return vendorCodes.first.map { "\(status), \($0)" } ?? "\(status)"
    }
}

/// Returns a vendor's code without the namespace before it and the address after it, which AWS adds, or nil if the text
/// may be something else.
///
/// A code is short, and changes seldom between letters and digits. A secret changes often.
func vendorCode(_ text: String) -> String? {
    let name = text.utf8.prefix { $0 != ASCII.colon }.split(separator: UInt8(ascii: "#")).last ?? []
    let isCode =
        (3...64).contains(name.count) && name.first?.isASCIILetterOrDigit == true
        && name.allSatisfy { $0.isASCIILetterOrDigit || "_.-".utf8.contains($0) }
        && name.contains { !$0.isASCIIDigit }
    guard isCode else { return nil }
    let turns = zip(name, name.dropFirst()).count { $0.isASCIIDigit != $1.isASCIIDigit }
    let code = String(decoding: name, as: UTF8.self)
    return turns <= 3 && !code.looksLikeToken && code == code.withoutTokens ? code : nil
}
