import HFMintCore
import HFMintTesting
import Testing

@Suite("environment")
struct EnvironmentTests {
    @Test("takes the first of two variables with one name, as getenv does")
    func first() {
        let environment = Environment(entries: ["A=1", "A=2", "B=", "B=3"].map { Array($0.utf8) })
        #expect(environment["A"] == "1")
        #expect(environment["B"] == nil)
    }

    @Test("treats a variable that is empty as one that is not set")
    func empty() {
        let environment: Environment = ["EMPTY": "", "SPACE": " "]
        #expect(environment["EMPTY"] == nil)
        #expect(!environment.isSet("EMPTY"))
        let secret = environment.secret("EMPTY")?.byteCount
        #expect(secret == nil)
        #expect(environment["SPACE"] == " ")
    }

    @Test("splits at the first equals sign, and passes over entries without a name")
    func separator() {
        let environment = Environment(entries: ["A=b=c", "=x", "plain", "", "é=ü"].map { Array($0.utf8) })
        #expect(environment["A"] == "b=c")
        #expect(environment["é"] == "ü")
        #expect(environment.names { _ in true } == ["A", "é"])
    }

    @Test("hands out a secret byte for byte, whatever its encoding")
    func bytes() {
        let environment = Environment(entries: [Array("TOKEN=".utf8) + [0xFF, 0x0A, 0x80]])
        let bytes = environment.secret("TOKEN")?.revealedBytes()
        #expect(bytes == [0xFF, 0x0A, 0x80])
        #expect(environment["TOKEN"] == "\u{FFFD}\n\u{FFFD}")
    }

    @Test("names its variables when it is printed, and shows no value")
    func description() {
        let environment: Environment = ["HF_TOKEN": "hf_secretsecret", "A": "b"]
        #expect("\(environment)" == "Environment[A HF_TOKEN]")
        #expect(String(describing: environment) == "Environment[A HF_TOKEN]")
        #expect(environment.names { $0.equals("b") } == ["A"])
    }
}
