internal import Synchronization

/// The keys of issuers, which are requested when a token needs them, and kept for later tokens of the process.
///
/// hfmint asks only issuers that a grant names: the caller names the issuer, never the token. Tokens cannot cause many
/// requests either: callers who need the same keys at once share one request, and all tokens together cause at most
/// one request past all caches within ``floor``. A transient failure is not kept: each caller spaces its own tries.
package final class IssuerKeys: Sendable {
    fileprivate typealias Fetch = SharedWork<Result<JSONWebKeySet, MintError>>

    /// The state of one issuer.
    fileprivate struct Issuer {
        var keys: (set: JSONWebKeySet, at: Uptime)?
        /// When the issuer itself last answered, past all caches.
        var renewedAt: Uptime?
        /// Why the issuer gives no keys.
        var refusal: (failure: MintError, at: Uptime)?
        /// The request under way, and whether it goes past all caches.
        var underWay: (fetch: Fetch, isAnew: Bool)?
    }

    fileprivate enum Step: Sendable {
        case take(JSONWebKeySet)
        case fail(MintError)
        case wait(Fetch, isAnew: Bool)
        case ask(Fetch)
    }

    /// The lock is never held during a request.
    private let issuers = Mutex<[[UInt8]: Issuer]>([:])

    package init() {}

    /// How long keys are used without a new request.
    private static let lifetime = Duration.seconds(600)

    /// How long an answer that came past all caches, or a refusal, stands without a new request.
    private static let floor = Duration.seconds(30)

    /// Runs `check` on the issuer's keys, and once more on newer keys if the first may be stale.
    ///
    /// An older answer lacks a key that the issuer has just rotated. A caller that waits for another caller's request
    /// waits no longer than the other's limits.
    func checking(
        _ issuer: [UInt8], keyID: [UInt8], in context: Context, limits: () -> HTTPLimits,
        _ check: (JSONWebKeySet) throws(MintError) -> Bool
    ) throws(MintError) -> Bool {
        let (keys, areKept) = try keys(of: issuer, in: context, limits: limits)
        let answer = Result { () throws(MintError) in try check(keys) }
        if keys.has(keyID) {
            guard areKept, (try? answer.get()) != true else { return try answer.get() }
        } else {
            context.trace("the issuer's keys do not hold the one that the ID token names")
        }
        let newest = try newestKeys(of: issuer, after: keys, in: context, limits: limits)
        return newest == keys ? try answer.get() : try check(newest)
    }

    private func keys(
        of issuer: [UInt8], in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> (JSONWebKeySet, areKept: Bool) {
        let now = context.clock.uptime()
        let step = change(issuer) { known -> Step in
            if let keys = known.keys, now - keys.at < Self.lifetime { return .take(keys.set) }
            if let refusal = known.refusal, now - refusal.at < Self.floor { return .fail(refusal.failure) }
            return known.join(anew: false)
        }
        switch step {
        case .take(let keys): return (keys, true)
        case .fail(let failure): throw failure
        case .wait(let fetch, _): return (try fetch.value(waitingWith: context.workers).get(), false)
        case .ask(let fetch): return (try ask(issuer, fetch, anew: false, in: context, limits: limits), false)
        }
    }

    /// Returns keys that came past all caches, now or within ``floor``.
    ///
    /// - Parameter keys: the keys that do not suffice.
    private func newestKeys(
        of issuer: [UInt8], after keys: JSONWebKeySet, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        while true {
            let now = context.clock.uptime()
            let step = change(issuer) { known -> Step in
                if let renewed = known.renewedAt, now - renewed < Self.floor { return .take(known.keys?.set ?? keys) }
                return known.join(anew: true)
            }
            switch step {
            case .take(let keys): return keys
            case .fail(let failure): throw failure
            case .wait(let fetch, let isAnew):
                let fetched = try fetch.value(waitingWith: context.workers).get()
                // A cache may have answered the other request.
                if isAnew { return fetched }
            case .ask(let fetch):
                context.trace("asking the issuer for its keys once more")
                return try ask(issuer, fetch, anew: true, in: context, limits: limits)
            }
        }
    }

    /// Asks the issuer, and hands the answer to every caller that waits for `fetch`.
    ///
    /// - Parameter anew: whether the request goes past all caches.
    private func ask(
        _ issuer: [UInt8], _ fetch: Fetch, anew: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        let answer = Result { () throws(MintError) in
            try published(by: issuer, anew: anew, in: context, limits: limits)
        }
        let now = context.clock.uptime()
        change(issuer) { $0.take(answer, anew: anew, at: now) }
        fetch.finish(answer)
        return try answer.get()
    }

    private func change<Answer: Sendable>(_ issuer: [UInt8], _ body: (inout Issuer) -> Answer) -> Answer {
        issuers.withLock { body(&$0[issuer, default: Issuer()]) }
    }

    /// Fetches the issuer's metadata, and then its keys.
    private func published(
        by issuer: [UInt8], anew: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        let url = try naming(issuer) { () throws(Malformed) in try IssuerMetadata.url(of: issuer) }
        let document = try get(url, of: issuer, anew: anew, in: context, limits: limits())
        let metadata = try naming(issuer) { () throws(Malformed) in try IssuerMetadata(document, of: issuer) }
        let text = try get(metadata.keysURL, of: issuer, anew: anew, in: context, limits: limits())
        return try naming(issuer) { () throws(Malformed) in try JSONWebKeySet(text) }
    }

    /// Runs `body`, and names the issuer in its error.
    private func naming<Result>(
        _ issuer: [UInt8], _ body: () throws(Malformed) -> Result
    ) throws(MintError) -> Result {
        do throws(Malformed) {
            return try body()
        } catch {
            throw .notVerified(error, issuer: issuer)
        }
    }

    /// Fetches a document of the issuer.
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

extension IssuerKeys.Issuer {
    /// Returns the step to wait for the request under way, or to make one.
    fileprivate mutating func join(anew: Bool) -> IssuerKeys.Step {
        if let underWay { return .wait(underWay.fetch, isAnew: underWay.isAnew) }
        let fetch = IssuerKeys.Fetch()
        underWay = (fetch, anew)
        return .ask(fetch)
    }

    /// Keeps what the issuer has answered.
    fileprivate mutating func take(_ answer: Result<JSONWebKeySet, MintError>, anew: Bool, at now: Uptime) {
        underWay = nil
        switch answer {
        case .success(let set):
            keys = (set, now)
            refusal = nil
        case .failure(let failure):
            guard !failure.isTransient else { return }
            refusal = (failure, now)
        }
        if anew { renewedAt = now }
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
