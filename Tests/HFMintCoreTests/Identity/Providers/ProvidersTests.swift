import HFMintCore
import HFMintTesting
import Testing

/// A job of which nothing but its variables is known.
private func testJob(_ environment: Environment, _ files: MemoryFiles = MemoryFiles()) -> Provider.Job {
    Provider.Job(environment: environment, files: files)
}

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
            #expect(!provider.recognisedBy.isEmpty)
            if let example = provider.example {
                #expect(!example.marker.isEmpty && !example.file.isEmpty)
                #expect(example.lines.contains { $0.contains("hfmint exchange") })
            }
            #expect(!provider.isHere(testJob([:])))
            let parts = provider.recognisedBy.split(separator: "=").map(String.init)
            guard parts.count == 2, parts[0].utf8.allSatisfy({ $0.isASCIIUppercase || $0 == ASCII.underscore }) else {
                continue
            }
            #expect(provider.isHere(testJob([Environment.Key(parts[0]): parts[1]])))
        }
    }

    @Test("report what is nested, and ask a cloud only after every CI system")
    func nested() {
        let both: Environment = ["K_SERVICE": "x", "AWS_EXECUTION_ENV": "x", "CIRCLECI": "true"]
        #expect(Provider.allDetected(in: testJob(both)).map(\.name) == ["circleci", "google-cloud", "aws"])
        #expect(Provider.detected(in: testJob(both))?.name == "circleci")
    }

    @Test("tell Forgejo and Gitea from GitHub, whose variable both set")
    func family() {
        func names(_ marks: Environment) -> [String] { Provider.allDetected(in: testJob(marks)).map(\.name) }
        let gitHub: (Environment.Key, String) = ("GITHUB_ACTIONS", "true")
        #expect(names([gitHub.0: gitHub.1, "GITEA_ACTIONS": "true", "FORGEJO_ACTIONS": "true"]) == ["forgejo-actions"])
        #expect(names([gitHub.0: gitHub.1, "FORGEJO_SERVER_URL": "https://codeberg.org"]) == ["forgejo-actions"])
        #expect(names([gitHub.0: gitHub.1, "GITEA_ACTIONS": "true"]) == ["gitea-actions"])
        #expect(names([gitHub.0: gitHub.1, "ACT": "true"]) == ["act"])
        #expect(
            names([gitHub.0: gitHub.1, "ACT": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://a"])
                == ["github-actions"])
    }

    @Test("know Google's machines by their firmware, unless Google's own libraries are told not to look")
    func firmware() {
        let files = MemoryFiles(["/sys/class/dmi/id/product_name": "Google Compute Engine\n"])
        #expect(Provider.detected(in: testJob([:], files))?.name == "google-cloud")
        #expect(Provider.detected(in: testJob(["NO_GCE_CHECK": "true"], files)) == nil)
        let other = MemoryFiles(["/sys/class/dmi/id/product_name": "Google Chromebook\n"])
        #expect(Provider.detected(in: testJob([:], other)) == nil)
    }
}
