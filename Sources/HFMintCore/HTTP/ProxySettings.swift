/// The routes of requests, decided from the environment alone.
///
/// libcurl would read some of these variables by itself. hfmint always sets the route, so that no hidden `getenv`
/// decides.
package struct ProxySettings: Sendable {
    private let environment: Environment
    private let transport: any HTTPTransport

    package init(_ context: Context) {
        environment = context.environment
        transport = context.transport
    }

    /// In order of precedence: the lower-case name comes first, as in curl.
    private static let names: [Environment.Key] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

    /// The first of the proxy variables that is set, or `nil`.
    package var variable: Environment.Key? { Self.names.first { environment.isSet($0) } }

    /// Returns the route to `origin`; requests to this machine never take a proxy.
    ///
    /// - Throws: ``TransportError/Kind/proxyUnusable`` if the proxy's address cannot be right.
    package func route(to origin: Origin) throws(TransportError) -> Route {
        guard origin.scheme == .https, let variable, !origin.isLoopback, !isExempt(origin) else { return .direct }
        _ = try address(in: variable)
        return .proxy(variable)
    }

    /// Returns the address that `variable` holds.
    package func address(in variable: Environment.Key) throws(TransportError) -> ProxyAddress {
        do throws(Malformed) {
            return try ProxyAddress(environment.secret(variable)?.reveal { $0.bytes } ?? [])
        } catch {
            throw TransportError(.proxyUnusable, "\(variable.name) is no address of a proxy: it \(error.reason)")
        }
    }

    /// Whether `NO_PROXY` exempts `origin`, as the loaded libcurl reads it.
    ///
    /// Versions of libcurl differ: ranges count from 7.86 on, blanks between names until 8.9. Unlike libcurl, hfmint
    /// exempts an IPv6 address in each of its spellings.
    private func isExempt(_ origin: Origin) -> Bool {
        guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
        if let address = origin.address, address.bytes.count == 16, Self.spells(address, in: list) { return true }
        return transport.passesProxyBy(origin, exempting: Self.withoutMalformedRanges(list))
    }

    /// Returns `list` without malformed ranges: before 8.18, libcurl reads `10.0.0.0/x` and `10.0.0.0/` as one address.
    /// <https://github.com/curl/curl/commit/97b0abb46b>
    private static func withoutMalformedRanges(_ list: String) -> String {
        let separators = [ASCII.comma, ASCII.space, ASCII.tab]
        var kept: [UInt8] = []
        var rest = Array(list.utf8)[...]
        while let first = rest.first {
            let entry = rest.prefix { !separators.contains($0) }
            rest = rest.dropFirst(max(1, entry.count))
            let bits = entry.drop { $0 != ASCII.slash }.dropFirst()
            let isWhole =
                !entry.contains(ASCII.slash) || (1...3).contains(bits.count) && bits.allSatisfy(\.isASCIIDigit)
            // A lone slash matches no host.
            kept += entry.isEmpty ? [first] : isWhole ? Array(entry) : [ASCII.slash]
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func spells(_ address: IPAddress, in list: String) -> Bool {
        let entries = list.utf8.split { [ASCII.comma, ASCII.space, ASCII.tab].contains($0) }
        return entries.contains { IPAddress(v6: $0) == address || IPAddress(host: $0) == address }
    }
}
