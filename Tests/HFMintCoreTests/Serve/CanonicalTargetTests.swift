import HFMintCore
import Testing

@Suite("canonical target")
struct CanonicalTargetTests {
    private func reason(_ target: [UInt8]) -> CanonicalTarget.Reason? {
        do throws(CanonicalTarget.Fault) {
            _ = try CanonicalTarget(target)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        "keeps what every reader reads alike, byte by byte",
        arguments: [
            ("/acme/model/resolve/main/config.json", 5),
            ("/acme/model/resolve/refs%2Fpr%2F1/a%20b/c+d@e,f=g!$&'()*:~_.-", 6),
            ("/api/models/acme/model/tree/main/dir%2Ffile", 7),
            ("/acme/model/resolve/main/%E6%A8%A1%E5%9E%8B.bin", 5),
            ("/acme/model/resolve/main/50%25%20off", 5),
            ("/acme/model/resolve/main/...", 5),
            ("/acme/model/resolve/main/%3Bparam", 5),
            ("/api/models?expand[]=author&search=a%2fb&x=1|2", 2),
            ("/a?", 1),
            ("/a?/../b?c//d", 1),
        ])
    func accepted(target: String, count: Int) throws {
        let read = try CanonicalTarget(Array(target.utf8))
        #expect(read.bytes == Array(target.utf8))
        #expect(read.segments.count == count)
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        #expect(read.segments.flatMap { [UInt8(ascii: "/")] + $0 } == Array(path))
        #expect(
            read.query.map { Array($0).count }
                == (path.count < target.utf8.count ? target.utf8.count - path.count - 1 : nil))
    }

    /// The attacks on a path, each in the words of the reason for which it is refused.
    private static let attacks: [(String, CanonicalTarget.Reason)] = [
        ("", .notAPath), ("acme/model", .notAPath), ("https://huggingface.co/acme/model", .notAPath), ("*", .notAPath),
        ("/", .emptySegment), ("//api/models/acme/model", .emptySegment), ("/api//models", .emptySegment),
        ("/api/models/", .emptySegment), ("/a/x%2F%2Fy", .emptySegment), ("/a/%2Fy", .emptySegment),
        ("/a/./b", .dotSegment), ("/a/../b", .dotSegment), ("/a/..", .dotSegment), ("/a/refs%2F..%2Fb", .dotSegment),
        ("/a/..%2Fb", .dotSegment), ("/a/%2e%2e/b", .lowerCaseEncoding), ("/a/%2E%2E/b", .needlessEncoding),
        ("/%61pi/models", .needlessEncoding), ("/a/x%5Fy", .needlessEncoding), ("/a/%7Euser", .needlessEncoding),
        ("/acme%2fmodel", .lowerCaseEncoding), ("/a/%c3%A9", .lowerCaseEncoding),
        ("/acme%252Fmodel", .doubleEncoding), ("/a/%25%32%66", .needlessEncoding), ("/a/%252e", .doubleEncoding),
        ("/a\\b", .forbiddenByte), ("/a/..\\b", .forbiddenByte), ("/a%5Cb", .encodedBackslash),
        ("/a;jsessionid=1/b", .forbiddenByte), ("/a/..;/b", .forbiddenByte),
        ("/a%00b", .encodedControl), ("/a%0D%0AHost:%20x", .encodedControl), ("/a%7F", .encodedControl),
        ("/a%C2%85b", .encodedControl), ("/a\r\nb", .forbiddenByte), ("/a\0b", .forbiddenByte),
        ("/a b", .forbiddenByte),
        ("/é", .forbiddenByte), ("/a%C0%AFb", .notUTF8), ("/a%E0%80%AFb", .notUTF8), ("/a%FF", .notUTF8),
        ("/a%ED%A0%80", .notUTF8), ("/a%", .brokenEncoding), ("/a%2", .brokenEncoding), ("/a%2/b", .brokenEncoding),
        ("/a%zz", .brokenEncoding), ("/a%u002f", .brokenEncoding), ("/a#b", .forbiddenByte), ("/a?b#c", .forbiddenByte),
        ("/a?b=%0a", .encodedControl), ("/a?b=%", .brokenEncoding), ("/a?b=\u{7F}", .forbiddenByte),
        ("/a?b c", .forbiddenByte), ("/a?b\\c", .forbiddenByte), ("/a<b>", .forbiddenByte), ("/a[b]", .forbiddenByte),
    ]

    @Test("refuses what somebody could read differently", arguments: attacks)
    func refused(target: String, expected: CanonicalTarget.Reason) {
        #expect(reason(Array(target.utf8)) == expected)
    }

    @Test("refuses bytes that no text can hold")
    func bytes() {
        for byte in UInt8(0x80)...0xFF { #expect(reason(Array("/a".utf8) + [byte]) == .forbiddenByte) }
        for byte in UInt8(0)...0x20 { #expect(reason(Array("/a?".utf8) + [byte]) == .forbiddenByte) }
    }

    @Test("is bounded")
    func bounds() {
        let most = CanonicalTarget.byteLimit
        #expect(reason(Array(("/" + String(repeating: "a", count: most - 1)).utf8)) == nil)
        #expect(reason(Array(("/" + String(repeating: "a", count: most)).utf8)) == .tooLong)
        #expect(reason(Array(String(repeating: "/a", count: CanonicalTarget.segmentLimit).utf8)) == nil)
        #expect(
            reason(Array(String(repeating: "/a", count: CanonicalTarget.segmentLimit + 1).utf8)) == .tooManySegments)
    }

    @Test("says for every reason what is wrong, and where")
    func words() throws {
        let shown = Set(Self.attacks.map(\.1)).union([.tooLong, .tooManySegments])
        #expect(shown == Set(CanonicalTarget.Reason.allCases))
        let fault = try #require(throws: CanonicalTarget.Fault.self) { _ = try CanonicalTarget(Array("/a/%zz".utf8)) }
        #expect(fault.clause == "has a '%' without two hexadecimal digits, at byte 4")
    }
}
