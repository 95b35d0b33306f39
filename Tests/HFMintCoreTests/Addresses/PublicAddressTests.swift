import Glibc
import HFMintCore
import Testing

@Suite("public addresses")
struct PublicAddressTests {
    @Test(
        "are not those of this machine, of private networks, of carriers, links, documentation, or nobody",
        arguments: [
            "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254",
            "169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fec0::1",
            "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "3fff::1", "64:ff9b::10.0.0.1",
            "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::", "100::1", "5f00::1",
        ])
    func special(text: String) throws {
        #expect(!PublicAddress.contains(try bytes(text)))
    }

    @Test(
        "are all the others",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "223.255.255.255", "2606:4700::1", "2a00::1", "2001:200::1", "64:ff9b::8.8.8.8", "2002:808:808::1",
        ])
    func ordinary(text: String) throws {
        #expect(PublicAddress.contains(try bytes(text)))
    }

    @Test("have 4 or 16 bytes", arguments: [0, 1, 3, 5, 15, 17])
    func otherLengths(count: Int) {
        #expect(!PublicAddress.contains([UInt8](repeating: 8, count: count)))
    }

    @Test(
        "can be denied by a name alone",
        arguments: [
            ("localhost", true), ("[::1]", true), ("[0:0:0:0:0:0:0:1]", true), ("[::ffff:10.0.0.1]", true),
            ("[fd00:ec2::254]", true), ("[FE80::1]", true), ("[2606:4700::1]", false), ("[64:ff9b::7f00:1]", true),
            // What libcurl and resolvers take for an address, and nobody's name ends in.
            ("127.1", true), ("0x7f.1", true), ("2130706433", true), ("0x7f000001", true), ("127.0.0.01", true),
            ("a.0x1g", false), ("127.0.0.1", true), ("10.1.2.3", true), ("192.168.0.1", true),
            ("8.8.8.8", false), ("ops.acme.example", false), ("10.acme.example", false), ("localhost.example", false),
        ])
    func names(host: String, isPrivate: Bool) {
        #expect(PublicAddress.isPrivateByName(host) == isPrivate)
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        let isIPv6 = text.contains(":")
        var address = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        try #require(unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &address) == 1)
        return address
    }
}
