internal import Synchronization

/// How fast the Hub may be asked, by what its answers say of the window that it counts requests in.
///
/// A tenth of each window is left to others who use the same account, and nobody asks when a 429 can be foreseen.
/// The Hub counts in windows of five minutes, and says with each answer what remains of the present one:
/// `RateLimit: "api";r=489;t=224` and `RateLimit-Policy: "fixed window";"api";q=500;w=300`.
/// <https://huggingface.co/docs/hub/rate-limits>,
/// <https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-09.html>
struct Pace: Equatable, Sendable {
    /// The requests of a whole window; nil until an answer says it.
    private(set) var quota: Int?
    /// What remains of the window after all that was sent; nil while it is not known.
    private(set) var remaining: Int?
    /// When the window ends, by this machine's clock.
    private var end: Uptime?
    /// How many requests have no answer yet, which an answer to another one may not count.
    private var unanswered = 0

    /// No window is longer, whatever a server says.
    static let longestWindow = 3_600

    init() {}

    /// What is left to others.
    var reserve: Int { quota.map { ($0 + 9) / 10 } ?? 0 }

    /// Takes the right to send a request.
    ///
    /// - Returns: nil if it may be sent now; else how long to wait before asking again.
    mutating func take(at now: Uptime) -> Duration? {
        if let end, end <= now { (remaining, self.end) = (quota, nil) }
        if let remaining, let end, remaining <= reserve { return end - now }
        remaining = remaining.map { $0 - 1 }
        unanswered += 1
        return nil
    }

    /// Notes the answer to a request.
    ///
    /// - Parameter wait: how many seconds a 429 asks to wait; nil for any other answer.
    mutating func note(_ said: RateLimit?, wait: Int? = nil, at now: Uptime) {
        unanswered = max(0, unanswered - 1)
        if let wait { return close(for: wait, at: now) }
        guard let said else { return }
        // The seconds are whole, and the last one may be nearly over.
        let end = now + .seconds(min(said.seconds, Self.longestWindow) + 1)
        let left = max(0, said.remaining - unanswered)
        let later = self.end.map { end - $0 } ?? .seconds(Self.longestWindow)
        // Answers overtake each other: this one may tell of the window before.
        guard later > .seconds(-3) else { return }
        quota = said.quota ?? max(quota ?? 0, said.remaining)
        if later < .seconds(3) {
            remaining = min(remaining ?? left, left)
        } else {
            (remaining, self.end) = (left, end)
        }
    }

    /// Notes that a request got no answer.
    mutating func noteLost() { unanswered = max(0, unanswered - 1) }

    private mutating func close(for seconds: Int, at now: Uptime) {
        let end = now + .seconds(min(seconds, Self.longestWindow) + 1)
        remaining = 0
        self.end = max(end, self.end ?? end)
    }
}

/// What an answer of the Hub says of the present window.
struct RateLimit: Equatable, Sendable {
    let remaining: Int
    /// Until the window ends.
    let seconds: Int
    /// The requests of a whole window.
    var quota: Int?

    /// Reads the item `"api"` of the headers, else their first one; nil if it does not say what remains.
    init?(_ limit: String?, policy: String?) {
        guard let item = limit.flatMap(Self.item), let remaining = Self.value("r", in: item),
            let seconds = Self.value("t", in: item)
        else { return nil }
        self.remaining = remaining
        self.seconds = seconds
        quota = policy.flatMap(Self.item).flatMap { Self.value("q", in: $0) }
    }

    init?(_ response: borrowing HTTPResponse) {
        self.init(response.header("ratelimit"), policy: response.header("ratelimit-policy"))
    }

    private static func item(_ text: String) -> [Substring.UTF8View]? {
        let items = text[...].utf8.split(separator: ASCII.comma).map { item in
            item.split(separator: UInt8(ascii: ";")).map { field in
                var field = field.drop(while: \.isBlank)
                while field.last?.isBlank == true { field = field.dropLast() }
                return field
            }
        }
        return items.first { $0.contains { $0.elementsEqual("\"api\"".utf8) } } ?? items.first
    }

    private static func value(_ name: String, in item: [Substring.UTF8View]) -> Int? {
        item.first { $0.starts(with: "\(name)=".utf8) }.flatMap { field in
            let digits = field.dropFirst(name.utf8.count + 1)
            guard (1...9).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
            return Int(String(decoding: digits, as: UTF8.self))
        }
    }
}

/// The ``Pace`` of all threads that ask one server with one credential.
package final class SharedPace: Sendable {
    private let pace = Mutex(Pace())
    private let context: Context

    package init(_ context: Context) {
        self.context = context
    }

    /// Waits until a request may be sent.
    ///
    /// - Throws: a transient failure if the user wants an end.
    func wait(for name: String) throws(StepFailure) {
        while let wait = pace.withLock({ $0.take(at: context.clock.uptime()) }) {
            context.progress("the Hub takes no more requests for now: waiting \(wait.components.seconds) s")
            try context.sleep(for: wait, name)
        }
    }

    func note(_ response: borrowing HTTPResponse) {
        let wait = response.status == 429 ? response.retryAfterSeconds(now: context.clock.now()) : nil
        let said = RateLimit(response)
        let now = context.clock.uptime()
        pace.withLock { $0.note(said, wait: wait, at: now) }
    }

    func noteLost() { pace.withLock { $0.noteLost() } }
}

extension Context {
    /// Sleeps, and looks every second whether the user wants an end.
    ///
    /// - Throws: a transient failure then.
    func sleep(for length: Duration, _ name: String) throws(StepFailure) {
        let end = clock.uptime() + length
        while true {
            guard !interrupts.haveArrived else { throw .transient("\(name): it was interrupted") }
            let left = end - clock.uptime()
            guard left > .zero else { return }
            clock.sleep(for: min(left, .seconds(1)))
        }
    }
}

extension API {
    /// The most tries of a call that changes nothing.
    private static let mostTries = 5
    /// The longest wait between two of them that a server may ask for, in seconds: two windows of the Hub.
    static let longestWait = 600

    /// Calls `body` until it succeeds, again after each failure that passes, at most five times.
    ///
    /// - Parameter body: makes calls that may be repeated.
    func patiently<Result>(_ body: () throws(StepFailure) -> Result) throws(StepFailure) -> Result {
        var tries = 1
        while true {
            do throws(StepFailure) {
                return try body()
            } catch {
                let asked = error.retryAfterSeconds ?? 0
                guard case .transient = error.kind, tries < Self.mostTries, asked <= Self.longestWait else {
                    throw error
                }
                let ceiling = min(500 << tries, 8_000)
                let jitter = Int(context.random() % UInt64(ceiling + 1))
                context.trace("try \(tries) of \(Self.mostTries): \(error.message)")
                try context.sleep(for: .milliseconds(max(jitter, asked * 1_000)), name)
                tries += 1
            }
        }
    }
}
