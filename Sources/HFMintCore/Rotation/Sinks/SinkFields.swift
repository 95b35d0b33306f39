/// What the manifest says of one sink, for whoever makes it; its shape has been checked.
struct SinkFields {
    let surroundings: RotationSurroundings
    private let kind: String
    private let place: ManifestNode

    init(_ kind: String, _ place: ManifestNode, _ surroundings: RotationSurroundings) {
        self.kind = kind
        self.place = place
        self.surroundings = surroundings
    }

    subscript(name: String) -> String? { place[name]?.string }

    /// A field that the shape requires.
    func needed(_ name: String) throws(MintError) -> String {
        guard let text = self[name] else { throw wrong("needs '\(name)'") }
        return text
    }

    func flag(_ name: String) -> Bool { place[name]?.bool == true }

    func words(_ name: String) -> [String] { place[name]?.elements.compactMap(\.string) ?? [] }

    func seconds(_ name: String, or standard: Int) -> Int {
        self[name].flatMap { Seconds(parsing: $0) }?.count ?? standard
    }

    func secret(_ name: String) -> SecretReference? { place[name].flatMap { SecretReference($0) } }

    func neededSecret(_ name: String) throws(MintError) -> SecretReference {
        guard let reference = secret(name) else { throw wrong("needs '\(name)'") }
        return reference
    }

    /// The API's base, without a slash at its end.
    func base(_ standard: String) throws(MintError) -> HTTPURL {
        let text = self["url"] ?? standard
        guard let url = HTTPURL(text), !url.target.utf8.contains(UInt8(ascii: "?")) else {
            throw wrong("has a 'url' that is no base of an API")
        }
        return HTTPURL(url.origin, trimmed(url.target, ASCII.slash, start: false))
    }

    /// A name for the place that is the same however the manifest spells it.
    func target(_ name: String, at base: HTTPURL? = nil, insteadOf standard: String = "") -> String {
        guard let base, base.description != standard else { return "\(kind):\(name)" }
        return "\(kind):\(base)/\(name)"
    }

    /// A path from the root, without `.`, `..` and double slashes; links in it are not looked through.
    func absolute(_ path: String) -> String {
        let folder = FilePath(surroundings.folder).from(surroundings.context.files.workingDirectory)
        return FilePath(path).from(folder.text).normalised.text
    }

    private func wrong(_ what: String) -> MintError {
        MintError(.manifestInvalid, "a sink '\(kind)' of 'rotations.\(surroundings.name)' \(what)")
    }
}

/// Without `byte` at its end and, if asked for, at its start.
func trimmed(_ text: String, _ byte: UInt8, start: Bool = true) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.last == byte { bytes.removeLast() }
    while start, bytes.first == byte { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
}

/// With the letters of ASCII in lower case.
func lowercased(_ text: String) -> String { String(decoding: text.utf8.map(\.asciiLowercased), as: UTF8.self) }

extension Field {
    static func apiBase(_ standard: String) -> Field {
        .optional("url", .string(.url), "the API's base (\(standard))")
    }

    /// Of every kind of sink: a misspelt name must make nothing.
    static let create = Field.optional(
        "create", .bool, "whether the target may be made where nothing is there yet (false)")

    static func token(_ help: String) -> Field { .required("token", .secretReference, help) }
}

extension StringRule {
    /// One or more of `bytes`, letters and digits; no more than `most`.
    static func name(of noun: String, and bytes: String, most: Int = 255) -> StringRule {
        .custom(noun) { text in
            let isName =
                (1...most).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || bytes.utf8.contains($0) }
                // In a URL's path these would name another place.
                && text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false).allSatisfy {
                    !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
                }
            return isName ? nil : "is no \(noun)"
        }
    }

    /// `owner/name`.
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
