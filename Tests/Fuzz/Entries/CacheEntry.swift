internal import HFMintCore

/// A kept token is served only where its record has every field of the key and enough of its life is left; whatever
/// else stands in the file, the Hub is asked.
///
/// The input is the record, and once more what follows the right fields in it.
package func fuzzCacheRecord(_ input: [UInt8]) {
    checkRecord(input)
    let fields = key.fields.map { field in JSONValue.array([.string(field.name), .string(text(field.value))]) }
    checkRecord(#"{"fields":"#.utf8 + JSONValue.array(fields).rendered().reveal { $0.bytes } + input + "}".utf8)
}

private let key: TokenKey = {
    guard let authority = try? Authority(endpointOption: nil, audienceOption: nil, environment: [:]),
        let resource = try? Resource(parsing: "acme/model", endpoint: .huggingFace)
    else { fatalError("the key here is good") }
    return TokenKey(
        authority: authority, subject: .publisher(resource), identity: ["github-actions", "a\"\\\n\u{E9}"],
        allowsUntrustedEvent: false)
}()

private func checkRecord(_ record: [UInt8]) {
    let world = World(record: record)
    let cache = TokenCache(world.directory("/state"), context: world.context([:]))
    let fresh = "hf_jwt_fresh-from-the-hub"
    func token() -> [UInt8] {
        let kept = try? cache.token(for: key).get()
        let token =
            kept ?? HubToken(secret: Secret(copying: fresh.utf8), expiresAt: now + 3_600, sha256: "00")
        if kept == nil { cache.keep(token, for: key) }
        return token.bearer.secret.reveal { $0.bytes }
    }
    let first = token()
    hold(first == (servable(record) ?? Array(fresh.utf8)), "only a good record is served")
    hold(token() == first, "and the next call gets the same token")
}

/// The token of a record that may be served.
private func servable(_ record: [UInt8]) -> [UInt8]? {
    guard record.count <= 64 << 10, let root = LittleJSON.read(record), case .array(let pairs)? = root["fields"],
        let obtained = root["obtained_at"]?.integer, let expires = root["expires_at"]?.integer,
        root["sha256"]?.string != nil, let token = root["token"]?.string, HubToken.isWellFormed(token.span)
    else { return nil }
    let expected = key.fields.map { LittleJSON.array([.string(Array($0.name.utf8)), .string($0.value)]) }
    let current = now.secondsSince1970
    guard pairs == expected, obtained <= current, expires > current else { return nil }
    guard obtained >= 0, expires < 253_402_300_800 else { return nil }
    return expires - current >= min(300, (expires - obtained) / 4) ? token : nil
}
