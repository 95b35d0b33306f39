internal import Synchronization

/// The keys of issuers, which are requested when a token needs them, and kept for later tokens of the process.
///
/// hfmint asks only issuers that a grant names: the caller names the issuer, never the token. Tokens cannot cause many
/// requests either. Callers who need the same keys at once share one request, and for all tokens together hfmint
/// bypasses the caches between here and the issuer at most once within ``pause``. A transient failure is kept only if
/// many strangers share the keys; otherwise each caller spaces its own tries.
package final class IssuerKeys: Sendable {
    fileprivate typealias Request = SharedWork<Result<JSONWebKeySet, MintError>>

    fileprivate struct Issuer {
        var keys: (set: JSONWebKeySet, at: Uptime)?
        /// When a request that bypassed the caches last ended.
        var bypassedAt: Uptime?
        /// Why the issuer gives no keys.
        var refusal: (failure: MintError, until: Uptime)?
        /// The request under way, and whether it bypasses the caches.
        var underWay: (request: Request, bypassesCaches: Bool)?
    }

    /// What a caller does next to get keys.
    fileprivate enum Step: Sendable {
        case use(JSONWebKeySet)
        case fail(MintError)
        case wait(Request, bypassesCaches: Bool)
        case send(Request)
    }

    /// The lock is never held during a request.
    private let issuers = Mutex<[[UInt8]: Issuer]>([:])

    /// How long a failure that may pass is kept, so that strangers cannot cause one request after the other.
    private let failurePause: Duration?

    /// - Parameter failurePause: how long an issuer is not asked again that did not answer, or nil if each caller
    ///   spaces its own tries.
    package init(failurePause: Duration? = nil) {
        self.failurePause = failurePause
    }

    /// How long keys are used without a new request.
    private static let lifetime = Duration.seconds(600)

    /// How long keys are used of an issuer that does not answer, where strangers share them.
    private static let staleLifetime = Duration.seconds(3_600)

    /// The least time between a refusal or a request that bypassed the caches, and the next such request.
    package static let pause = Duration.seconds(30)

    /// Returns how old the keys are that are kept, by issuer.
    package func ages(at now: Uptime) -> [(issuer: [UInt8], age: Duration)] {
        issuers.withLock { issuers in
            issuers.compactMap { issuer, state in state.keys.map { (issuer, now - $0.at) } }
        }
    }

    /// Runs `check` on the issuer's keys, and once more on newer keys if the first may be stale.
    ///
    /// Stale keys lack the one that the issuer has just begun to use. A caller that waits for another caller's request
    /// waits no longer than the other's limits.
    func checking(
        _ issuer: [UInt8], keyID: [UInt8], in context: Context, limits: () -> HTTPLimits,
        _ check: (JSONWebKeySet) throws(MintError) -> Bool
    ) throws(MintError) -> Bool {
        let (keys, wereKept) = try keys(of: issuer, in: context, limits: limits)
        let answer = Result { () throws(MintError) in try check(keys) }
        if keys.has(keyID) {
            guard wereKept, (try? answer.get()) != true else { return try answer.get() }
        } else {
            context.trace("the issuer's keys do not hold the one that the ID token names")
        }
        let newest = try newestKeys(of: issuer, after: keys, in: context, limits: limits)
        return newest == keys ? try answer.get() : try check(newest)
    }

    /// Returns the keys that another token needed earlier, however long ago; asks nobody.
    func kept(of issuer: [UInt8]) -> JSONWebKeySet? { issuers.withLock { $0[issuer]?.keys?.set } }

    private func keys(
        of issuer: [UInt8], in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> (JSONWebKeySet, wereKept: Bool) {
        let now = context.clock.uptime()
        let step = change(issuer) { known -> Step in
            if let keys = known.keys, now - keys.at < Self.lifetime { return .use(keys.set) }
            if let refusal = known.refusal, now < refusal.until { return .fail(refusal.failure) }
            return known.join(bypassingCaches: false)
        }
        do throws(MintError) {
            switch step {
            case .use(let keys): return (keys, true)
            case .fail(let failure): throw failure
            case .wait(let request, _): return (try request.value(waitingWith: context.workers).get(), false)
            case .send(let request):
                return (try send(request, to: issuer, bypassingCaches: false, in: context, limits: limits), false)
            }
        } catch {
            guard failurePause != nil, error.isTransient, let stale = staleKeys(of: issuer, at: now) else {
                throw error
            }
            return (stale, true)
        }
    }

    private func staleKeys(of issuer: [UInt8], at now: Uptime) -> JSONWebKeySet? {
        change(issuer) { known in known.keys.flatMap { now - $0.at < Self.staleLifetime ? $0.set : nil } }
    }

    /// Returns keys that came from the issuer itself, now or within ``pause``.
    ///
    /// - Parameter keys: the keys that may be stale.
    private func newestKeys(
        of issuer: [UInt8], after keys: JSONWebKeySet, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        while true {
            let now = context.clock.uptime()
            let step = change(issuer) { known -> Step in
                if let last = known.bypassedAt, now - last < Self.pause { return .use(known.keys?.set ?? keys) }
                return known.join(bypassingCaches: true)
            }
            switch step {
            case .use(let keys): return keys
            case .fail(let failure): throw failure
            case .wait(let request, let bypassesCaches):
                // Where strangers share the keys, a slow issuer must not hold up one thread after the other.
                guard failurePause == nil else {
                    throw MintError(
                        .identityUnavailable, "the issuer is being asked for its newest keys",
                        hint: "this is safe to try again", isTransient: true, retryAfterSeconds: 5)
                }
                let answer = try request.value(waitingWith: context.workers).get()
                // A cache may have answered the other request.
                if bypassesCaches { return answer }
            case .send(let request):
                context.trace("asking the issuer for its keys once more")
                return try send(request, to: issuer, bypassingCaches: true, in: context, limits: limits)
            }
        }
    }

    /// Asks the issuer, and hands the answer to every caller that waits for `request`.
    private func send(
        _ request: Request, to issuer: [UInt8], bypassingCaches: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        let answer = Result { () throws(MintError) in
            try published(by: issuer, bypassingCaches: bypassingCaches, in: context, limits: limits)
        }
        let now = context.clock.uptime()
        change(issuer) { $0.keep(answer, bypassedCaches: bypassingCaches, failuresFor: failurePause, at: now) }
        request.finish(answer)
        return try answer.get()
    }

    private func change<Value: Sendable>(_ issuer: [UInt8], _ body: (inout Issuer) -> Value) -> Value {
        issuers.withLock { body(&$0[issuer, default: Issuer()]) }
    }

    /// Fetches the issuer's metadata, and then its keys.
    private func published(
        by issuer: [UInt8], bypassingCaches: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        func get(_ url: HTTPURL) throws(MintError) -> [UInt8] {
            try document(at: url, of: issuer, bypassingCaches: bypassingCaches, in: context, limits: limits())
        }
        let url = try naming(issuer) { () throws(Malformed) in try IssuerMetadata.url(of: issuer) }
        let found = try get(url)
        let metadata = try naming(issuer) { () throws(Malformed) in try IssuerMetadata(found, of: issuer) }
        let keys = try get(metadata.keysURL)
        return try naming(issuer) { () throws(Malformed) in try JSONWebKeySet(keys) }
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

    private func document(
        at url: HTTPURL, of issuer: [UInt8], bypassingCaches: Bool, in context: Context, limits: HTTPLimits
    ) throws(MintError) -> [UInt8] {
        let host = url.origin.host
        func unusable(_ what: String) -> MintError {
            .notVerified(Malformed("\(host) \(what) where its keys should be"), issuer: issuer)
        }
        let cacheControl = bypassingCaches ? [HTTPHeader("Cache-Control", "no-cache")] : []
        let headers = [HTTPHeader("Accept", "application/json")] + cacheControl
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(HTTPRequest(.get, url, headers: headers), limits: limits)
        } catch {
            guard error.kind != .tooLarge else { throw unusable("sent too much") }
            throw .transport(error, to: host, doing: .identityUnavailable)
        }
        guard response.status == 200 else {
            guard response.isTransient else { throw unusable("answered \(response.status)") }
            throw MintError(
                .identityUnavailable, "\(host) answered \(response.status) when asked for the issuer's keys",
                hint: "this is safe to try again", isTransient: true,
                retryAfterSeconds: response.retryAfterSeconds(now: context.clock.now()))
        }
        return response.body.reveal { $0.bytes }
    }
}

extension IssuerKeys.Issuer {
    /// Returns the step to wait for the request under way, or to send one.
    fileprivate mutating func join(bypassingCaches: Bool) -> IssuerKeys.Step {
        if let underWay { return .wait(underWay.request, bypassesCaches: underWay.bypassesCaches) }
        let request = IssuerKeys.Request()
        underWay = (request, bypassingCaches)
        return .send(request)
    }

    fileprivate mutating func keep(
        _ answer: Result<JSONWebKeySet, MintError>, bypassedCaches: Bool, failuresFor failurePause: Duration?,
        at now: Uptime
    ) {
        underWay = nil
        switch answer {
        case .success(let set):
            keys = (set, now)
            refusal = nil
        case .failure(let failure):
            let pause = failure.isTransient ? failurePause : IssuerKeys.pause
            guard let pause else { return }
            refusal = (failure, now + pause)
        }
        if bypassedCaches { bypassedAt = now }
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
