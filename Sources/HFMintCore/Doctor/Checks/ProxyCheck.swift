extension Check {
    static let proxy = Check(id: "proxy", title: "whether the way to the Hub goes through a proxy") { examination in
        guard let endpoint = examination.endpoint else { return [.skip("the endpoint is not usable")] }
        let environment = examination.context.environment
        switch ProxySettings(environment).route(to: endpoint) {
        case .proxy(let key):
            return [.ok("through the one that \(key.name) names: \(proxyAddress(environment[key] ?? ""))")]
        case .direct, .metadataServer, .unixSocket: return [direct(endpoint, environment)]
        }
    }

    private static func direct(_ endpoint: Origin, _ environment: Environment) -> Finding {
        let names: [Environment.Key] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        if let key = names.first(where: { environment.isSet($0) }) {
            let reason = endpoint.isLoopback ? "\(endpoint.host) is this machine" : "NO_PROXY exempts \(endpoint.host)"
            return .ok("none, although \(key.name) is set: \(reason)")
        }
        let plain: [Environment.Key] = ["http_proxy", "HTTP_PROXY"]
        if let key = plain.first(where: { environment.isSet($0) }), endpoint.scheme == .https {
            return .warn(
                "none: \(key.name) is set, and counts for plain http alone",
                next: "if the way out is that proxy, set HTTPS_PROXY to it")
        }
        return .ok("none")
    }

    /// Host and port of a proxy's URL, without the user name and the password that it may hold.
    private static func proxyAddress(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let separator = Array("://".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: separator) }.map { $0 + 3 } ?? 0
        let afterUser = bytes.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        let address = bytes[max(start, afterUser)...].prefix { $0 != ASCII.slash }
        let isPlain = address.allSatisfy { $0.isASCIILetterOrDigit || ".-:[]".utf8.contains($0) }
        return isPlain && !address.isEmpty ? String(decoding: address, as: UTF8.self) : "not a URL"
    }
}
