/// Audit records for a collector: OTLP over HTTP, in JSON.
///
/// <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
package enum AuditExport {
    /// Where logs go below a collector's address.
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

    /// One `ExportLogsServiceRequest`: each record's line as it stands in the log, its fields as attributes, and the
    /// head that the log had with it.
    ///
    /// <https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto>
    package static func body(_ links: [AuditChain.Link]) -> JSONValue {
        let scope: JSONValue = ["name": "hfmint.audit", "version": .string(hfmintVersion)]
        return [
            "resourceLogs": .array([
                [
                    "resource": [
                        "attributes": attributes([("service.name", "hfmint"), ("service.version", hfmintVersion)])
                    ],
                    "scopeLogs": .array([["scope": scope, "logRecords": .array(links.map(record))]]),
                ]
            ])
        ]
    }

    private static func record(_ link: AuditChain.Link) -> JSONValue {
        let event = link.event
        // 64-bit numbers are strings in the JSON of Protocol Buffers.
        let time: JSONValue = .string("\(link.time.secondsSince1970)000000000")
        let isGood = event.decision == nil || event.decision == .allowed
        return [
            "timeUnixNano": time, "observedTimeUnixNano": time,
            // INFO and WARN: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
            "severityNumber": .integer(isGood ? 9 : 13), "severityText": isGood ? "INFO" : "WARN",
            "eventName": .string("hfmint.\(event.kind.rawValue)"),
            "body": ["stringValue": .string(String(decoding: link.line, as: UTF8.self))],
            "attributes": attributes([
                ("hfmint.audit.head", link.head.description),
                ("hfmint.event", event.kind.rawValue),
                ("hfmint.actor.issuer", event.actor?.issuer),
                ("hfmint.actor.subject", event.actor?.subject),
                ("hfmint.actor.verified", (event.actor?.verified ?? .no).rawValue),
                ("hfmint.role", event.role),
                ("hfmint.resource", event.resource),
                ("hfmint.decision", event.decision?.rawValue),
                ("hfmint.reason", event.reason),
                ("hfmint.token.sha256", event.tokenSHA256),
                ("hfmint.token.expires_at", event.expiresAt?.rfc3339),
                ("hfmint.request_id", event.requestID),
            ]),
        ]
    }

    private static func attributes(_ pairs: [(key: String, value: String?)]) -> JSONValue {
        .array(
            pairs.compactMap { key, value in
                value.map { ["key": .string(key), "value": ["stringValue": .auditText($0)]] }
            })
    }

    /// Whether the collector may take the same request in a moment.
    ///
    /// <https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes>
    package static func isTransient(_ status: Int) -> Bool { [429, 502, 503, 504].contains(status) }

    /// How many records an answer says were not taken, 0 also where it is empty; `nil` where no collector said it.
    ///
    /// <https://opentelemetry.io/docs/specs/otlp/#partial-success-1>
    package static func rejectedCount(in body: borrowing Secret) -> Int? {
        body.reveal { text in
            guard text.count > 0 else { return 0 }
            guard let root = try? readJSON(text, limits: .answer), root.members != nil else { return nil }
            guard let count = root["partialSuccess"]?["rejectedLogRecords"] else { return 0 }
            // A 64-bit number is written as a string, and may be read from a number.
            if let number = count.integer(in: text) { return number }
            return count.string(in: text).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
    }
}
