import HFMintCore
import HFMintTesting
import Testing

@Suite("http answer")
struct HTTPAnswerTests {
    private func response(_ status: Int, _ headers: (String, String)...) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers.map { HTTPHeader($0.0, $0.1) }, body: Secret(""))
    }

    @Test("is worth another try for some statuses alone")
    func transient() {
        let transient = (100...599).filter { response($0).isTransient }
        #expect(transient == [408, 425, 429] + Array(500...599))
    }

    @Test(
        "says when to come back, as a number or a date",
        arguments: [
            ("0", 0), ("1", 1), ("120", 120), ("315360000", 315_360_000),
            ("99999999999999999999", 31_536_000_000), ("Sat, 21 Nov 2026 03:05:05 GMT", 60),
            ("Sat, 21 Nov 2026 03:04:04 GMT", 0), ("Wed, 18 Nov 2036 03:04:05 GMT", 315_360_000),
            ("-1", nil), ("1.5", nil), ("", nil), (" 1", nil), ("soon", nil), ("1, 2", nil), ("١", nil),
        ] as [(String, Int?)])
    func retryAfter(value: String, seconds: Int?) {
        let now = FrozenClock.usualNow
        let given = response(503, ("retry-after", value)).retryAfterSeconds(now: now)
        #expect(given == seconds)
    }

    // https://huggingface.co/docs/hub/rate-limits
    @Test(
        "says when the Hub's rate limit is lifted",
        arguments: [
            (429, #""api";r=0;t=12"#, 12), (429, #""api";r=0;t=x"#, nil), (429, #""api";r=0"#, nil), (429, "t=5", 5),
            (429, #""api"; r=0; t=55"#, 55), (429, #""api";r=3;t=12"#, nil),
            (503, #""api";r=0;t=12"#, nil), (429, #""api";r=0;t=99999999999999999999"#, 31_536_000_000),
        ] as [(Int, String, Int?)])
    func rateLimit(status: Int, value: String, seconds: Int?) {
        let given = response(status, ("ratelimit", value)).retryAfterSeconds(now: FrozenClock.usualNow)
        #expect(given == seconds)
    }

    @Test("lets `Retry-After` count before a rate limit")
    func order() {
        let both = response(429, ("ratelimit", "t=12"), ("retry-after", "3")).retryAfterSeconds(
            now: FrozenClock.usualNow)
        #expect(both == 3)
    }

    @Test("says nothing about time without those headers")
    func none() {
        let given = response(429).retryAfterSeconds(now: FrozenClock.usualNow)
        #expect(given == nil)
    }
}
