import Testing

@testable import HFMintCore

@Suite("paths")
struct FilePathTests {
    @Test(
        "are seen from another folder, unless they are absolute",
        arguments: [
            ("a", "/w", "/w/a"), ("a", "/", "/a"), ("a", "", "a"), ("a", ".", "./a"), ("/a", "/w", "/a"),
            ("../a", "/w", "/w/../a"),
        ])
    func from(path: String, folder: String, seen: String) {
        #expect(FilePath(path).from(folder).text == seen)
    }

    @Test(
        "have a folder and a name",
        arguments: [
            ("a", ".", "a"), ("/a", "/", "a"), ("/a/b", "/a", "b"), ("a/b/c", "a/b", "c"), ("/a/", "/a", ""),
            ("/", "/", ""), ("", ".", ""), ("/ä/ö", "/ä", "ö"),
        ])
    func parts(path: String, folder: String, name: String) {
        #expect(FilePath(path).folder == folder)
        #expect(FilePath(path).name == name)
    }

    @Test(
        "are normalised as text",
        arguments: [
            ("/a//b/./c", "/a/b/c"), ("/a/../b", "/b"), ("/../b", "/b"), ("a/..", "."), ("../a/../b", "../b"),
            ("../../a", "../../a"), ("/", "/"), ("", "."), ("a/", "a"),
        ])
    func normalised(path: String, text: String) {
        #expect(FilePath(path).normalised.text == text)
        #expect(FilePath(text).normalised.text == text)
    }

    @Test(
        "lie in a folder by whole parts",
        arguments: [
            ("/a/b", "/a", true), ("/a", "/a/", true), ("/a/./b", "/a", true), ("/ab", "/a", false),
            ("/a", "/a/b", false),
            ("/a", "/", false),
        ])
    func within(path: String, folder: String, isWithin: Bool) {
        #expect(FilePath(path).isWithin(folder) == isWithin)
    }

    @Test("are told from a folder where they lie below it")
    func relative() {
        #expect(FilePath("/m/apps/a").relative(to: "/m") == "apps/a")
        #expect(FilePath("/m/a").relative(to: "/") == "m/a")
        #expect(FilePath("/mm/a").relative(to: "/m") == "/mm/a")
    }

    @Test("lead upwards to the root, and not beyond it")
    func upwards() {
        #expect(FilePath("/a/b//c").upwards == ["/a/b/c", "/a/b", "/a"])
        #expect(FilePath("/").upwards == [])
    }
}
