import HFMintCore
import HFMintSystem
import Testing

@Suite("libcurl's build")
struct CurlBuildTests {
    private func build(
        _ tls: String, version: String = "7.88.1", number: UInt32 = 0x07_58_01, file: String = "libcurl.so.4",
        hasTLSProxies: Bool = true
    ) -> CurlBuild {
        CurlBuild(file: file, version: version, number: number, tls: tls, hasTLSProxies: hasTLSProxies)
    }

    @Test(
        "is taken where its TLS is OpenSSL's, a fork's of it, or GnuTLS's",
        arguments: [
            ("OpenSSL/3.0.15", .openSSL), ("OpenSSL/1.1.1w", .openSSL), ("LibreSSL/3.9.2", .openSSL),
            ("BoringSSL", .openSSL), ("AWS-LC/1.40.0", .openSSL), ("quictls/3.1.4", .openSSL),
            ("GnuTLS/3.7.9", .gnuTLS), ("(NSS/3.90) OpenSSL/3.0.15", .openSSL),
            ("(OpenSSL/3.0.15) GnuTLS/3.7.9", .gnuTLS), ("OpenSSL/3.0.15 (GnuTLS/3.7.9)", .openSSL),
        ] as [(String, CurlBuild.TLS)])
    func taken(tls: String, kind: CurlBuild.TLS) {
        #expect(build(tls).tls == kind)
        #expect(build(tls).refusal == nil)
    }

    @Test(
        "is refused by name for any other TLS, for none, and if it is too old",
        arguments: [
            ("NSS/3.87.1", 0x07_58_01, "is made with NSS/3.87.1, which trusts"),
            ("(OpenSSL/3.0.15) NSS/3.87.1", 0x07_58_01, "is made with NSS/3.87.1, which trusts"),
            ("mbedTLS/2.28.3", 0x07_58_01, "is made with mbedTLS/2.28.3: one"),
            ("wolfSSL/5.6.3", 0x07_58_01, "is made with wolfSSL/5.6.3: one"),
            ("rustls-ffi/0.9.2/rustls/0.21.0", 0x07_58_01, "is made with rustls-ffi/0.9.2/rustls/0.21.0: one"),
            ("", 0x07_58_01, "is made without TLS"), ("OpenSSLike/1", 0x07_58_01, "is made with OpenSSLike/1: one"),
            ("OpenSSL/1.1.1", 0x07_43_00, "is 7.88.1, and 7.68 is the least"),
        ] as [(String, UInt32, String)])
    func refused(tls: String, number: UInt32, reason: String) throws {
        let refusal = try #require(build(tls, number: number).refusal)
        #expect(refusal.hasPrefix("the libcurl.so.4 that is found here \(reason)"))
    }

    @Test("is named by its file, its version and its TLS")
    func description() {
        #expect(build("OpenSSL/3.0.15").description == "libcurl 7.88.1 (OpenSSL/3.0.15)")
        let other = build("GnuTLS/3.7.9", file: "libcurl-gnutls.so.4")
        #expect(other.description == "libcurl-gnutls 7.88.1 (GnuTLS/3.7.9)")
        #expect(build("").description == "libcurl 7.88.1")
    }

    @Test("signs for AWS from 7.85 on")
    func aws() {
        for (number, isRefused) in [(0x07_54_00, true), (0x07_55_00, false)] as [(UInt32, Bool)] {
            let build = build("OpenSSL/3.0.15", version: "N", number: number)
            let refusal = build.refusal(signsForAWS: true, proxySpeaksTLS: false, trust: [])
            let reason = "the libcurl.so.4 that is found here, N, cannot sign for AWS: 7.85 is the least"
            #expect(refusal == (isRefused ? reason : nil))
            #expect(build.refusal(signsForAWS: false, proxySpeaksTLS: false, trust: [.system]) == nil)
        }
    }

    @Test(
        "reaches a proxy over TLS where it is made for that, and with OpenSSL",
        arguments: [
            ("OpenSSL/3.0.15", 0x07_44_00, true, false), ("OpenSSL/3.0.15", 0x07_44_00, false, true),
            ("GnuTLS/3.7.9", 0x07_56_00, true, true), ("GnuTLS/3.7.9", 0x07_58_01, true, true),
        ] as [(String, UInt32, Bool, Bool)])
    func proxies(tls: String, number: UInt32, hasTLSProxies: Bool, isRefused: Bool) {
        let build = build(tls, number: number, hasTLSProxies: hasTLSProxies)
        let refusal = build.refusal(signsForAWS: false, proxySpeaksTLS: true, trust: [])
        #expect((refusal != nil) == isRefused)
        #expect(refusal?.contains("cannot reach a proxy over TLS") != false)
    }

    @Test("takes a list of directories with OpenSSL alone")
    func directories() {
        let list = TrustAnchors.files(bundle: nil, directory: "/a:/b")
        let others: [TrustAnchors] = [
            .system, .files(bundle: "/a:b", directory: "/a"), .files(bundle: "/a", directory: nil),
        ]
        let (openSSL, gnuTLS) = (build("OpenSSL/3.0.15"), build("GnuTLS/3.7.9"))
        #expect(openSSL.refusal(signsForAWS: false, proxySpeaksTLS: false, trust: others + [list]) == nil)
        #expect(gnuTLS.refusal(signsForAWS: false, proxySpeaksTLS: false, trust: others) == nil)
        #expect(gnuTLS.refusal(signsForAWS: false, proxySpeaksTLS: false, trust: others + [list]) != nil)
    }
}
