/// The IP addresses of the public internet, without those of this machine, private networks and special purposes.
///
/// They follow IANA's registries of special-purpose addresses. An IPv6 address that wraps an IPv4 address counts as
/// that one. <https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
package enum PublicAddress {
    /// Returns whether an address is public.
    ///
    /// - Parameter address: 4 or 16 bytes, in network order.
    package static func contains(_ address: [UInt8]) -> Bool {
        switch address.count {
        case 4: !specialIPv4.contains { $0.contains(address) }
        case 16: containsIPv6(address)
        default: false
        }
    }

    /// Returns whether `host` is not public by its name alone: `localhost`, or any spelling of such an address.
    ///
    /// Any other name must be resolved first.
    package static func isPrivateByName(_ host: String) -> Bool {
        if host == "localhost" { return true }
        if let address = IPAddress(host: host.utf8) { return !contains(address.bytes) }
        // libcurl and resolvers read `127.1`, `0x7f.1` and `2130706433` as addresses.
        let last = host.utf8.split(separator: ASCII.dot).last.map { Array($0) } ?? []
        let digits =
            last.starts(with: "0x".utf8)
            ? last.dropFirst(2).filter { $0.hexDigitValue == nil } : last[...].filter { !$0.isASCIIDigit }
        return digits.isEmpty
    }

    private static func containsIPv6(_ address: [UInt8]) -> Bool {
        // NAT64 and 6to4 carry an IPv4 address, and reach its host.
        if nat64.contains(address) { return contains(Array(address[12...])) }
        if sixToFour.contains(address) { return contains(Array(address[2..<6])) }
        // All other global unicast addresses begin with the bits 001.
        return globalUnicast.contains(address) && !specialIPv6.contains { $0.contains(address) }
    }

    private struct Block {
        let prefix: [UInt8]
        let bits: Int

        init(_ prefix: [UInt8], _ bits: Int) {
            self.prefix = prefix
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
                return address[bit / 8] & mask == wanted & mask
            }
        }
    }

    private static let specialIPv4 = [
        Block([0], 8),  // this network
        Block([10], 8), Block([172, 16], 12), Block([192, 168], 16),  // private
        Block([100, 64], 10),  // carrier-grade NAT
        Block([127], 8),  // loopback
        Block([169, 254], 16),  // link-local, and the metadata servers of clouds
        Block([192, 0, 0], 24), Block([192, 88, 99], 24), Block([198, 18], 15),  // protocols, relays, benchmarks
        Block([192, 0, 2], 24), Block([198, 51, 100], 24), Block([203, 0, 113], 24),  // documentation
        Block([224], 4), Block([240], 4),  // multicast, reserved, broadcast
    ]

    private static let globalUnicast = Block([0x20], 3)
    private static let nat64 = Block([0, 0x64, 0xFF, 0x9B], 96)
    private static let sixToFour = Block([0x20, 0x02], 16)
    private static let specialIPv6 = [
        Block([0x20, 0x01], 23),  // protocols, Teredo among them
        Block([0x20, 0x01, 0x0D, 0xB8], 32), Block([0x3F, 0xFF], 20),  // documentation
    ]
}
