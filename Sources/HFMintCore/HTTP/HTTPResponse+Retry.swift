extension HTTPResponse {
    /// Whether the same request may be answered otherwise in a moment.
    package var isTransient: Bool { [408, 425, 429].contains(status) || (500...599).contains(status) }

    /// In seconds from now: `Retry-After` as a number or a date, else the `t` of the Hub's `RateLimit`; at most a
    /// thousand years, so that arithmetic on it is safe.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>, <https://huggingface.co/docs/hub/rate-limits>
    package func retryAfterSeconds(now: Timestamp) -> Int? {
        let most = 31_536_000_000
        func bounded(_ digits: Substring) -> Int? {
            guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
            return min(Int(digits) ?? most, most)
        }
        if let value = header("retry-after") {
            // A date is by the server's clock, which need not be ours.
            return bounded(value[...]) ?? Timestamp(httpDate: value).map { min(max(0, $0 - (date ?? now)), most) }
        }
        guard status == 429, let limits = header("ratelimit") else { return nil }
        let fields = limits.utf8.split(separator: UInt8(ascii: ";")).map { $0.drop(while: \.isBlank) }
        func value(_ name: String) -> Substring? {
            fields.first { $0.starts(with: name.utf8) }.map { Substring($0.dropFirst(name.utf8.count)) }
        }
        // It is said with every answer, so it is the reason only where nothing is left of what it counts.
        guard value("r=").map({ bounded($0) == 0 }) ?? true else { return nil }
        return value("t=").flatMap(bounded)
    }
}
