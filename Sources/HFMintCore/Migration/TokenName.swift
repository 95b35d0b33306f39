/// The names under which repositories keep a token of the Hub: `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, `hf_write_token`.
enum TokenName {
    /// The names that the Hub's own libraries read.
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>
    static let ofLibraries = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]

    private static let owners: Set = ["HF", "HFHUB", "HUGGINGFACE", "HUGGINGFACEHUB"]
    /// Words of names that hold no token: `HF_TOKEN_PATH`, `HF_ID_TOKEN`, `HF_HUB_DISABLE_IMPLICIT_TOKEN`.
    private static let others: Set = ["AT", "DISABLE", "ENDPOINT", "EXPIRES", "FILE", "ID", "OIDC", "PATH", "TIMEOUT"]

    /// Returns whether a name is that of a token of the Hub.
    static func matches(_ name: some Collection<UInt8>) -> Bool {
        guard name.count <= 64 else { return false }
        let words = name.map(\.asciiUppercased).split(separator: ASCII.underscore).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count > 1, !words.contains(where: others.contains) else { return false }
        let isHub =
            words.contains(where: owners.contains)
            || zip(words, words.dropFirst()).contains { $0 == "HUGGING" && $1 == "FACE" }
        return isHub && (words.contains("TOKEN") || ["KEY", "PAT", "SECRET"].contains(words[words.count - 1]))
    }

    /// Returns the name in `${{ secrets.NAME }}` if the text is nothing else, or nil.
    static func secret(in text: String) -> String? {
        guard let inside = text.withoutBlanksAround.after("${{"), inside.hasEnd("}}") else { return nil }
        let name = String(decoding: inside.utf8.dropLast(2), as: UTF8.self).withoutBlanksAround.after("secrets.")
        return name.flatMap { isIdentifier($0.utf8) ? $0 : nil }
    }

    static func isIdentifier(_ text: some Collection<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy(\.isInIdentifier)
    }
}

extension UInt8 {
    var isInIdentifier: Bool { isASCIILetterOrDigit || self == ASCII.underscore }
}

/// A place in a line where a token of the Hub is named.
struct TokenMention: Equatable, Sendable {
    let name: String
    let range: Range<Int>
    /// Whether it is the secret itself: `secrets.NAME`.
    let isSecret: Bool

    /// Finds every mention in a line.
    ///
    /// - Parameter secrets: names of secrets that hold a token, whatever they are called.
    static func all(in line: ArraySlice<UInt8>, secrets: Set<String>) -> [TokenMention] {
        var found: [TokenMention] = []
        var index = line.startIndex
        while index < line.endIndex {
            guard line[index].isInIdentifier else {
                index += 1
                continue
            }
            let end = line[index...].firstIndex { !$0.isInIdentifier } ?? line.endIndex
            let name = String(decoding: line[index..<end], as: UTF8.self)
            let isSecret = line[line.startIndex..<index].suffix(8).elementsEqual("secrets.".utf8)
            if TokenName.matches(line[index..<end]) || isSecret && secrets.contains(name) {
                found.append(TokenMention(name: name, range: index..<end, isSecret: isSecret))
            }
            index = end
        }
        return found
    }
}

extension SourceText.Line {
    /// Whether the line holds a token itself, and not only the name of one.
    var holdsToken: Bool {
        bytes.split { !($0.isInIdentifier || $0 == ASCII.minus || $0 == ASCII.dot) }.contains {
            String(decoding: $0, as: UTF8.self).looksLikeToken
        }
    }
}
