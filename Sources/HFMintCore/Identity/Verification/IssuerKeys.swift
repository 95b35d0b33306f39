internal import Synchronization

/// The keys of issuers, asked for when a token needs them, and kept for the tokens that follow in the same process.
///
/// Only an issuer that a grant names is ever asked: whoever calls this names it, never the token. Nor do tokens say how
/// often it is asked: callers who need its keys at the same time share one request, and what a token says makes hfmint
/// ask anew at most once within ``floor``. A failure that may pass is not remembered: each caller spaces its own tries.
package final class IssuerKeys: Sendable {
    fileprivate typealias Fetch = SharedWork<Result<JSONWebKeySet, MintError>>

    /// What is known of one issuer.
    fileprivate struct Issuer {
        var keys: (set: JSONWebKeySet, at: Uptime)?
        /// When no cache on the way could answer, the last time.
        var renewedAt: Uptime?
        /// Why it has no keys for us.
        var refusal: (failure: MintError, at: Uptime)?
        /// The request for its keys that is under way.
        var underWay: (fetch: Fetch, isAnew: Bool)?
    }

    fileprivate enum Step: Sendable {
        case take(JSONWebKeySet)
        case fail(MintError)
        case wait(Fetch, isAnew: Bool)
        case ask(Fetch)
    }

    /// Never held while an issuer is asked.
    private let issuers = Mutex<[[UInt8]: Issuer]>([:])

    package init() {}

    /// How long keys are believed without asking again.
    private static let lifetime = Duration.seconds(600)

    /// How long what an issuer has just said, past all caches, is its last word.
    private static let floor = Duration.seconds(30)

    /// Asks `check` about the issuer's keys, and once more about newer ones where the first may be stale: a key that was
    /// just rotated is not in an older answer.
    ///
    /// Who waits for another caller's request waits no longer than that caller's limits.
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
        case .wait(let fetch, _): return (try fetch.outcome(waitingWith: context.workers).get(), false)
        case .ask(let fetch): return (try ask(issuer, fetch, anew: false, in: context, limits: limits), false)
        }
    }

    /// The keys as the issuer itself says them, past all caches, or as it said them within ``floor``.
    ///
    /// - Parameter keys: those that do not suffice.
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
                let fetched = try fetch.outcome(waitingWith: context.workers).get()
                // A cache on the way may have answered the other one.
                if isAnew { return fetched }
            case .ask(let fetch):
                context.trace("asking the issuer for its keys once more")
                return try ask(issuer, fetch, anew: true, in: context, limits: limits)
            }
        }
    }

    /// Asks the issuer, for everybody who waits for `fetch`.
    ///
    /// - Parameter anew: whether no cache on the way may answer.
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

    private func published(
        by issuer: [UInt8], anew: Bool, in context: Context, limits: () -> HTTPLimits
    ) throws(MintError) -> JSONWebKeySet {
        let document = try get(
            try telling(issuer) { () throws(Malformed) in try IssuerMetadata.url(of: issuer) }, of: issuer,
            anew: anew, in: context, limits: limits())
        let metadata = try telling(issuer) { () throws(Malformed) in try IssuerMetadata(document, of: issuer) }
        let text = try get(metadata.keysURL, of: issuer, anew: anew, in: context, limits: limits())
        return try telling(issuer) { () throws(Malformed) in try JSONWebKeySet(text) }
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

extension IssuerKeys.Issuer {
    /// Waits for the request that is under way, or is the one who makes it.
    fileprivate mutating func join(anew: Bool) -> IssuerKeys.Step {
        if let underWay { return .wait(underWay.fetch, isAnew: underWay.isAnew) }
        let fetch = IssuerKeys.Fetch()
        underWay = (fetch, anew)
        return .ask(fetch)
    }

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
