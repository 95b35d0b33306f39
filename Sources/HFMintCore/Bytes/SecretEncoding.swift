extension Secret {
    /// Returns the bytes as `application/x-www-form-urlencoded`; all but the unreserved characters are percent-encoded.
    package borrowing func formEncoded() -> Secret {
        reveal { span in
            var buffer = SecretBuffer(capacity: span.count * 3)
            for index in span.indices {
                let byte = span[index]
                if byte.isASCIILetterOrDigit || "-._~".utf8.contains(byte) {
                    buffer.append(byte)
                } else {
                    buffer.append("%" + CollectionOfOne(byte).hexadecimal.uppercased())
                }
            }
            return buffer.finish()
        }
    }

    /// Returns what HTTP Basic sends for a client with this secret: the form-encoded id and secret, in base64.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
    package borrowing func basicPair(clientID: String) -> Secret {
        formEncoded().enclosed(by: "\(percentEncoded(clientID)):", and: "").base64Encoded()
    }

    /// Returns the bytes in base64 with padding (RFC 4648, 4), on one line.
    package borrowing func base64Encoded() -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return reveal { span in
            var buffer = SecretBuffer(capacity: (span.count + 2) / 3 * 4)
            for start in stride(from: 0, to: span.count, by: 3) {
                let taken = min(3, span.count - start)
                var bits: UInt32 = 0
                for offset in 0..<3 { bits = bits << 8 | (offset < taken ? UInt32(span[start + offset]) : 0) }
                for digit in 0..<4 {
                    let value = Int(bits >> UInt32(18 - 6 * digit)) & 63
                    buffer.append(digit <= taken ? alphabet[value] : ASCII.equals)
                }
            }
            return buffer.finish()
        }
    }

    /// Returns the bytes in base64url without padding (RFC 4648, 5).
    package borrowing func base64URLEncoded() -> Secret {
        base64Encoded().reveal { span in
            var buffer = SecretBuffer(capacity: span.count)
            for index in span.indices {
                switch span[index] {
                case UInt8(ascii: "+"): buffer.append(ASCII.minus)
                case ASCII.slash: buffer.append(ASCII.underscore)
                case ASCII.equals: break
                case let byte: buffer.append(byte)
                }
            }
            return buffer.finish()
        }
    }

    /// Returns the bytes as hexadecimal digits in lower case.
    package borrowing func hexEncoded() -> Secret {
        let digits = Array("0123456789abcdef".utf8)
        return reveal { span in
            var buffer = SecretBuffer(capacity: span.count * 2)
            for index in span.indices {
                buffer.append(digits[Int(span[index] >> 4)])
                buffer.append(digits[Int(span[index] & 15)])
            }
            return buffer.finish()
        }
    }

    /// Decodes base64 with padding, or returns nil if it is not canonical.
    package init?(decodingBase64 text: Span<UInt8>) {
        guard text.count % 4 == 0 else { return nil }
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == ASCII.equals { count -= 1 }
        var url: [UInt8] = []
        for index in 0..<count {
            switch text[index] {
            case UInt8(ascii: "+"): url.append(ASCII.minus)
            case ASCII.slash: url.append(ASCII.underscore)
            case ASCII.minus, ASCII.underscore: return nil
            default: url.append(text[index])
            }
        }
        guard let bytes = Base64URL.decode(url.span) else { return nil }
        self.init(copying: bytes)
    }

    /// Returns the bytes escaped for the inside of a JSON string.
    package borrowing func jsonEscaped() -> Secret {
        reveal { span in
            var buffer = SecretBuffer(capacity: span.count * 6)
            for index in span.indices {
                let byte = span[index]
                if byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash {
                    buffer.append("\\u00" + CollectionOfOne(byte).hexadecimal)
                } else {
                    buffer.append(byte)
                }
            }
            return buffer.finish()
        }
    }
}
