/// What an error message may say of an answer that hfmint did not expect.
extension Secret {
    /// Whether the text is HTML or XML, by its first byte.
    package var looksLikePage: Bool {
        reveal { text in
            text.indices.first { !text[$0].isBlank }.map { text[$0] == UInt8(ascii: "<") } ?? false
        }
    }

    /// Whether the text can be the value of a header, on one line.
    package var fitsInHeader: Bool {
        reveal { text in text.indices.allSatisfy { text[$0] >= ASCII.space && text[$0] != 0x7F } }
    }

    /// The error code at one of the places where vendors put it; one word, and nothing else of the answer.
    ///
    /// OAuth's `error` (RFC 6749, 5.2); Google's `error.status` (<https://google.aip.dev/193>); Kubernetes' `reason`
    /// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>); AWS' `Code`, in XML too
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>); `typeKey` of GitHub's token endpoint,
    /// which Azure DevOps uses too
    /// (<https://learn.microsoft.com/rest/api/azure/devops/core/#vss-error>).
    package var publishedCode: String? {
        reveal { text in
            let root = try? readJSON(text, limits: .answer)
            let nodes = [
                root?["error"], root?["error"]?["status"], root?["error"]?["code"], root?["Error"]?["Code"],
                root?["reason"], root?["code"], root?["typeKey"],
            ]
            let element = text.element("Code").map { [text.bytes(in: $0)] } ?? []
            let words = nodes.compactMap { $0?.string(in: text) } + element
            return words.first { word in
                (1...64).contains(word.count) && word.first?.isASCIILetter == true
                    && word.allSatisfy { $0.isASCIILetterOrDigit || "_.-".utf8.contains($0) }
            }.map { String(decoding: $0, as: UTF8.self).withoutTokens }
        }
    }
}

extension Span where Element == UInt8 {
    /// Returns where the content of the first XML element of this name stands, or `nil`.
    func element(_ name: String) -> Range<Int>? {
        guard let start = range(of: "<\(name)>"), let end = range(of: "</\(name)>", from: start.upperBound) else {
            return nil
        }
        return start.upperBound..<end.lowerBound
    }
}
