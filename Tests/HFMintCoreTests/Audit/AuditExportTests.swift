import HFMintCore
import HFMintTesting
import Testing

@Suite("answers of a collector")
struct AuditExportTests {
    // https://opentelemetry.io/docs/specs/otlp/#partial-success-1, https://protobuf.dev/programming-guides/json/
    @Test(
        "say how many records were not taken, and nothing that cannot be read is a yes",
        arguments: [
            ("", 0), ("{}", 0), (#"{"partialSuccess":{}}"#, 0), (#"{"partialSuccess":{"errorMessage":"slow"}}"#, 0),
            (#"{"partialSuccess":{"rejectedLogRecords":"0"}}"#, 0),
            (#"{"partialSuccess":{"rejectedLogRecords":3}}"#, 3),
            (#"{"partialSuccess":{"rejectedLogRecords":"12"}}"#, 12),
            (#"{"partialSuccess":{"rejectedLogRecords":null}}"#, 0),
            (#"{"partialSuccess":{"rejectedLogRecords":"9223372036854775807"}}"#, Int.max),
            (#"{"partialSuccess":{"rejectedLogRecords":"99999999999999999999"}}"#, nil),
            (#"{"partialSuccess":{"rejectedLogRecords":1.5}}"#, nil),
            (#"{"partialSuccess":{"rejectedLogRecords":true}}"#, nil),
            (#"{"partialSuccess":{"rejectedLogRecords":"many"}}"#, nil), ("[]", nil), ("<html>", nil),
        ] as [(String, Int?)])
    func rejected(body: String, count: Int?) {
        #expect(AuditExport.rejectedCount(in: Secret(body)) == count)
    }
}
