import HFMintCore
import Testing

@Suite("fingerprint")
struct FingerprintTests {
    // Computed with Python's integers: the offset basis and the prime 2^88 + 0x13B of
    // https://datatracker.ietf.org/doc/draft-eastlake-fnv/, each field behind its length as eight bytes.
    @Test(
        "names files as it always did, as their names outlive a version of hfmint",
        arguments: [
            ([], "6c62272e07bb014262b821756295c58d"),
            ([""], "9d30c1f78465995be47dda5e4e4e77ed"),
            (["a"], "c94cfa058103b41226dbb20a5a8c35a1"),
            (["a", ""], "f2b7a8fcbbffbdc5e9bb7525c085f581"),
            (["", "a"], "f5a535e52c06dd2ef3685728150efc81"),
            (["ab", "c"], "92f931d6d929a9074ff5bb95f1a06cf8"),
            (["a", "bc"], "9c03b13d48ba9b9f1321159a8f065870"),
            (["acme/model"], "e2f8b3ea772b38cf6e767b5318a9d5f3"),
            (
                ["github-actions", "https://github.com", "acme/training", "1", "1", "publish"],
                "2166fada7dd7c12c49d41927e9cf90d7"
            ),
        ])
    func vectors(fields: [String], name: String) {
        #expect(fingerprint(fields.map { Array($0.utf8) }) == name)
    }

    @Test("takes every byte into account")
    func everyByte() {
        #expect(fingerprint([Array(0...255)]) == "4cd20e3f25ca9c93acfdeda7ab3fe654")
    }
}
