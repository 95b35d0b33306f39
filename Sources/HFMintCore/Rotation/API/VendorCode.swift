extension API.Answer {
    /// The short codes by which the server says why, such as `Directory_ConcurrencyViolation` or `E0000047`; the one
    /// that says most comes first.
    ///
    /// A message of a rotation repeats no other bytes of an answer, so each must be one word, and look like no secret.
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

    /// ` (CODE)`, or nothing.
    var codeInBrackets: String { vendorCodes.first.map { " (\($0))" } ?? "" }

    /// `403`, with the code where there is one.
    var statusAndCode: String {
        let status = status
        return vendorCodes.first.map { "\(status), \($0)" } ?? "\(status)"
    }
}

/// A vendor's code, without the name space that AWS puts in front and the address that it puts behind; `nil` for what
/// may be anything else.
///
/// Letters and digits, no longer than any code is, in few groups: a secret changes between the two at every turn.
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

/// Where an answer sends us, for a message: host and path, without a user, a query or a fragment, each of which may
/// hold a secret.
///
/// - Parameter host: of the server that was asked, for a location that names none.
func destination(ofRedirect location: String, from host: String) -> String? {
    let bytes = Array(location.utf8)
    let path = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ";") }
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
