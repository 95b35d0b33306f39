internal import Synchronization

/// The keys of issuers, asked for when a token needs them, and kept for the tokens that follow in the same process.
///
/// Only an issuer that a grant names is ever asked: whoever calls this names it, never the token.
package final class IssuerKeys: Sendable {
    private struct Held {
        let keys: JSONWebKeySet
        let fetchedAt: Duration
    }

    private let held = Mutex<[[UInt8]: Held]>([:])

    package init() {}

    /// How long keys are believed without asking again.
    private static let lifetime = Duration.seconds(600)

    /// Asks `check` about the issuer's keys, and once more about fresh ones where the first were stale: a key that was
    /// just rotated is not in an older answer.
    func checking(
        _ issuer: [UInt8], keyID: [UInt8], in context: Context, limits: () -> HTTPLimits,
        _ check: (JSONWebKeySet) throws(MintError) -> Bool
    ) throws(MintError) -> Bool {
        let now = context.clock.uptime()
        if let known = held.withLock({ $0[issuer] }), now - known.fetchedAt < Self.lifetime, known.keys.has(keyID) {
            if (try? check(known.keys)) == true { return true }
            return try check(fetch(issuer, anew: true, in: context, limits: limits))
        }
        let fetched = try fetch(issuer, anew: false, in: context, limits: limits)
        guard !fetched.has(keyID) else { return try check(fetched) }
        context.trace("the issuer's keys do not hold the one that the ID token names; asking once more")
        return try check(fetch(issuer, anew: true, in: context, limits: limits))
    }

    /// - Parameter anew: whether no cache on the way may answer.
    private func fetch(
        _ issuer: [UInt8], anew: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        let document = try get(
            try telling(issuer) { () throws(Malformed) in try IssuerMetadata.url(of: issuer) }, of: issuer,
            anew: anew, in: context, limits: limits())
        let metadata = try telling(issuer) { () throws(Malformed) in try IssuerMetadata(document, of: issuer) }
        let text = try get(metadata.keysURL, of: issuer, anew: anew, in: context, limits: limits())
        let keys = try telling(issuer) { () throws(Malformed) in try JSONWebKeySet(text) }
        held.withLock { $0[issuer] = Held(keys: keys, fetchedAt: context.clock.uptime()) }
        return keys
    }

    private func telling<Result>(
        _ issuer: [UInt8], _ body: () throws(Malformed) -> Result
    ) throws(MintError) -> Result {
        do throws(Malformed) {
            return try body()
        } catch {
            throw .notVerified(error, issuer: issuer)
        }
    }

    private func get(
        _ url: HTTPURL, of issuer: [UInt8], anew: Bool, in context: Context, limits: HTTPLimits
    ) throws(MintError) -> [UInt8] {
        let headers =
            [HTTPHeader("Accept", "application/json")] + (anew ? [HTTPHeader("Cache-Control", "no-cache")] : [])
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(HTTPRequest(.get, url, headers: headers), limits: limits)
        } catch {
            guard error.kind != .tooLarge else {
                throw .notVerified(
                    Malformed("\(url.origin.host) sent too much where its keys should be"), issuer: issuer)
            }
            throw .transport(error, to: url.origin.host, doing: .identityUnavailable)
        }
        guard response.status == 200 else {
            guard response.isTransient else {
                throw .notVerified(
                    Malformed("\(url.origin.host) answered \(response.status) where its keys should be"),
                    issuer: issuer)
            }
            throw MintError(
                .identityUnavailable,
                "\(url.origin.host) answered \(response.status) when asked for the issuer's keys",
                hint: "this is safe to try again", isTransient: true,
                retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        return response.body.reveal { $0.bytes }
    }
}

extension MintError {
    static func notVerified(_ reason: Malformed, issuer: [UInt8]) -> MintError {
        MintError(
            .identityUnverified, "the ID token is not believed: \(reason.reason)",
            details: ["the grant's issuer: \(String(decoding: issuer.prefix(500), as: UTF8.self))"],
            hint: "hand in the ID token as that issuer gave it to this job; `hfmint doctor` shows what it says")
    }
}
