extension HTTPResponse {
    /// Whether the server may answer the same request differently in a moment.
    package var isTransient: Bool { [408, 425, 429].contains(status) || (500...599).contains(status) }

    /// Returns how many seconds the server asks to wait: by `Retry-After` (a number or a date), else by the `t` of
    /// the Hub's `RateLimit`.
    ///
    /// The result is at most a thousand years, so that arithmetic on it is safe.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>, <https://huggingface.co/docs/hub/rate-limits>
    package func retryAfterSeconds(now: Timestamp) -> Int? {
        let most = 31_536_000_000
        func bounded(_ digits: Substring) -> Int? {
            guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
            return min(Int(digits) ?? most, most)
        }
        if let value = header("retry-after") {
            // The date counts by the server's clock, which may differ from this machine's.
            return bounded(value[...]) ?? Timestamp(httpDate: value).map { min(max(0, $0 - (date ?? now)), most) }
        }
        guard status == 429, let limits = header("ratelimit") else { return nil }
        let fields = limits.utf8.split(separator: UInt8(ascii: ";")).map { $0.drop(while: \.isBlank) }
        func value(_ name: String) -> Substring? {
            fields.first { $0.starts(with: name.utf8) }.map { Substring($0.dropFirst(name.utf8.count)) }
        }
        // The Hub sends this header with every answer. It is a reason to wait only where no request remains (`r=0`).
        guard value("r=").map({ bounded($0) == 0 }) ?? true else { return nil }
        return value("t=").flatMap(bounded)
    }
}
