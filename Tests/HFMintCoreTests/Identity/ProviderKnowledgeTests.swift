import Foundation
@testable import HFMintCore
import HFMintTesting
import Testing

/// What is known of a provider stands in `Identity/Providers/`: no other source spells what only it is called.
@Suite("knowledge of providers")
struct ProviderKnowledgeTests {
    /// Where the words of a provider may stand all the same; no words: any.
    private static let allowed: [(path: String, words: [String], reason: String)] = [
        ("HFMintCore/Identity/Providers/", [], "here they belong"),
        ("HFMintCore/Rotation/", [], "client secrets: GitHub, GitLab, Kubernetes and AWS are sinks there"),
        ("HFMintCLI/Commands/Rotate/", [], "the same, and a schedule for Kubernetes"),
        ("HFMintCLI/Runbook/", [], "the same"),
        ("HFMintCore/Migration/", [], "how the workflow file of each is written"),
        ("HFMintCore/Delivery/", ["buildkite"], "its agent's API is a way of delivery, and a protocol of its own"),
        ("HFMintCore/Seams/HTTPTransport.swift", ["aws"], "a signature that curl makes, whoever asks for it"),
        ("HFMintSystem/HTTP/Transfer.swift", ["aws"], "the same"),
        ("HFMintSystem/Libraries/CurlBuild.swift", ["aws"], "the same, and which libcurl cannot make it"),
        ("HFMintCore/Identity/HTTPAcquisition.swift", ["aws"], "the same, as a proof that an endpoint asks for"),
        ("HFMintCore/Exchange/TokenKey.swift", ["aws"], "the same, as what tells two jobs apart"),
        ("HFMintCore/Serve/FrontDoors/", ["kubernetes", "github"], "what starts hfmint there, and links to sources"),
        ("HFMintCLI/Commands/Serve/ServeConfigCommand.swift", ["kubernetes"], "the same, as an example"),
        ("HFMintCore/Serve/HubRoute+Table.swift", ["github"], "where the sources of the Hub's clients are"),
        ("HFMintCore/Seams/HTTPRequest.swift", ["google"], "the one plain http that the transport lets pass"),
    ]

    @Test("is in their own files alone, and every exception is needed")
    func alone() throws {
        let search = try Search(allProviders.map(Words.init))
        let top = URL(filePath: Checkout.path).appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: top.path()).filter { $0.hasSuffix(".swift") }
        #expect(names.count > 100)
        var needed: Set<String> = []
        for name in names {
            let text = try String(contentsOf: top.appending(path: name), encoding: .utf8)
            let exceptions = Self.allowed.filter { name.hasPrefix($0.path) }
            for word in search.words(in: text) {
                if let exception = exceptions.first(where: { $0.words.isEmpty || $0.words.contains(word) }) {
                    needed.insert(exception.path)
                } else {
                    Issue.record("\(name) spells '\(word)': ask the provider's value instead")
                }
            }
        }
        #expect(needed == Set(Self.allowed.map(\.path)))
    }

    @Test("is found in code, and not in comments", arguments: allProviders.map(Words.init))
    func found(words: Words) throws {
        let search = try Search(allProviders.map(Words.init))
        #expect(words.whole.count + words.parts.count + words.hosts.count >= 1)
        for word in words.whole + words.parts + words.hosts {
            #expect(!search.words(in: "    let planted = \"\(word)\"\n").isEmpty, "\(word)")
            let comments = "    /// Such as \"\(word)\".\n// \(word)\nlet x = 1  // \"\(word)\""
            #expect(search.words(in: comments).isEmpty, "\(word)")
        }
        for part in words.parts where part.utf8.allSatisfy(\.isASCIILetterOrDigit) {
            #expect(!search.words(in: "case is\(part.capitalized): nil").isEmpty, "\(part)")
        }
    }
}

extension ProviderKnowledgeTests {
    /// What one provider alone is called by.
    struct Words: Sendable, CustomTestStringConvertible {
        /// Literals: its name, its variables, the claims by which it is recognised.
        let whole: [String]
        /// What the vendor is called, anywhere in a name or a text.
        let parts: [String]
        /// What is its own in the addresses of its issuers.
        let hosts: [String]

        init(_ provider: Provider) {
            let variables =
                provider.jobVariables + provider.tokenVariables + [provider.temporaryDirectory].compactMap(\.self)
            whole = [provider.name] + provider.claims.recognisingClaims + variables.map(\.name)
            // The Hub's own vendor is everywhere.
            parts = [provider.title.prefix { $0 != " " }.lowercased()].filter { $0 != "hugging" }
            hosts = provider.claims.issuers.compactMap { issuer in
                let pieces = issuer.replacing("https://", with: "").split(separator: "*")
                return pieces.max { $0.count < $1.count }.map(String.init)
            }
        }

        var testDescription: String { whole[0] }
    }

    /// Looks for words in sources.
    struct Search {
        private let word: NSRegularExpression
        private let comment: NSRegularExpression

        init(_ words: [Words]) throws {
            func any(_ list: [String]) -> String {
                list.map { NSRegularExpression.escapedPattern(for: $0) }.joined(separator: "|")
            }
            let (whole, parts, hosts) = (words.flatMap(\.whole), words.flatMap(\.parts), words.flatMap(\.hosts))
            // A part begins a word: `aws…`, `isAWS…`, and not `draws`.
            word = try NSRegularExpression(
                pattern: "\"(?:\(any(whole)))\"|(?:(?<![A-Za-z])|(?=[A-Z]))(?i:\(any(parts)))|\(any(hosts))")
            comment = try NSRegularExpression(pattern: #"(?m)(?:^|\s)//.*$"#)
        }

        /// In lower case; of code alone.
        func words(in source: String) -> Set<String> {
            func whole(_ text: String) -> NSRange { NSRange(location: 0, length: text.utf16.count) }
            let code = comment.stringByReplacingMatches(in: source, range: whole(source), withTemplate: "")
            let found = word.matches(in: code, range: whole(code)).compactMap { Range($0.range, in: code) }
            return Set(found.map { code[$0].lowercased().replacing("\"", with: "") })
        }
    }
}
