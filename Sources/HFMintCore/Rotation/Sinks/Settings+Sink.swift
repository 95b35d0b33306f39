extension Settings {
    /// Returns the base URL of the sink's API, which has no query.
    func apiBase(default standard: String? = nil) throws(MintError) -> HTTPURL {
        let base = try base(default: standard)
        guard !base.target.utf8.contains(UInt8(ascii: "?")) else { throw missing("url") }
        return base
    }

    /// Returns the sink's API, whose messages explain a refusal for a sink.
    func api(
        _ target: String, base: HTTPURL, _ authorization: API.Authorization, answers: [KnownAnswer] = [],
        trust: TrustAnchors? = nil
    ) -> API {
        API(
            name: target, base: base, authorization: authorization, answers: answers, refusals: API.placeRefusals,
            trust: trust, context: context)
    }

    /// Returns the sink's name, which is the same for every spelling in the manifest.
    ///
    /// - Parameter standard: the base URL that the name leaves out.
    func target(_ name: String, at base: HTTPURL? = nil, insteadOf standard: String = "") -> String {
        guard let base, base.spelling != standard else { return "\(kind):\(name)" }
        return "\(kind):\(base.spelling)/\(name)"
    }

    /// Returns the path from the root, without `.`, `..` and double slashes; links are not followed.
    func absolute(_ path: String) -> String {
        let folder = FilePath(surroundings.folder).from(context.files.workingDirectory)
        return FilePath(path).from(folder.text).normalised.text
    }
}

/// Returns the text without `byte` at either end.
func trimmed(_ text: String, _ byte: UInt8) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.last == byte { bytes.removeLast() }
    while bytes.first == byte { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
}

extension String {
    /// This version or time of a server, or nil if it is not short and visible ASCII, which any log may hold.
    var plain: String? { (1...64).contains(utf8.count) && utf8.allSatisfy(\.isASCIIVisible) ? self : nil }
}

extension Field {
    static func apiBase(_ standard: String) -> Field {
        .optional("url", .string(.url), "the API's base (\(standard))")
    }

    static func token(_ help: String) -> Field { .required("token", .secretReference, help) }
}

extension StringRule {
    /// Accepts letters, digits and `bytes`, from one to `most` of them.
    static func name(of noun: String, and bytes: String, most: Int = 255) -> StringRule {
        .custom(noun) { text in
            let isName =
                (1...most).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || bytes.utf8.contains($0) }
                // In a URL's path these would lead elsewhere.
                && text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false).allSatisfy {
                    !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
                }
            return isName ? nil : "is no \(noun)"
        }
    }

    /// Accepts `owner/name`.
    static func pair(of noun: String) -> StringRule {
        .custom(noun) { text in
            let parts = text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
            let isPair =
                parts.count == 2
                && parts.allSatisfy { part in
                    (1...100).contains(part.count) && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                        && part.allSatisfy { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) }
                }
            return isPair ? nil : "is no \(noun): owner/name"
        }
    }
}
