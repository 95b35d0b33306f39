import Foundation
import HFMintCLI
import HFMintCore
import HFMintTesting
import Testing

@Suite("rotation runbook")
struct RunbookTests {
    private static let root = URL(fileURLWithPath: Checkout.path)

    @Test("is the page in docs, byte by byte: `hfmint rotate runbook > docs/rotation-runbook.md` writes it anew")
    func page() throws {
        #expect(try Checkout.text("docs/rotation-runbook.md") == Runbook.page)
    }

    @Test("has a section for each reason to stop for a person, one for a journal, and no other")
    func sections() {
        let names = Runbook.sections.map(\.name)
        #expect(names.sorted() == (Attention.Reason.allCases.map(\.rawValue) + ["journal"]).sorted())
        for section in Runbook.sections {
            let isWhole =
                section.markdown.contains("**What is true.**") && section.markdown.contains("**What to type.**")
            #expect(isWhole, "\(section.name)")
        }
    }

    @Test("is named by each hint as it can be typed", arguments: Attention.Reason.allCases)
    func hints(reason: Attention.Reason) {
        let hint = Attention(reason, "x").hint(for: "app") { "hfmint rotate \($0) \($1)" }
        #expect(hint.contains("hfmint help rotate runbook \(reason.rawValue)") && hint.contains("hfmint rotate "))
    }

    /// What the sources say where they refuse, without what is put in.
    private static func refusals() throws -> [(file: String, words: String)] {
        let folder = root.appendingPathComponent("Sources/HFMintCore/Rotation")
        let literal = try Regex(
            #"refused(?:\(|,)\s*"((?:[^"\\]|\\\((?:[^()]|\([^()]*\))*\)|\\[^(])*)""#, as: (Substring, Substring).self)
        let inserted = try Regex(#"\\\((?:[^()]|\([^()]*\))*\)"#)
        var found: [(String, String)] = []
        for part in ["Issuers", "Sinks", "Verifiers"] {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(part).path) {
                let source = try String(contentsOf: folder.appendingPathComponent("\(part)/\(file)"), encoding: .utf8)
                for match in source.matches(of: literal) {
                    let pieces = match.output.1.split(separator: inserted).map {
                        $0.trimmingCharacters(in: CharacterSet(charactersIn: " ,;:()"))
                    }
                    if let longest = pieces.max(by: { $0.utf8.count < $1.utf8.count }), longest.utf8.count >= 8 {
                        found.append((file, longest))
                    }
                }
            }
        }
        return found
    }

    @Test("lists every refusal that an issuer, a sink or a log-in can be")
    func completeness() throws {
        let refusals = try Self.refusals()
        #expect(refusals.count > 30)
        let section = try #require(Runbook.sections.first { $0.name == "refused" }).markdown
        for (file, words) in refusals { #expect(section.contains(words), "\(file): \(words)") }
    }

    @Test("and no other hint names a file of the repository: only the program may be installed")
    func onlyTheProgram() throws {
        let sources = Self.root.appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(atPath: sources.path)).compactMap { $0 as? String }
        for file in files where file.hasSuffix(".swift") && !file.contains("/Runbook/") {
            let source = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            for line in source.split(separator: "\n") {
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                #expect(isComment || !line.contains("\"docs/") && !line.contains(" docs/"), "\(file): \(line)")
            }
        }
    }
}
