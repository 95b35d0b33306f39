extension Secret {
    /// Returns this JSON object with one member set and every other byte unchanged, or nil if it is no JSON object.
    package borrowing func settingMember(_ name: String, to value: borrowing Secret) -> Secret? {
        let quoted = value.jsonEscaped().enclosed(by: "\"", and: "\"")
        return reveal { span -> Secret? in
            guard let root = try? readJSON(span, limits: .event), let members = root.members else { return nil }
            if let old = root.member(name) {
                // The range of a string leaves out its quotes.
                let quote = old.isString ? 1 : 0
                return span.secret(
                    replacing: (old.range.lowerBound - quote)..<(old.range.upperBound + quote), by: quoted)
            }
            let brace = root.range.lowerBound + 1
            let member = quoted.enclosed(by: "\(JSONString.quoted(name)):", and: members.isEmpty ? "" : ",")
            return span.secret(replacing: brace..<brace, by: member)
        }
    }

    /// Returns one member of this JSON object, or nil: a string's text, or the JSON text of any other value.
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
