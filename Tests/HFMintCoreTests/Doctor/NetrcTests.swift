import HFMintCore
import HFMintTesting
import Testing

@Suite("netrc")
struct NetrcTests {
    private func hosts(_ text: String) -> NetrcHosts { Secret(copying: text.utf8).reveal { NetrcHosts($0) } }

    @Test(
        "gives the hosts, and nothing of what stands beside them",
        arguments: [
            ("machine huggingface.co login a password b", ["huggingface.co"]),
            ("machine\nHuggingFace.co\n\tlogin machine password machine\nmachine hf.co", ["huggingface.co", "hf.co"]),
            ("# machine hf.co\nmachine a # machine b", ["a"]),
            ("machine \"hf.co\" password \"x \\\" machine y\"", ["hf.co"]),
            ("macdef m\nmachine x\n\nmachine y", ["y"]), ("machine", []), ("", []), ("machine \"", [""]),
            ("macdef m\nmachine x", []),
        ])
    func hosts(text: String, expected: [String]) {
        #expect(hosts(text).hosts == expected)
        #expect(!hosts(text).hasDefault)
    }

    @Test("knows an entry for every host") func everyHost() { #expect(hosts("machine a\ndefault login b").hasDefault) }

    @Test(
        "is warned of where it would win over hfmint's token, without a word of what it holds",
        arguments: [
            ("machine huggingface.co login a password pass-word", "machine huggingface.co"),
            ("machine hf.co login a password pass-word", "machine hf.co"),
            ("default login a password pass-word", "default"),
        ])
    func finding(text: String, entry: String) throws {
        let files = MemoryFiles(["/home/ci/.netrc": text])
        let finding = try Check.finding(
            "netrc", TestExamination.make(environment: ["GITHUB_ACTIONS": "true", "HOME": "/home/ci"], files: files))
        #expect(finding.status == .warn)
        #expect(finding.next == "remove the entry `\(entry)` from '/home/ci/.netrc'")
        #expect(!finding.message.contains("pass-word"))
    }

    @Test("of other hosts is nobody's business", arguments: ["machine github.com login a password b", ""])
    func others(text: String) throws {
        let files = MemoryFiles(["/home/ci/.netrc": text])
        let finding = try Check.finding(
            "netrc", TestExamination.make(environment: ["GITHUB_ACTIONS": "true", "HOME": "/home/ci"], files: files))
        #expect(finding.status == .ok)
    }
}
