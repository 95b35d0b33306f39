import HFMintCore
import HFMintTesting
import Testing

@Suite("netrc")
struct NetrcTests {
    private func logins(_ text: String) -> NetrcLogins { Secret(copying: text.utf8).reveal { NetrcLogins($0) } }

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
        #expect(logins(text).entries.map(\.host) == expected)
    }

    @Test(
        "has the first that names the host, or every host, with the line of its password",
        arguments: [
            ("machine a\nlogin b\npassword c\nmachine hf.co login b", "hf.co", 4, false),
            ("machine hf.co\n login b\n password hf_c\nmachine hf.co\nlogin b\npassword c", "hf.co", 3, true),
            ("machine a login b\n\ndefault login b password \"hf_c\"\nmachine hf.co login d", nil, 3, true),
            ("machine hf.co\ndefault\nlogin hf_b password hf", nil, 3, false),
        ])
    func entry(text: String, host: String?, line: Int, hasToken: Bool) throws {
        let entry = try #require(logins(text).entry(for: "hf.co"))
        #expect(entry.host == host)
        #expect(entry.line == line)
        #expect(entry.hasToken == hasToken)
    }

    @Test(
        "is told where it would win over hfmint's token, without a word of what it holds",
        arguments: [
            ("machine huggingface.co login a password pass-word", "machine huggingface.co", Finding.Status.warn),
            ("machine hf.co login a password pass-word", "machine hf.co", .warn),
            ("default login a password pass-word", "default", .warn),
            ("default login a password hf_pass-word", "default", .fail),
            ("machine hf.co login a password hf_pass-word", "machine hf.co", .fail),
            ("machine hf.co login a\nmachine huggingface.co password hf_x", "machine huggingface.co", .fail),
        ])
    func finding(text: String, entry: String, status: Finding.Status) throws {
        let files = MemoryFiles(["/home/ci/.netrc": text])
        let finding = try Check.finding(
            "netrc", TestExamination.make(environment: ["GITHUB_ACTIONS": "true", "HOME": "/home/ci"], files: files))
        #expect(finding.status == status)
        #expect(finding.next == "remove the entry `\(entry)` from '/home/ci/.netrc'")
        #expect(!finding.message.contains("pass-word"))
    }

    @Test(
        "of other hosts is nobody's business",
        arguments: ["machine github.com login a password b", "machine hf.co", ""])
    func others(text: String) throws {
        let files = MemoryFiles(["/home/ci/.netrc": text])
        let finding = try Check.finding(
            "netrc", TestExamination.make(environment: ["GITHUB_ACTIONS": "true", "HOME": "/home/ci"], files: files))
        #expect(finding.status == .ok)
    }
}
