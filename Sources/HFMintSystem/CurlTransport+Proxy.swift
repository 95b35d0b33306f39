private import CCurl
package import HFMintCore

extension CurlTransport {
    /// Asks libcurl itself, which reads such a list otherwise in each of its versions.
    ///
    /// A request to `origin` is rehearsed up to the moment at which it would connect: no name is looked up, and no
    /// packet is sent.
    ///
    /// <https://curl.se/libcurl/c/CURLOPT_NOPROXY.html>
    package func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool {
        guard LibCurl.shared.missing == nil else { return false }
        // Told apart by their ports; the addresses are for documentation alone (RFC 5737).
        let proxyPort = origin.port == 1 ? 2 : 1
        let resolved = HeaderLines([SharedSecret(Secret(copying: "*:\(origin.port):192.0.2.1\0".utf8))])
        do throws(CurlError) {
            // A handle of its own, as it keeps what a name was resolved to.
            let handle = try EasyHandle()
            try handle.reset(bodyLimit: 0)
            try handle.set(CURLOPT_URL, HTTPURL(origin, "/").description)
            try handle.set(CURLOPT_PROTOCOLS_STR, origin.scheme.rawValue)
            try handle.set(CURLOPT_PROXY, "http://192.0.2.2:\(proxyPort)")
            try handle.set(CURLOPT_NOPROXY, list)
            try handle.set(CURLOPT_RESOLVE, resolved)
            try handle.set(CURLOPT_TIMEOUT_MS, 1_000)
            let port = try handle.rehearse()
            return withExtendedLifetime(resolved) { port == origin.port }
        } catch {
            return false
        }
    }
}
