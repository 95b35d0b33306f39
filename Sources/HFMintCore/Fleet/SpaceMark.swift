/// What hfmint writes at the end of the description of a Space's secret: who wrote it, and which value.
///
/// `text of the user [hfmint 1 apps/chat.json5 g7 k:9f31c2a47be0d85512aa03fe v:3]`: the manifest, how many times hfmint
/// has written the secret, the digest of its value, and its version in the manifest.
///
/// Whoever may write the secret may write a mark too, and a new value may come with the old mark. So a mark proves
/// nothing alone: see ``ProofOfSecret``. A digest says nothing to whoever does not have the fleet's key.
///
/// ```swift
/// let mark = SpaceMark(app: space.app, generation: 8, digest: digest)
/// try api.setSecret("KEY", value, description: mark.put(into: secret.description))
/// ```
package struct SpaceMark: Equatable, Sendable {
    /// The path of the manifest, without what would need escapes: see ``isOf(app:)``.
    package let app: String
    /// How many times hfmint has written it, from 1.
    package let generation: Int
    /// The version as the manifest counts it, spelled as ``app``.
    package let version: String?
    /// 24 hexadecimal digits, or nil if the fleet has no key: see ``digest(of:name:in:key:by:)``.
    package let digest: String?

    package init(app: String, generation: Int, version: String? = nil, digest: String? = nil) {
        self.app = Self.word(app)
        self.generation = min(max(generation, 1), Self.lastGeneration)
        self.version = version.map(Self.word)
        self.digest = digest
    }

    private static let lastGeneration = 999_999_999
    private static let digestCount = 24
    /// The most bytes of a mark: two words, and what stands between them.
    private static let byteLimit = 512
    private static let wordLimit = 160

    /// Whether it was written for the manifest of this path.
    package func isOf(app: String) -> Bool { self.app.utf8.elementsEqual(Self.word(app).utf8) }

    /// Whether it was written for this version of the manifest's.
    package func isOf(version: String) -> Bool { self.version?.utf8.elementsEqual(Self.word(version).utf8) ?? false }

    /// Returns `text` without a byte that could end a mark or a word in it; of a long text, its fingerprint.
    private static func word(_ text: String) -> String {
        let parts = text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        let word = parts.map { percentEncoded(String(decoding: $0, as: UTF8.self)) }.joined(separator: "/")
        return word.isEmpty ? "-" : word.utf8.count > wordLimit ? fingerprint([Array(text.utf8)]) : word
    }
}

extension SpaceMark {
    /// Reads the last mark in a description, or returns nil if there is none that this version has written.
    package init?(in description: String) {
        guard let mark = Self.split(description).mark else { return nil }
        self = mark
    }

    /// Returns the description with this mark in place of all others; the user's text stays in front.
    package func put(into description: String?) -> String {
        let text = Self.text(of: description ?? "")
        return text.isEmpty ? self.text : "\(text) \(self.text)"
    }

    /// Returns what the user wrote of a description.
    package static func text(of description: String) -> String {
        let text = split(description).text
        return String(decoding: text[..<(text.lastIndex { $0 != ASCII.space }.map { $0 + 1 } ?? 0)], as: UTF8.self)
    }

    private var text: String {
        "[hfmint 1 \(app) g\(generation)\(digest.map { " k:\($0)" } ?? "")\(version.map { " v:\($0)" } ?? "")]"
    }

    private static func split(_ description: String) -> (text: [UInt8], mark: SpaceMark?) {
        var text: [UInt8] = []
        var mark: SpaceMark?
        for byte in description.utf8 {
            text.append(byte)
            guard byte == UInt8(ascii: "]"),
                let start = text.suffix(byteLimit).lastIndex(of: UInt8(ascii: "[")),
                let found = SpaceMark(inside: text[(start + 1)...].dropLast())
            else { continue }
            mark = found
            text.removeSubrange(start...)
        }
        return (text, mark)
    }

    /// Reads what stands between the brackets.
    private init?(inside text: ArraySlice<UInt8>) {
        var parts = text.split(separator: ASCII.space, omittingEmptySubsequences: false)[...]
        func next(_ start: String, _ isRight: (ArraySlice<UInt8>) -> Bool) -> ArraySlice<UInt8>? {
            guard let part = parts.first, part.starts(with: start.utf8) else { return nil }
            let rest = part.dropFirst(start.utf8.count)
            guard isRight(rest) else { return nil }
            parts = parts.dropFirst()
            return rest
        }
        guard next("hfmint", \.isEmpty) != nil, next("1", \.isEmpty) != nil, let app = next("", Self.isWord),
            let generation = next("g", { $0.count < 10 }).flatMap({ Int(digits: $0) })
        else { return nil }
        let digest = next("k:") { $0.isHexadecimal(count: Self.digestCount) }
        let version = next("v:", Self.isWord)
        guard parts.isEmpty else { return nil }
        self.app = String(decoding: app, as: UTF8.self)
        self.generation = generation
        self.version = version.map { String(decoding: $0, as: UTF8.self) }
        self.digest = digest.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
        (1...wordLimit).contains(text.count)
            && text.allSatisfy { $0.isASCIILetterOrDigit || "-._~%/".utf8.contains($0) }
    }
}

// MARK: The tags of an endpoint, which has no descriptions

extension SpaceMark {
    private static let tag = "hfmint-"

    /// Reads the mark of an endpoint's secrets, all of which are written at once.
    package init?(inTags tags: [String]) {
        // The API may return tags in another order.
        let parts = tags.compactMap { $0.after(Self.tag) }.sorted { Self.rank($0) < Self.rank($1) }
        self.init(inside: Array("hfmint 1 \(parts.joined(separator: " "))".utf8)[...])
    }

    private static func rank(_ part: String) -> Int {
        if part.hasStart("v:") { return 3 }
        if part.hasStart("k:") { return 2 }
        return part.hasStart("g") && part.utf8.dropFirst().allSatisfy(\.isASCIIDigit) ? 1 : 0
    }

    /// Returns the tags with those of this mark at the end, in place of any others of hfmint's.
    package func put(intoTags tags: [String]) -> [String] {
        let parts = [app, "g\(generation)", digest.map { "k:\($0)" }, version.map { "v:\($0)" }]
        return tags.filter { !$0.hasStart(Self.tag) } + parts.compactMap { $0.map { Self.tag + $0 } }
    }
}

// MARK: The digest of a value

extension SpaceMark {
    package static let leastKeyByteCount = 32

    /// Reads the key of the fleet's marks, or returns nil if the manifest names none.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if it cannot be read, or has fewer than 32 bytes.
    package static func key(of fleet: FleetDefinition, in context: Context) throws(MintError) -> SharedSecret? {
        guard let reference = fleet.key else { return nil }
        let key = try reference.read(.key, relativeTo: fleet.folder, in: context)
        guard key.byteCount >= leastKeyByteCount else {
            throw MintError(
                .stateUnusable, "the key of the fleet's marks in \(reference.source) has \(key.byteCount) bytes",
                hint: "a key has \(leastKeyByteCount) bytes or more: openssl rand -base64 48")
        }
        return SharedSecret(key)
    }

    /// Returns the first 96 bits of the HMAC-SHA256 of the resource, the name, and the SHA-256 of the value, with a
    /// zero byte between each two, in hexadecimal.
    ///
    /// A digest without a key would let everybody who reads the description guess a weak secret.
    ///
    /// - Parameter resource: `spaces/acme/chat`.
    /// - Throws: ``MintError/Code/libraryMissing``.
    package static func digest(
        of value: borrowing Secret, name: String, in resource: String, key: borrowing Secret, by machine: Machine
    ) throws(MintError) -> String {
        let message = Array("\(resource)\0\(name)\0".utf8) + (try machine.digests.sha256(value))
        return try machine.signatures.hmacSHA256(message, key: key).prefix(digestCount / 2).hexadecimal
    }

    /// Returns one digest of several, as for the secrets of an endpoint.
    package static func digest(joining digests: [String]) -> String {
        String(decoding: fingerprint(digests.sorted().map { Array($0.utf8) }).utf8.prefix(digestCount), as: UTF8.self)
    }
}
