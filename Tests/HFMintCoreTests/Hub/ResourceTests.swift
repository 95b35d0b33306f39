@testable import HFMintCore
import Testing

@Suite("resource")
struct ResourceTests {
    private func parse(_ text: String, on endpoint: String = "https://huggingface.co") throws -> Resource {
        try Resource(parsing: text, endpoint: try #require(Origin(endpoint.utf8)))
    }

    @Test(
        "is read as people write it",
        arguments: [
            ("acme/model", .model, "acme/model"), ("datasets/acme/data", .dataset, "datasets/acme/data"),
            ("spaces/acme/demo", .space, "spaces/acme/demo"), ("kernels/acme/k", .kernel, "kernels/acme/k"),
            ("buckets/acme/b", .bucket, "buckets/acme/b"), ("acme-bot", .user, "acme-bot"),
            ("A.b_c-9/D.e_f-0", .model, "A.b_c-9/D.e_f-0"), ("dataset/x", .model, "dataset/x"),
        ] as [(String, Resource.Kind, String)])
    func written(text: String, kind: Resource.Kind, canonical: String) throws {
        let resource = try parse(text)
        #expect(resource.kind == kind)
        #expect(resource.canonical == canonical)
        #expect(try parse(resource.canonical) == resource)
    }

    @Test("is made of an owner and a name if its canonical form is read as the same", arguments: Resource.Kind.allCases)
    func parts(kind: Resource.Kind) throws {
        let token = "hf_" + String(repeating: "aB3", count: 11) + "x"
        let words = [
            "", "acme", "model", "datasets", "spaces", "buckets", "huggingface.co", "hf.co", "models--a--b", "a.git",
            ".git", "git", "git.", "-a", ".a", "a.", "a-", "_a", "a b", "%2F", "http:", "é", token, "\(token)y",
            String(repeating: "a", count: 96), String(repeating: "a", count: 97),
        ]
        var madeCount = 0
        for owner in words {
            for name in words {
                let named = Resource(kind: kind, namespace: owner, name: name)
                let read = try? parse(named.canonical)
                let made = Resource(kind, owner: Array(owner.utf8)[...], name: Array(name.utf8)[...])
                #expect(made == (read == named ? named : nil), "\(owner) and \(name)")
                madeCount += made == nil ? 0 : 1
            }
        }
        #expect(madeCount > 5)
    }

    @Test(
        "is read as people paste it, whatever follows the name",
        arguments: [
            ("https://huggingface.co/acme/model", "acme/model"), ("https://huggingface.co/acme/model/", "acme/model"),
            ("https://huggingface.co/acme/model/tree/main", "acme/model"),
            ("https://huggingface.co/datasets/acme/data/blob/main/x.csv?a=b#L1", "datasets/acme/data"),
            ("https://huggingface.co/datasets/acme/data?row=1", "datasets/acme/data"),
            ("https://huggingface.co/spaces/acme/demo#x", "spaces/acme/demo"),
            ("https://hf.co/acme/model", "acme/model"),
            ("https://huggingface.co/acme", "acme"), ("https://huggingface.co/acme/", "acme"),
            // As git is given it.
            ("https://huggingface.co/acme/model.git", "acme/model"),
            ("https://huggingface.co/datasets/acme/data.git", "datasets/acme/data"),
        ])
    func pasted(text: String, canonical: String) throws {
        #expect(try parse(text).canonical == canonical)
        #expect(try parse(text, on: "https://hub-ci.huggingface.co").canonical == canonical)
    }

    @Test("is read from a URL of the endpoint that is asked")
    func ownEndpoint() throws {
        #expect(try parse("http://127.0.0.1:8080/acme/model", on: "http://127.0.0.1:8080").canonical == "acme/model")
        #expect(throws: MintError.self) { try parse("http://127.0.0.1:8080/acme/model") }
        #expect(throws: MintError.self) {
            try parse("http://127.0.0.1:80801/acme/model", on: "http://127.0.0.1:8080")
        }
    }

    @Test(
        "refuses what is no resource, before anything is asked for",
        arguments: [
            "", "/", "a/", "/a", "a//b", "a/b/c", "a/b/", "datasets", "datasets/", "datasets/a", "datasets/a/b/c",
            "models/acme/model", "../model", "a/..", "a/.", "./a", "a/../b", ".a/b", "a/.git", "-a/b", "a/-b", "a b/c",
            "a/b?x", "a/b#x", "a/b@main", "a/b:c", "a%2fb", "%2e%2e/b", "a/%2e%2e", "a/b\n", "a\0/b", "é/b", "a\"/b",
            "a\\b",
            "a/b'", "$(id)/b", "a/b;c", "datasets//b", "spaces/../b",
            "https://evil.example/acme/model", "https://huggingface.co.evil.example/a/b",
            "https://huggingface.co@e.example/a/b",
            "https://huggingface.co", "https://huggingface.co/", "http://huggingface.co/acme/model",
            "https://huggingface.co:444/a/b", "https://huggingface.co/datasets",
            "https://huggingface.co/datasets/squad",
            "https://huggingface.co/../a", "https://huggingface.co/%2e%2e/a/b", "https://huggingface.co/a%2fb",
            "https://huggingface.co?/a/b", "ftp://huggingface.co/a/b", "//huggingface.co/a/b", "huggingface.co/a/b",
            "https://user@huggingface.co/a/b", "https://hf.co.evil.example/a/b",
        ])
    func refuses(text: String) {
        let error = #expect(throws: MintError.self) { try parse(text) }
        #expect(error?.code == .usage)
    }

    @Test(
        "says what somebody may have meant, where a copy from elsewhere shows it",
        arguments: [
            ("models/acme/model", "acme/model"), ("model/acme/model", "acme/model"),
            ("dataset/acme/data", "datasets/acme/data"), ("Datasets/acme/data", "datasets/acme/data"),
            ("SPACE/acme/demo", "spaces/acme/demo"), ("acme/model@main", "acme/model"), ("acme/model:v1", "acme/model"),
            ("acme/model#readme", "acme/model"), ("acme/model/", "acme/model"), ("/acme/model", "acme/model"),
            ("acme/model.git", "acme/model"), ("acme/model/tree/main", "acme/model"), (" acme/model\n", "acme/model"),
            ("\"acme/model\"", "acme/model"), ("acme\\model", "acme/model"), ("acme//model", "acme/model"),
            ("huggingface.co/acme/model", "acme/model"), ("hf.co/datasets/acme/data", "datasets/acme/data"),
            ("www.huggingface.co/acme/model", "acme/model"), ("https://www.huggingface.co/acme/model", "acme/model"),
            ("http://huggingface.co/acme/model", "acme/model"), ("HTTPS://HuggingFace.co/acme/model", "acme/model"),
            ("https://huggingface.co:443/acme/model", "acme/model"), ("//huggingface.co/acme/model", "acme/model"),
            ("https://user@huggingface.co/acme/model", "acme/model"), ("git@hf.co:acme/model", "acme/model"),
            ("git@hf.co:datasets/acme/data.git", "datasets/acme/data"), ("ssh://git@hf.co/acme/model", "acme/model"),
            ("ssh://git@hf.co:22/acme/model", "acme/model"), ("git+https://huggingface.co/acme/model", "acme/model"),
            ("hf://acme/model@main/config.json", "acme/model"), ("hf://datasets/acme/data/x.csv", "datasets/acme/data"),
            ("https://huggingface.co/api/models/acme/model", "acme/model"),
            ("https://huggingface.co/api/datasets/acme/data/tree/main", "datasets/acme/data"),
            ("models--acme--model", "acme/model"), ("datasets--acme--data", "datasets/acme/data"),
            ("https://huggingface.co/models/acme/model", "acme/model"),
        ])
    func meant(text: String, canonical: String) {
        let error = #expect(throws: MintError.self) { try parse(text) }
        #expect(error?.hint == "did you mean '\(canonical)'?")
    }

    @Test(
        "guesses nothing where nothing shows it",
        arguments: [
            "", "acme/", "datasets/acme", "../secrets", "https://github.com/acme/model", "github.com/acme/model",
            "git@github.com:acme/model.git", "https://huggingface.co", "https://huggingface.co/settings/tokens",
            "https://huggingface.co/docs/hub", "https://huggingface.co/organizations/acme", "hf.co/acme", "a b/c",
            "https://huggingface.co.evil.example/a/b", "https://huggingface.co@e.example/a/b", "a%2fb", "é/b",
            "models--acme", "https://huggingface.co/api/whoami-v2",
        ])
    func notGuessed(text: String) {
        let error = #expect(throws: MintError.self) { try parse(text) }
        #expect(error?.hint?.hasPrefix("write owner/name") == true, "\(error?.hint ?? "")")
    }

    @Test(
        "says what stands in its place, where that shows",
        arguments: [
            ("", "it is empty"), ("$REPO", "nothing has replaced"), ("${{ vars.REPO }}", "nothing has replaced"),
            ("<owner>/<name>", "nothing has replaced"), ("%REPO%", "nothing has replaced"),
            ("{{ repo }}", "nothing has replaced"), ("acme/model\u{200B}", "invisible"),
            ("\u{FEFF}acme/model", "invisible"), ("acme / model", "a blank"), ("acme\u{2215}model", "not ASCII"),
        ])
    func remarks(text: String, words: String) {
        let error = #expect(throws: MintError.self) { try parse(text) }
        #expect(error?.hint?.contains(words) == true, "\(error?.hint ?? "")")
    }

    @Test("bounds a name at 96 bytes")
    func bounds() throws {
        let name = String(repeating: "a", count: 96)
        #expect(try parse("\(name)/\(name)").name == name)
        #expect(throws: MintError.self) { try parse("\(name)a/b") }
        #expect(throws: MintError.self) { try parse(String(repeating: "a/", count: 400)) }
    }

    @Test("takes a doubled slash only in a URL, where it means nothing", arguments: ["https://huggingface.co//a//b"])
    func doubledSlash(text: String) throws {
        #expect(try parse(text).canonical == "a/b")
    }

    @Test("never needs an escape, in JSON or in a shell")
    func harmless() {
        for scalar in (0..<0x180).compactMap({ Unicode.Scalar($0 as UInt32) }) {
            let isHarmless =
                scalar.isASCII && (UInt8(scalar.value).isASCIILetterOrDigit || "-_.".unicodeScalars.contains(scalar))
            #expect((try? parse("a\(scalar)b/c")) == nil || isHarmless || scalar == "/")
        }
    }

    @Test(
        "knows the page on which its publishers are set",
        arguments: [
            ("acme/model", "https://huggingface.co/acme/model/settings", "model repository"),
            ("datasets/a/b", "https://huggingface.co/datasets/a/b/settings", "dataset repository"),
            ("acme-bot", "https://huggingface.co/settings/authentication#ci-cd-access", "user"),
        ])
    func settings(text: String, url: String, noun: String) throws {
        let resource = try parse(text)
        #expect(resource.settingsURL(on: .huggingFace) == url)
        #expect(resource.noun == noun)
    }
}
