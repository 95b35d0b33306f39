/// What tells the tokens of credentials apart: two credentials that come from one place with one right share a token.
struct UpstreamTokenKey: Hashable, Sendable {
    private let source: ServeDefinition.Credential.Source
    private let right: Access

    init(_ credential: ServeDefinition.Credential) {
        source = credential.source
        right = credential.right
    }

    /// Hashes what tells most sources apart, as every request asks for one.
    func hash(into hasher: inout Hasher) { hasher.combine(source.name) }
}

/// A credential, and the manifest's key that it is from.
struct UpstreamTokenSource: Sendable {
    let credential: ServeDefinition.Credential
    let definition: ServeDefinition
}

/// A moment by both clocks: one stands still while the machine sleeps, and the other one can be set.
struct UpstreamMoment: Sendable {
    let now: Timestamp
    let uptime: Uptime
}

struct UpstreamToken: Sendable {
    let secret: SharedSecret
    /// Nil if nothing is known of its end.
    let life: Life?

    struct Life: Sendable {
        private let end: UpstreamMoment
        /// How much of it must be left for the token to be handed out without a look for another one.
        let margin: Duration

        init(from begin: UpstreamMoment, seconds: Int) {
            end = UpstreamMoment(now: begin.now + seconds, uptime: begin.uptime + .seconds(seconds))
            margin = min(.seconds(300), .seconds(seconds) / 4)
        }

        /// Returns what is left by the clock that says less.
        func left(_ moment: UpstreamMoment) -> Duration {
            min(.seconds(end.now - moment.now), end.uptime - moment.uptime)
        }
    }

    /// Whether so many margins are left, or the token has no end.
    func lives(for margins: Double, _ moment: UpstreamMoment) -> Bool {
        life.map { $0.left(moment) >= $0.margin * margins } ?? true
    }
}

/// The tokens in memory, and what is known of those that are not there; used by one thread at a time.
struct UpstreamTokenStore {
    typealias Work = SharedWork<UpstreamTokens.Answer>

    private struct Entry {
        var token: UpstreamToken?
        /// Where the token came from, to renew it.
        var source: UpstreamTokenSource?
        /// Whether a request has used the token since it came.
        var isUsed = false
        /// Until when the token is good enough although its end is near, as no other could be had.
        var sufficesUntil: Uptime?
        var refusal: (error: MintError, until: Uptime)?
        /// The request under way.
        var work: Work?
        /// When it is renewed at the earliest, after a renewal that failed.
        var renewsAt: Uptime?

        /// Returns the token if it may be handed out without a look for another one.
        mutating func handOut(_ moment: UpstreamMoment) -> SharedSecret? {
            guard let token else { return nil }
            let isEnough = sufficesUntil.map { moment.uptime < $0 } ?? false
            guard token.lives(for: 1, moment) || isEnough && token.isLast(moment) else { return nil }
            isUsed = true
            return token.secret
        }
    }

    /// What a caller does next to get a token.
    enum Step: Sendable {
        case use(SharedSecret)
        case fail(MintError)
        case wait(Work)
        case ask(Work, generation: Int)
    }

    /// How long a refusal is remembered, and how long after a failure a token is used on.
    static let pause = Duration.seconds(5)
    /// A token that lives shorter than that is not handed out.
    static let leastLife = Duration.seconds(60)
    /// How many margins before its end a token is renewed.
    private static let renewalMargins = 1.5

    private var entries: [UpstreamTokenKey: Entry] = [:]
    private var hub: Origin?
    /// Grows when answers to earlier questions must not be kept any more.
    private var generation = 0

    /// Takes over the tokens that were read, and keeps of the others those that `keys` names, if the Hub is the same.
    mutating func begin(_ keys: Set<UpstreamTokenKey>, _ hub: Origin, _ read: [UpstreamTokenKey: SharedSecret]) {
        if hub != self.hub { entries = [:] }
        self.hub = hub
        // What is under way may be older than what was read.
        generation += 1
        entries = entries.filter { keys.contains($0.key) }.mapValues { entry in
            var entry = entry
            entry.work = nil
            return entry
        }
        for (key, secret) in read { entries[key] = Entry(token: UpstreamToken(secret: secret, life: nil)) }
    }

    /// Returns the token if it may be handed out without a look for another one.
    mutating func token(_ key: UpstreamTokenKey, _ moment: UpstreamMoment) -> SharedSecret? {
        guard let index = entries.index(forKey: key) else { return nil }
        return entries.values[index].handOut(moment)
    }

    /// Returns how long the token in memory lives, or nil if nothing is known of its end.
    func left(_ key: UpstreamTokenKey, _ moment: UpstreamMoment) -> Duration? {
        entries[key]?.token?.life?.left(moment)
    }

    mutating func step(_ key: UpstreamTokenKey, _ moment: UpstreamMoment) -> Step {
        if let token = token(key, moment) { return .use(token) }
        if let work = entries[key]?.work { return .wait(work) }
        if let refusal = entries[key]?.refusal, moment.uptime < refusal.until { return .fail(refusal.error) }
        let work = Work()
        entries[key, default: Entry()].work = work
        return .ask(work, generation: generation)
    }

    /// Begins the renewals that are due, of tokens that are used and that nobody asks for already.
    mutating func beginRenewals(
        _ moment: UpstreamMoment
    ) -> [(key: UpstreamTokenKey, work: Work, source: UpstreamTokenSource, generation: Int)] {
        var due: [(key: UpstreamTokenKey, work: Work, source: UpstreamTokenSource, generation: Int)] = []
        for (key, entry) in entries {
            guard let token = entry.token, let source = entry.source, entry.isUsed, entry.work == nil,
                !token.lives(for: Self.renewalMargins, moment), token.life?.left(moment) ?? .zero > .zero,
                entry.renewsAt.map({ moment.uptime >= $0 }) ?? true
            else { continue }
            let work = Work()
            entries[key]?.work = work
            due.append((key, work, source, generation))
        }
        return due
    }

    /// Keeps an answer, and returns what those get who wait for it.
    mutating func keep(
        _ answer: Result<UpstreamToken, MintError>, _ key: UpstreamTokenKey, _ source: UpstreamTokenSource,
        _ generation: Int, _ moment: UpstreamMoment
    ) -> UpstreamTokens.Answer {
        guard generation == self.generation else { return answer.map(\.secret) }
        var entry = entries[key] ?? Entry()
        entry.work = nil
        defer { entries[key] = entry }
        switch answer {
        case .success(let token):
            entry = Entry(token: token, source: source)
            return .success(token.secret)
        case .failure(let error):
            entry.renewsAt = moment.uptime + Self.pause
            if error.isRefusal {
                entry.refusal = (error, moment.uptime + Self.pause)
            } else if let token = entry.token, token.isLast(moment) {
                entry.sufficesUntil = moment.uptime + Self.pause
                return .success(token.secret)
            }
            return .failure(error)
        }
    }
}

extension UpstreamToken {
    /// Whether the token may be handed out if there is no other.
    fileprivate func isLast(_ moment: UpstreamMoment) -> Bool {
        life.map { $0.left(moment) >= UpstreamTokenStore.leastLife } ?? true
    }
}

extension MintError {
    /// Whether asking again soon would get the same answer.
    fileprivate var isRefusal: Bool { code.exitStatus != .retryLater && code != .auditUnavailable }
}
