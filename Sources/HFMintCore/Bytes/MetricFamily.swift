/// A metric with its samples, in the text format of Prometheus, version 0.0.4.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details>
package struct MetricFamily: Sendable {
    /// The type of the content, for a server that answers with it.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package struct Sample: Sendable {
        /// What follows the name of the metric, such as `_bucket` of a histogram.
        fileprivate let suffix: String
        fileprivate let labels: [(name: String, value: String)]
        /// A number as the format writes it.
        fileprivate let value: String

        package init(_ value: Int, _ labels: [(name: String, value: String)] = []) {
            self.init("", labels, "\(value)")
        }

        fileprivate init(_ suffix: String, _ labels: [(name: String, value: String)], _ value: String) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    private let name: String
    private let help: String
    private let kind: Kind
    private let samples: [Sample]

    /// - Parameters:
    ///   - name: letters, digits and underscores.
    ///   - help: one line without a backslash.
    package init(_ name: String, _ help: String, _ kind: Kind, _ samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// The lines of the metric, with its help and its type even if it has no sample.
    package var text: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
        }
        return text
    }

    private static func escaped(_ value: String) -> String {
        let bytes = value.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case ASCII.backslash, ASCII.quote: [ASCII.backslash, byte]
            case ASCII.lineFeed: [ASCII.backslash, UInt8(ascii: "n")]
            default: [byte]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MetricFamily.Sample {
    /// Returns the samples of `histogram`: its buckets, each counting what is not above its bound, its sum, and its
    /// count.
    ///
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/#histograms-and-summaries>
    package static func all(of histogram: MetricHistogram) -> [Self] {
        var below = 0
        let buckets = zip(histogram.bounds, histogram.counts).map { bound, count in
            below += count
            return Self("_bucket", [("le", inDecimalSeconds(microseconds: bound))], "\(below)")
        }
        return buckets + [
            Self("_bucket", [("le", "+Inf")], "\(histogram.count)"),
            Self("_sum", [], inDecimalSeconds(microseconds: histogram.sum)), Self("_count", [], "\(histogram.count)"),
        ]
    }
}

/// How often something took how long, counted in buckets.
package struct MetricHistogram: Equatable, Sendable {
    /// The upper bound of each bucket, in microseconds, the lowest first.
    fileprivate let bounds: [Int]
    /// How many lie within each bound and above the one before it.
    fileprivate private(set) var counts: [Int]
    fileprivate private(set) var sum = 0
    fileprivate private(set) var count = 0

    package init(boundsInMicroseconds bounds: [Int]) {
        self.bounds = bounds
        counts = bounds.map { _ in 0 }
    }

    package mutating func add(microseconds: Int) {
        count += 1
        sum += microseconds
        if let index = bounds.firstIndex(where: { microseconds <= $0 }) { counts[index] += 1 }
    }
}

/// Returns a length of time in seconds, as a decimal number without needless zeros: `0.00025`, `1`, `2.5`.
private func inDecimalSeconds(microseconds: Int) -> String {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest > 0 else { return "\(seconds)" }
    let digits = Array("\(1_000_000 + rest)".utf8.dropFirst())
    let end = (digits.lastIndex { $0 != UInt8(ascii: "0") } ?? 0) + 1
    return "\(seconds).\(String(decoding: digits[..<end], as: UTF8.self))"
}
