extension Check {
    static let hub = Check.single(
        id: "hub", title: "whether the Hub can be reached and trusted", isPrerequisite: true
    ) { examination in
        guard let endpoint = examination.endpoint else { return .skip("the endpoint is not usable") }
        return switch examination.hub {
        case .notAsked(let reason): .skip(reason)
        case .failed(let error): unreachable(error, endpoint)
        case .answered(let status, _): answered(status, endpoint)
        }
    }

    private static func unreachable(_ error: TransportError, _ endpoint: Origin) -> Finding {
        let advice: String? =
            switch error.kind {
            case .resolve: "check the name, and this machine's DNS; behind a proxy, set HTTPS_PROXY"
            case .connect: "check \(endpoint) and the firewall; behind a proxy, set HTTPS_PROXY"
            case .timeout: "check the firewall, which may drop what it does not allow; behind a proxy, set HTTPS_PROXY"
            case .proxy: "check HTTPS_PROXY, or exempt the host with NO_PROXY=\(endpoint.host)"
            case .tls: "check what stands between here and \(endpoint.host): it does not speak TLS as the Hub does"
            case .interrupted: "check that \(endpoint) is the Hub: what answers there ends the connection"
            case .library, .policy, .forbidden, .proxyRefused, .proxyUnusable, .proxyUntrusted, .untrusted,
                .tlsVersion, .tooLarge, .encoded:
                nil
            }
        let failure = MintError.transport(error, to: endpoint.host, doing: .serviceUnavailable)
        return .fail(failure.message, next: advice ?? failure.hint ?? "see what answers at \(endpoint)")
    }

    private static func answered(_ status: Int, _ endpoint: Origin) -> Finding {
        let facts = [Finding.Fact("status", "\(status)")]
        return switch status {
        case 200..<300: .ok("\(endpoint.host) answered", facts: facts)
        case 500...:
            .warn("\(endpoint.host) answered \(status)", next: "see https://status.huggingface.co", facts: facts)
        default:
            .warn(
                "\(endpoint.host) answered \(status), which the Hub's front page does not",
                next: "check that \(endpoint) is the Hub and not a proxy's page", facts: facts)
        }
    }
}
