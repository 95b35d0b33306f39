import HFMintCore
import HFMintTesting
import Testing

@Suite("what a file of a job's directory holds")
struct JobFileContentTests {
    private static let record =
        #"{"fields": "\#(String(repeating: "x", count: 100_000))", "obtained_at": 1, "token": "t"}"#

    @Test(
        "shows that it is hfmint's",
        arguments: [
            ("env-1", "HF_TOKEN=hf_anything1\nHF_ENDPOINT=https://hub.example\n", true),
            ("env-1", "HF_TOKEN_PATH=/run/hfmint/token-1\n", true), ("env-1", "A=b\n", false),
            ("env-1", "HF_TOKEN=hf_anything1\nno line of it\n", false), ("env-1", "=hf_anything1\n", false),
            ("record-1", record, true), ("record-1", #"{"token": "t"}"#, false), ("token-1", "hf_anything1", true),
            ("token-1", "a note", false), ("lock-1", "a note", false), ("mark", "hfmint run", true),
        ])
    func shows(name: String, text: String, isOurs: Bool) {
        #expect(Secret(text).reveal { JobFileContent.isOurs($0, in: name) } == isOurs)
    }
}
