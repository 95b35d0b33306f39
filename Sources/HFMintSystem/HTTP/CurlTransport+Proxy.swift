private import CCurl
package import HFMintCore

extension CurlTransport {
    /// Returns whether libcurl would send a request to `origin` directly, because `list` exempts it from the proxy.
    ///
    /// Each version of libcurl reads the list in its own way, so libcurl is asked. It prepares a request and stops
    /// before it connects. No name is looked up, and no packet is sent.
    ///
    /// <https://curl.se/libcurl/c/CURLOPT_NOPROXY.html>
    package func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool {
        guard let library = try? LibCurl.opened.get() else { return false }
        // The ports tell proxy and server apart. The addresses are reserved for documentation (RFC 5737).
        let proxyPort = origin.port == 1 ? 2 : 1
        let resolved = HeaderLines([SharedSecret(Secret(copying: "*:\(origin.port):192.0.2.1\0".utf8))])
        do throws(CurlError) {
            // A new handle, because a handle keeps the addresses of names.
            let handle = try EasyHandle(library)
            try handle.reset(bodyLimit: 0)
            try handle.set(CURLOPT_URL, HTTPURL(origin, "/").description)
            try handle.allow(origin.scheme)
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
