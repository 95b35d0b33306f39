import HFMintCore
import HFMintTesting
import Testing

@Suite("metrics of serve")
struct ServeMetricsTests {
    private let metrics = ServeMetrics(
        startedAt: FrozenClock.usualNow, codes: ["denied"], tokenErrors: ["invalid_request"])

    private func point(roles: String = "reader: { access: 'read', resources: ['acme/*'] }") throws -> DecisionPoint {
        let manifest = try TestPolicy.manifest(
            """
            { version: 1, roles: { \(roles) }, grants: [],
              serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
                hosts: { 'hub.acme.example': { kind: 'hub' } } } }
            """)
        return DecisionPoint(policy: try manifest.policy(), definition: try #require(manifest.serve))
    }

    /// The samples by name and labels.
    private func samples(_ gauges: ServeMetrics.Gauges = .init()) -> [String: String] {
        let lines = metrics.text(gauges).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.map { line in
                let end = line.lastIndex(of: " ") ?? line.endIndex
                return (String(line[..<end]), String(line[end...].dropFirst()))
            }, uniquingKeysWith: { _, _ in "twice" })
    }

    @Test("has every series from the start, at zero")
    func zero() throws {
        metrics.begin(try point(), digest: "sha256:00")
        let samples = samples()
        let changing = ["hfmint_serve_start_time_seconds", "hfmint_serve_policy_info{digest=\"sha256:00\"}"]
        #expect(samples["hfmint_serve_start_time_seconds"] == "1795230245")
        #expect(samples["hfmint_serve_policy_info{digest=\"sha256:00\"}"] == "1")
        #expect(samples.filter { !changing.contains($0.key) }.values.allSatisfy { $0 == "0" })
        let decisions = "hfmint_serve_decisions_total"
        #expect(samples["\(decisions){outcome=\"allowed\",code=\"\",role=\"\"}"] != nil)
        #expect(samples["\(decisions){outcome=\"allowed\",code=\"\",role=\"reader\"}"] != nil)
        for code in RequestDecision.Code.allCases.map(\.rawValue) + ["denied"] {
            for outcome in ["refused", "not-enforced"] {
                #expect(samples["\(decisions){outcome=\"\(outcome)\",code=\"\(code)\",role=\"\"}"] != nil)
            }
        }
        for series in [
            #"token_requests_total{outcome="issued",error=""}"#,
            #"token_requests_total{outcome="refused",error="invalid_request"}"#, #"exchanges_total{result="granted"}"#,
            #"exchanges_total{result="refused"}"#, #"exchanges_total{result="failed"}"#, "exchange_seconds_sum",
            "exchange_seconds_count", #"exchange_seconds_bucket{le="0.05"}"#, #"exchange_seconds_bucket{le="+Inf"}"#,
            #"upstream_tokens_total{result="hit"}"#, #"upstream_tokens_total{result="miss"}"#,
            #"callers_total{result="hit"}"#, #"callers_total{result="miss"}"#,
            #"audit_records_total{result="written"}"#, #"audit_records_total{result="lost"}"#,
            "audit_waiting_records", "deny_list_entries", #"connections_cut_off_total{reason="other"}"#,
            #"reloads_total{result="ok"}"#, #"reloads_total{result="failed"}"#,
        ] {
            #expect(samples["hfmint_serve_\(series)"] != nil, "\(series)")
        }
    }

    @Test("counts what was done")
    func counts() throws {
        metrics.begin(try point(), digest: "1")
        metrics.decided(.allowed(role: "reader"), microseconds: 60)
        metrics.decided(.allowed(role: "reader"), microseconds: 50)
        metrics.decided(.allowed(role: nil), microseconds: 2_000_000)
        metrics.decided(.refused(code: "not-granted"), microseconds: 20_000_000)
        metrics.decided(.notEnforced(code: "new-code"), microseconds: 0)
        metrics.answeredTokenRequest(error: nil)
        metrics.answeredTokenRequest(error: "invalid_grant")
        metrics.exchanged(.granted, microseconds: 1_250_000)
        metrics.exchanged(.failed, microseconds: 10_000_001)
        metrics.lookedForUpstreamToken(.hit)
        metrics.lookedForCaller(.miss)
        metrics.recorded(3, .written)
        metrics.recorded(1, .lost)
        metrics.reloaded(.failed)
        let samples = samples()
        let decisions = "hfmint_serve_decisions_total"
        #expect(samples["\(decisions){outcome=\"allowed\",code=\"\",role=\"reader\"}"] == "2")
        #expect(samples["\(decisions){outcome=\"allowed\",code=\"\",role=\"\"}"] == "1")
        #expect(samples["\(decisions){outcome=\"refused\",code=\"not-granted\",role=\"\"}"] == "1")
        #expect(samples["\(decisions){outcome=\"not-enforced\",code=\"new-code\",role=\"\"}"] == "1")
        let buckets = ["0.00005", "0.0001", "0.00025", "1", "10", "+Inf"].map {
            samples["hfmint_serve_decision_seconds_bucket{le=\"\($0)\"}"]
        }
        #expect(buckets == ["2", "3", "3", "3", "4", "5"])
        #expect(samples["hfmint_serve_decision_seconds_sum"] == "22.00011")
        #expect(samples["hfmint_serve_decision_seconds_count"] == "5")
        #expect(samples["hfmint_serve_exchange_seconds_sum"] == "11.250001")
        #expect(samples[#"hfmint_serve_exchange_seconds_bucket{le="2.5"}"#] == "1")
        #expect(samples[#"hfmint_serve_exchanges_total{result="failed"}"#] == "1")
        #expect(samples[#"hfmint_serve_token_requests_total{outcome="refused",error="invalid_grant"}"#] == "1")
        #expect(samples[#"hfmint_serve_audit_records_total{result="written"}"#] == "3")
        #expect(samples[#"hfmint_serve_reloads_total{result="failed"}"#] == "1")
        #expect(!samples.values.contains("twice"))
    }

    @Test("shows what is looked at when somebody asks")
    func gauges() {
        var gauges = ServeMetrics.Gauges()
        gauges.waitingRecords = 7
        gauges.deniedCount = 2
        gauges.issuerKeyAges = [(Array("https://idp.example/\"\\\n".utf8), .seconds(61))]
        let samples = samples(gauges)
        #expect(samples["hfmint_serve_audit_waiting_records"] == "7")
        #expect(samples["hfmint_serve_deny_list_entries"] == "2")
        #expect(samples[#"hfmint_serve_issuer_keys_age_seconds{issuer="https://idp.example/\"\\\n"}"#] == "61")
    }

    @Test("keeps the series of a role that another policy does not have, and adds its own")
    func reload() throws {
        metrics.begin(try point(), digest: "1")
        metrics.decided(.allowed(role: "reader"), microseconds: 1)
        metrics.begin(try point(roles: "writer: { access: 'write', resources: ['acme/*'] }"), digest: "2")
        let samples = samples()
        #expect(samples[#"hfmint_serve_decisions_total{outcome="allowed",code="",role="reader"}"#] == "1")
        #expect(samples[#"hfmint_serve_decisions_total{outcome="allowed",code="",role="writer"}"#] == "0")
        #expect(samples[#"hfmint_serve_policy_info{digest="2"}"#] == "1")
        #expect(samples[#"hfmint_serve_policy_info{digest="1"}"#] == nil)
    }

    @Test("tells a bounded number of reasons apart")
    func reasons() {
        for number in 0..<1_000 { metrics.cutOff("reason \(number)") }
        metrics.cutOff("reason 0")
        let samples = samples().filter { $0.key.hasPrefix("hfmint_serve_connections_cut_off_total") }
        #expect(samples.count == 65)
        #expect(samples[#"hfmint_serve_connections_cut_off_total{reason="reason 0"}"#] == "2")
        #expect(samples[#"hfmint_serve_connections_cut_off_total{reason="other"}"#] == "936")
    }

    @Test("has a help and a type before the samples of each metric, once")
    func form() {
        let lines = metrics.text(.init()).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.last == "")
        var family = ""
        var seen: Set<String> = []
        for line in lines.dropLast() {
            if line.hasPrefix("# HELP ") {
                family = String(line.split(separator: " ")[2])
                #expect(seen.insert(family).inserted)
            } else if line.hasPrefix("# TYPE ") {
                #expect(line.hasPrefix("# TYPE \(family) "))
                #expect(line.hasSuffix(" counter") == family.hasSuffix("_total"))
            } else {
                #expect(line.hasPrefix(family) && family.hasPrefix("hfmint_serve_"))
            }
        }
    }
}
