internal import HFMintCore

/// Returns the state of all rotations in the text format of Prometheus.
func prometheusText(_ rows: [RotationStatus]) -> String {
    metrics.map { metric in
        let samples = rows.flatMap { row in
            metric.samples(row).map { sample in
                MetricFamily.Sample(sample.value, [("rotation", row.name)] + sample.labels)
            }
        }
        return MetricFamily(metric.name, metric.help, .gauge, samples).text
    }.joined()
}

/// Whether each line is about a metric of hfmint, so that nothing else is lost when the file is replaced.
private func isPrometheusText(_ text: Span<UInt8>) -> Bool {
    let starts = ["hfmint_", "# HELP hfmint_", "# TYPE hfmint_"]
    return text.bytes.split(separator: ASCII.lineFeed).allSatisfy { line in
        starts.contains { line.starts(with: $0.utf8) }
    }
}

extension Option {
    static let prometheus = Option(
        "prometheus", "PATH", help: "write the metrics to this file too; `-`: to stdout, in place of the report")
}

/// Where `--prometheus` writes the metrics.
struct PrometheusTarget {
    private let path: String

    /// Returns nil if `--prometheus` was not given.
    init?(_ arguments: Arguments) throws(MintError) {
        guard let path = arguments.value(.prometheus) else { return nil }
        self.path = path
        guard !isStdout || !arguments.has(.json) else {
            throw .usage("'--prometheus -' and '--json' both want stdout", hint: "give one of them")
        }
    }

    var isStdout: Bool { path == "-" }

    /// Writes the metrics, unless they go to stdout, into a file that is not there or holds nothing else.
    func write(_ rows: [RotationStatus], in context: Context) throws(MintError) {
        guard !isStdout else { return }
        do throws(FileFailure) {
            try context.files.replacePublicFile(path, with: prometheusText(rows), where: isPrometheusText)
        } catch {
            throw MintError(
                .stateUnusable, "cannot write '\(error.path)': \(error.reason)",
                hint: "name a file that is not there yet, or `--prometheus -` for stdout")
        }
    }
}

private struct Metric: Sendable {
    struct Sample {
        var labels: [(String, String)] = []
        let value: Int
    }

    let name: String
    let help: String
    let samples: @Sendable (RotationStatus) -> [Sample]

    init(_ name: String, _ help: String, _ samples: @escaping @Sendable (RotationStatus) -> [Sample]) {
        self.name = "hfmint_rotation_\(name)"
        self.help = help
        self.samples = samples
    }

    /// Makes a metric of one sample, which is left out where `value` returns nil.
    init(_ name: String, _ help: String, value: @escaping @Sendable (RotationStatus) -> Int?) {
        self.init(name, help) { row in value(row).map { [Sample(value: $0)] } ?? [] }
    }
}

private let metrics: [Metric] = [
    Metric("last_success_timestamp_seconds", "When the secret was last rotated; its age is time() minus this.") {
        $0.lastSuccess?.secondsSince1970
    },
    Metric("next_due_timestamp_seconds", "When the next run begins.") { $0.nextDue?.secondsSince1970 },
    Metric("expiry_timestamp_seconds", "When the secret in use expires.") {
        $0.state.timetable.last?.expiresAt?.secondsSince1970
    },
    Metric("attempts", "Failed tries of the present step.") { $0.state.retry.failedTries },
    Metric("attention", "Whether a person is needed.") { $0.attention == nil ? 0 : 1 },
    Metric("clock_lead_seconds", "How far the journal is ahead of this machine's clock, where that stops it.") {
        $0.clockLead
    },
    Metric("running", "Whether a rotation is under way.") { $0.state.isRunning ? 1 : 0 },
    Metric("callbacks_not_delivered", "Notices that have not reached everyone.") { $0.undelivered.count },
    Metric("phase", "1 for the phase that the rotation is in.") { row in
        RotationState.Phase.allCases.map { phase in
            .init(labels: [("phase", phase.rawValue)], value: phase == row.state.phase ? 1 : 0)
        }
    },
    Metric("sink_confirmed", "Whether a sink has confirmed the new secret, and with which evidence.") { row in
        row.state.delivery.sinks.map { sink in
            .init(
                labels: [("sink", sink.target), ("evidence", sink.evidence?.kind.rawValue ?? "")],
                value: sink.evidence == nil ? 0 : 1)
        }
    },
    Metric("drift", "Whether `rotate status --check` found something that is not as it was left.") { (row) -> Int? in
        row.inspection.map { $0.hasDrift ? 1 : 0 }
    },
    Metric("sink_drift", "Whether a sink holds something else than it was given, where that shows.") { row in
        (row.inspection?.sinks ?? []).compactMap { sink in
            guard let standing = sink.standing, standing != .notShown else { return nil }
            return .init(labels: [("sink", sink.sink.target)], value: sink.hasDrift ? 1 : 0)
        }
    },
    Metric("old_secret_dead", "Whether the old secret was seen dead, and with which evidence.") { row in
        row.state.predecessor.deathProof.map { [.init(labels: [("evidence", $0)], value: $0 == "accepted" ? 0 : 1)] }
            ?? []
    },
]
