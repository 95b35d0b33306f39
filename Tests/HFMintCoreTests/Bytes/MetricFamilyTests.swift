import HFMintCore
import Testing

@Suite("metric family")
struct MetricFamilyTests {
    @Test("has its help and its type even without a sample")
    func empty() {
        #expect(MetricFamily("a", "What.", .gauge, []).text == "# HELP a What.\n# TYPE a gauge\n")
    }

    @Test("escapes what a label's value cannot hold")
    func labels() {
        let samples = [
            MetricFamily.Sample(-1), MetricFamily.Sample(2, [("x", "a\\b\"c\nd"), ("y", "é\u{301}")]),
        ]
        #expect(
            MetricFamily("a", "What.", .counter, samples).text
                == "# HELP a What.\n# TYPE a counter\na -1\na{x=\"a\\\\b\\\"c\\nd\",y=\"é\u{301}\"} 2\n")
    }

    @Test("has the buckets of a histogram add up")
    func histogram() {
        var histogram = MetricHistogram(boundsInMicroseconds: [1, 10, 1_000_000, 1_500_000])
        for length in [0, 1, 2, 10, 1_000_001, 9_000_000] { histogram.add(microseconds: length) }
        #expect(
            MetricFamily("a", "What.", .histogram, MetricFamily.Sample.all(of: histogram)).text == """
                # HELP a What.
                # TYPE a histogram
                a_bucket{le="0.000001"} 2
                a_bucket{le="0.00001"} 4
                a_bucket{le="1"} 4
                a_bucket{le="1.5"} 5
                a_bucket{le="+Inf"} 6
                a_sum 10.000014
                a_count 6

                """)
    }
}
