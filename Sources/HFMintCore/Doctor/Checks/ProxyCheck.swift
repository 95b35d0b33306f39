extension Check {
    static let proxy = Check.single(
        id: "proxy", title: "whether the way to the Hub goes through a proxy", isPrerequisite: true
    ) { examination in
        guard let endpoint = examination.endpoint else { return .skip("the endpoint is not usable") }
        let settings = ProxySettings(examination.context)
        do throws(TransportError) {
            switch try settings.route(to: endpoint) {
            case .proxy(let key):
                let address = try settings.address(in: key)
                return .ok("through the one that \(key.name) names: \(address.description)")
            case .direct, .metadataServer, .unixSocket: return direct(endpoint, examination.context.environment)
            }
        } catch {
            let failure = MintError.transport(error, to: endpoint.host, doing: .serviceUnavailable)
            return .fail(failure.message, next: failure.hint ?? "unset it")
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
}
