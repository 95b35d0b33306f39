/// Percent-encodes everything but the unreserved characters.
///
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
package func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        if byte.isASCIILetterOrDigit || "-._~".utf8.contains(byte) {
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            encoded += "%" + CollectionOfOne(byte).hexadecimal.uppercased()
        }
    }
    return encoded
}

/// Returns the body of a form with these fields.
///
/// <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>
package func formEncoded(_ fields: [(String, String)]) -> String {
    fields.map { "\(percentEncoded($0))=\(percentEncoded($1))" }.joined(separator: "&")
}
