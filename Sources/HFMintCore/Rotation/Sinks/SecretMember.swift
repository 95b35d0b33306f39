extension Secret {
    /// This JSON object with one member set, and every other byte of it as it was.
    ///
    /// - Returns: `nil` where these bytes are no JSON object.
    package borrowing func settingMember(_ name: String, to value: borrowing Secret) -> Secret? {
        let quoted = value.jsonEscaped().enclosed(by: "\"", and: "\"")
        return reveal { span -> Secret? in
            guard let root = try? readJSON(span, limits: .event), let members = root.members else { return nil }
            if let old = root.member(name) {
                // The range of a string is what stands between its quotes.
                let quote = old.isString ? 1 : 0
                return span.secret(
                    replacing: (old.range.lowerBound - quote)..<(old.range.upperBound + quote), by: quoted)
            }
            let brace = root.range.lowerBound + 1
            let member = quoted.enclosed(by: "\(JSONString.quoted(name)):", and: members.isEmpty ? "" : ",")
            return span.secret(replacing: brace..<brace, by: member)
        }
    }

    /// One member of this JSON object: the string, or the JSON text of what is none, so that something is there.
    package borrowing func member(_ name: String) -> Secret? {
        reveal { span in
            guard let node = (try? readJSON(span, limits: .event))?[name] else { return nil }
            return node.secret(in: span) ?? Secret(copying: span.extracting(node.range))
        }
    }
}

extension Span where Element == UInt8 {
    fileprivate func secret(replacing range: Range<Int>, by replacement: borrowing Secret) -> Secret {
        var buffer = SecretBuffer(capacity: count - range.count + replacement.byteCount)
        buffer.append(Secret(copying: extracting(0..<range.lowerBound)))
        buffer.append(replacement)
        buffer.append(Secret(copying: extracting(range.upperBound..<count)))
        return buffer.finish()
    }
}
