import HFMintCore
import HFMintTesting
import Testing

@Suite("providers")
struct ProvidersTests {
    @Test(
        "are found by name, and by no other", arguments: ["", "github", "GitHub Actions", "GITHUB-ACTIONS", "gitlab"])
    func unknown(name: String) {
        let error = #expect(throws: MintError.self) { try Provider.named(name) }
        #expect(error?.code == .usage)
        #expect(allProviders.allSatisfy { error?.hint?.contains($0.name) == true })
    }

    @Test("describe themselves completely, each under a name of its own")
    func complete() throws {
        #expect(Set(allProviders.map(\.name)).count == allProviders.count)
        for provider in allProviders {
            #expect(try Provider.named(provider.name).title == provider.title)
            #expect(!provider.evidence.isEmpty)
            if let example = provider.example {
                #expect(!example.marker.isEmpty && !example.file.isEmpty)
                #expect(example.lines.contains { $0.contains("hfmint exchange") })
            }
            #expect(!provider.isHere([:]))
            let parts = provider.evidence.split(separator: "=").map(String.init)
            guard parts.count == 2, parts[0].utf8.allSatisfy({ $0.isASCIIUppercase || $0 == ASCII.underscore }) else {
                continue
            }
            #expect(provider.isHere([Environment.Key(parts[0]): parts[1]]))
        }
    }
}
