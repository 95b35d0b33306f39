/// Requests that carry audit records to a collector: OTLP over HTTP, in JSON.
///
/// <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
package enum AuditExport {
    /// Returns the request to the path for logs below a collector's address, without its body.
    ///
    /// <https://opentelemetry.io/docs/specs/otlp/#otlphttp-request>
    package static func request(to address: HTTPURL) -> HTTPRequest {
        let path = "/v1/logs"
        let base = address.target.utf8.last == ASCII.slash ? String(address.target.dropLast()) : address.target
        let isComplete =
            base.utf8.count >= path.utf8.count && base.utf8.suffix(path.utf8.count).elementsEqual(path.utf8)
        return HTTPRequest(
            .post, HTTPURL(address.origin, isComplete ? base : base + path),
            headers: [HTTPHeader("Accept", "application/json")])
    }

    /// A line as it stands in a log, with its head and its texts.
    struct Record: Sendable {
        let line: [UInt8]
        let head: AuditHead
        fileprivate let entry: AuditEntry

        init?(_ line: [UInt8], _ digests: any Digests) {
            guard let entry = AuditEntry(line.span), let digest = try? digests.sha256(line.span) else { return nil }
            self.line = line
            self.entry = entry
            head = AuditHead(log: entry.log, seq: entry.seq, sha256: digest.hexadecimal)
        }
    }

    /// Returns one `ExportLogsServiceRequest` with each record's line, its fields as attributes, and its head.
    ///
    /// <https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto>
    static func body(_ records: [Record]) -> JSONValue {
        let scope: JSONValue = ["name": "hfmint.audit", "version": .string(hfmintVersion)]
        return [
            "resourceLogs": .array([
                [
                    "resource": [
                        "attributes": attributes([("service.name", "hfmint"), ("service.version", hfmintVersion)])
                    ],
                    "scopeLogs": .array([["scope": scope, "logRecords": .array(records.map(record))]]),
                ]
            ])
        ]
    }

    private static func record(_ record: Record) -> JSONValue {
        let entry = record.entry
        // 64-bit numbers are strings in the JSON of Protocol Buffers.
        let time: JSONValue = .string("\(Timestamp(internetDate: entry.time)?.secondsSince1970 ?? 0)000000000")
        let isGood = entry.decision == nil || entry.decision == AuditEvent.Verdict.allowed.rawValue
        return [
            "timeUnixNano": time, "observedTimeUnixNano": time,
            // INFO and WARN: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
            "severityNumber": .integer(isGood ? 9 : 13), "severityText": isGood ? "INFO" : "WARN",
            "eventName": .string("hfmint.\(entry.event)"),
            "body": ["stringValue": .string(String(decoding: record.line, as: UTF8.self))],
            "attributes": attributes([
                ("hfmint.audit.head", record.head.description),
                ("hfmint.event", entry.event),
                ("hfmint.actor.issuer", entry.issuer),
                ("hfmint.actor.subject", entry.subject),
                ("hfmint.actor.verified", entry.verified),
                ("hfmint.role", entry.role),
                ("hfmint.resource", entry.resource),
                ("hfmint.decision", entry.decision),
                ("hfmint.reason", entry.reason),
                ("hfmint.token.sha256", entry.tokenSHA256),
                ("hfmint.token.expires_at", entry.expiresAt),
                ("hfmint.request_id", entry.requestID),
            ]),
        ]
    }

    private static func attributes(_ pairs: [(key: String, value: String?)]) -> JSONValue {
        .array(
            pairs.compactMap { key, value in
                value.map { ["key": .string(key), "value": ["stringValue": .string($0.auditText)]] }
            })
    }

    /// Returns whether the collector may take the same request later.
    ///
    /// <https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes>
    package static func isTransient(_ status: Int) -> Bool { [429, 502, 503, 504].contains(status) }

    /// Returns how many records the answer rejects, 0 if it is empty, or nil if it is no answer of a collector.
    ///
    /// <https://opentelemetry.io/docs/specs/otlp/#partial-success-1>
    package static func rejectedCount(in body: borrowing Secret) -> Int? {
        body.reveal { text in
            guard text.count > 0 else { return 0 }
            guard let root = try? readJSON(text, limits: .answer), root.members != nil else { return nil }
            guard let count = root["partialSuccess"]?["rejectedLogRecords"] else { return 0 }
            // JSON of Protocol Buffers writes a 64-bit number as a string, and accepts a number.
            if let number = count.integer(in: text) { return number }
            return count.string(in: text).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
