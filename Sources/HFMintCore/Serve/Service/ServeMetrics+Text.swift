/// The metrics as Prometheus reads them; `docs/serve.md` lists them.
///
/// <https://prometheus.io/docs/practices/naming/>
extension ServeMetrics {
    /// What is not counted, and is looked at when somebody asks.
    package struct Gauges: Sendable {
        /// The records that are not written yet.
        package var waitingRecords = 0
        /// The requests that wait for a thread which may ask the Hub or an issuer.
        package var waitingRequests = 0
        /// How many lines of the deny list refuse somebody.
        package var deniedCount = 0
        /// How old the keys of each issuer are, of which there are keys.
        package var issuerKeyAges: [(issuer: [UInt8], age: Duration)] = []

        package init() {}
    }

    /// Returns all metrics in the text format of Prometheus: see ``MetricFamily/contentType``.
    package func text(_ gauges: Gauges) -> String {
        families(of: present, gauges).map(\.text).joined()
    }

    private func families(of state: State, _ gauges: Gauges) -> [MetricFamily] {
        decisions(state) + tokens(state) + [
            Self.family(
                "audit_records_total", "Records of decisions, and whether they were written to the audit log.",
                by: "result", state.records),
            Self.gauge(
                "audit_waiting_records", "Records of decisions that are not written yet.", gauges.waitingRecords),
            Self.gauge(
                "waiting_requests", "Requests that wait for the Hub or an issuer to be asked.", gauges.waitingRequests),
            Self.gauge("deny_list_entries", "Entries of the deny list.", gauges.deniedCount),
            Self.family(
                "issuer_keys_age_seconds", "The age of the keys with which an issuer's ID tokens are verified.", .gauge,
                gauges.issuerKeyAges.map { issuer, age in
                    (String(decoding: issuer, as: UTF8.self), Int(age.components.seconds))
                }
                .sorted { $0.0 < $1.0 }
                .map { MetricFamily.Sample($0.1, [("issuer", $0.0)]) }),
            Self.family(
                "connections_cut_off_total", "Connections of the web server that were cut off, by reason.", .counter,
                state.cutOffs.merging(["other": 0]) { count, _ in count }.sorted { $0.key < $1.key }
                    .map { MetricFamily.Sample($0.value, [("reason", $0.key)]) }),
            Self.family("reloads_total", "Reloads of the manifest.", by: "result", state.reloads),
            Self.family(
                "policy_info", "The digest of the policy that decides.", .gauge,
                [MetricFamily.Sample(1, [("digest", state.policyDigest ?? "")])]),
            Self.gauge("start_time_seconds", "When hfmint began to serve.", startedAt.secondsSince1970),
        ]
    }

    private func decisions(_ state: State) -> [MetricFamily] {
        let allowed = state.allowed.map { (["allowed", "", $0], $1) }
        let notEnforced = state.notEnforced.map { (["not-enforced", $0, ""], $1) }
        let refused = state.refused.map { (["refused", $0, ""], $1) }
        let decisions = (allowed + notEnforced + refused).sorted { $0.0.lexicographicallyPrecedes($1.0) }
        return [
            Self.family(
                "decisions_total", "Answers to whether a request may pass.", .counter,
                decisions.map { labels, count in
                    MetricFamily.Sample(count, Array(zip(["outcome", "code", "role"], labels)))
                }),
            Self.family(
                "decision_seconds", "How long a decision took, with its record.", .histogram,
                MetricFamily.Sample.all(of: state.decisionTime)),
            Self.family(
                "callers_total", "Whether the caller's credential had been verified before.", by: "result",
                state.callers.byResult),
        ]
    }

    private func tokens(_ state: State) -> [MetricFamily] {
        [
            Self.family(
                "token_requests_total", "Answers of the token endpoint.", .counter,
                state.tokenRequests.sorted { $0.key < $1.key }.map { error, count in
                    MetricFamily.Sample(count, [("outcome", error.isEmpty ? "issued" : "refused"), ("error", error)])
                }),
            Self.family(
                "upstream_tokens_total", "Whether the Hub's token for a request was in memory.", by: "result",
                state.upstreamTokens.byResult),
            Self.family(
                "exchanges_total", "Requests to the Hub for a member's token.", by: "result", state.exchanges),
            Self.family(
                "exchange_seconds", "How long such a request took.", .histogram,
                MetricFamily.Sample.all(of: state.exchangeTime)),
        ]
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ samples: [MetricFamily.Sample]
    ) -> MetricFamily {
        MetricFamily("hfmint_serve_\(name)", help, kind, samples)
    }

    private static func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        family(name, help, .gauge, [MetricFamily.Sample(value)])
    }

    /// Returns a counter with a sample for each case, also for those that were not counted yet.
    private static func family<Case: CaseIterable & Hashable & RawRepresentable<String>>(
        _ name: String, _ help: String, by label: String, _ counts: [Case: Int]
    ) -> MetricFamily {
        family(
            name, help, .counter,
            Case.allCases.map { MetricFamily.Sample(counts[$0] ?? 0, [(label, $0.rawValue)]) })
    }
}

extension ServeMetrics.Lookups {
    fileprivate var byResult: [ServeMetrics.Lookup: Int] { [.hit: counts.hits, .miss: counts.misses] }
}
