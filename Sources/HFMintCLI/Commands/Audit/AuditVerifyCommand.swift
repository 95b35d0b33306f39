internal import HFMintCore

extension Command {
    package static let auditVerify = Command(
        name: "audit verify",
        summary: "find whether an audit log was changed",
        operands: "[LOG]",
        description: [
            "Follows the chain of the log from its first line to its last, and names what is wrong: edited, deleted,"
                + " inserted or reordered lines, two writers without a lock, a torn line.",
            "A log in which nothing is wrong is consistent, and no more: whoever may write the file may write it anew from"
                + " any line on. With a head that was kept elsewhere (--head) a cut or rewritten log is found too, and"
                + " what stands up to that head is untampered.",
        ],
        options: [.head] + Option.auditing,
        examples: [
            Example("the log of the manifest", "hfmint audit verify --manifest /etc/hfmint/hfmint.json5"),
            Example("against a head from a job's log", "hfmint audit verify audit.jsonl --head \"$KEPT_HEAD\""),
        ],
        run: verification)

    private static func verification(_ call: Call) throws(MintError) -> Report {
        let heads = try call.arguments.values(.head).map(head)
        let log = try AuditLog(call)
        var examination = AuditExamination(heads: heads, digests: call.context.digests)
        while let piece = try log.next() { try examination.read(piece.span) }
        try examination.finish()
        return report(examination, log.path)
    }

    private static func head(_ text: String) throws(MintError) -> AuditHead {
        if let head = AuditHead(text) { return head }
        throw .usage("'\(text)' is no head", hint: "a head is LOG:NUMBER:SHA256, as `hfmint audit head` prints it")
    }

    private static func report(_ examination: AuditExamination, _ path: String) -> Report {
        let findings = examination.findings
        var rows = findings.map { ($0.kind.rawValue, $0.sentence) }
        if findings.isEmpty {
            let span = examination.log.map { " of log \($0), \(examination.firstSeq) to \(examination.lastSeq)" } ?? ""
            rows.append(("consistent", counted(examination.recordCount, "record") + span))
            if examination.repairs > 0 {
                rows.append(("repaired", "\(examination.repairs) torn, and ended by the next writer"))
            }
        }
        if let proven = examination.provenSeq {
            rows.append(("untampered", "up to record \(proven), by a head kept elsewhere"))
        }
        if let head = examination.head { rows.append(("head", head.description)) }
        if examination.provenSeq == nil, findings.isEmpty {
            rows.append(
                ("note", "no head from elsewhere was given, so a log that was written anew would look the same"))
        }
        let failure = MintError(
            .auditBroken, "the audit log '\(path)' is not as it was written: \(findings.first?.sentence ?? "")",
            hint: "keep it as it is, and compare it with what the collector was sent")
        return Report(
            lines: rows.map { "\($0.padded(to: 12))\($1)".printable }, json: json(examination, path),
            failures: findings.isEmpty ? [] : [failure])
    }

    private static func json(_ examination: AuditExamination, _ path: String) -> JSONValue {
        [
            "path": .string(path),
            "log": .string(examination.log),
            "consistent": .bool(examination.findings.isEmpty),
            "untampered_up_to": examination.provenSeq.map { .integer($0) } ?? .null,
            "records": .integer(examination.recordCount),
            "first_seq": .integer(examination.firstSeq),
            "last_seq": .integer(examination.lastSeq),
            "repairs": .integer(examination.repairs),
            "head": .string(examination.head?.description),
            "findings": .array(
                examination.findings.map { finding in
                    [
                        "kind": .string(finding.kind.rawValue), "line": .integer(finding.line),
                        "message": .string(finding.sentence),
                    ]
                }),
        ]
    }
}

extension Option {
    static let head = Option(
        "head", "HEAD", repeats: true, help: "a head that was kept elsewhere, as `audit head` prints it")
}
