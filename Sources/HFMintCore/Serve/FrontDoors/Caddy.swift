extension FrontDoor {
    package static let caddy = FrontDoor(name: "caddy", help: "a whole Caddyfile, for Caddy 2.6 or later") { question in
        CaddyConfiguration(question: question).text
    }
}

/// A whole Caddyfile.
///
/// `forward_auth` is not used: it takes every 2xx for a yes, and versions 2.10.0 to 2.11.1 copy headers that the client
/// sent (CVE-2026-30851). What it is short for is written out instead.
/// <https://caddyserver.com/docs/caddyfile/directives/reverse_proxy>,
/// <https://caddyserver.com/docs/caddyfile/directives/forward_auth>
struct CaddyConfiguration {
    let question: FrontDoorQuestion

    private var hosts: [ServeDefinition.Host] { question.definition.hosts }

    var text: String {
        let title = question.title("caddy").map { "# \($0)" }.joined(separator: "\n")
        return (["\(title)\n\(advice)\n\(global)"] + hosts.map(site) + [unknown]).joined(separator: "\n\n")
    }

    /// What Caddy's own modules cannot do.
    ///
    /// `lfs.transfer.enablehrefrewrite` does not help: <https://github.com/git-lfs/git-lfs/issues/5495>.
    private var advice: String {
        guard hosts.contains(where: { $0.kind == .hub }) else { return "#" }
        return """
            #
            # Caddy rewrites no bodies. So git-lfs downloads through it, and cannot upload: the address that verifies an
            # upload leads to the Hub itself, and git-lfs takes it as it is, whatever git's settings. Use `hf upload`.
            # Nor is a credential taken out, should the Hub repeat it there: a job that may write could then read the
            # credential that is sent upstream. Where that must not be, take another web server.
            """
    }

    private var global: String {
        """
        {
        \tadmin off
        \tauto_https \(listening.isPlain ? "off" : "disable_redirects")
        \t# Neither the query nor a header is logged: either may hold a credential.
        \tlog {
        \t\toutput stderr
        \t\tformat filter {
        \t\t\twrap json
        \t\t\tfields {
        \t\t\t\trequest>uri regexp "[?].*" ""
        \t\t\t\trequest>headers delete
        \t\t\t\tresp_headers delete
        \t\t\t}
        \t\t}
        \t}
        \tservers {
        \t\tprotocols h1\(listening.isPlain ? "" : " h2")
        \t\tmax_header_size 64KiB
        \t\ttimeouts {
        \t\t\tread_header 10s
        \t\t\tidle 75s
        \t\t}
        \t}
        }
        """
    }

    // MARK: Sites

    private func site(_ host: ServeDefinition.Host) -> String {
        let routes =
            [Self.stripping] + (question.hasBroker(host) ? [broker(host)] : []) + [decision(host), upstream(host)]
        return """
            # \(host.name): \(host.kind.rawValue)
            \(listening.scheme)://\(host.name):\(listening.port) {
            \(listening.directives)
            \tlog
            \t# In the log, `user_id` is the id by which hfmint's record has the request.
            \tmap {http.request.uuid} {http.auth.user.id} {
            \t\tdefault {http.request.uuid}
            \t}
            \troute {
            \(routes.map { $0.indentedByTabs(2) }.joined(separator: "\n\n"))
            \t}
            \thandle_errors {
            \t\t@away expression {http.error.status_code} >= 500
            \t\theader @away Retry-After 5
            \t\theader @away X-Error-Message "hfmint or the Hub does not answer: try again later"
            \t\theader @away Content-Type application/json
            \t\trespond @away `{"error":"temporarily_unavailable"}` {http.error.status_code}
            \t}
            }
            """
    }

    private var unknown: String {
        """
        # A name that the manifest does not have.
        \(listening.scheme)://:\(listening.port) {
        \(listening.directives)
        \tlog
        \trespond 403
        }
        """
    }

    /// What a client says that somebody behind might believe, also where `_` is taken for `-`.
    private static let stripping: String = {
        let families = ["X-Forwarded-", "X-Hfmint-"]
        let others = ServeDefinition.Host.strippedHeaders.filter { name in
            !families.contains { name.utf8.starts(with: $0.utf8) }
        }
        let names = ["*_*"] + families.map { "\($0)*" } + others + ["Upgrade"]
        return (["# Nobody is told these."] + names.map { "request_header -\($0)" }).joined(separator: "\n")
    }()

    /// The places of the broker and of whoever looks after it, by the target as it came.
    private func broker(_ host: ServeDefinition.Host) -> String {
        """
        @token {
        \tmethod POST
        \tvars {http.request.orig_uri} /oauth/token
        }
        handle @token {
        \trequest_body {
        \t\tmax_size 64KiB
        \t}
        \treverse_proxy unix/\(question.socket) {
        \(asking("token", host).indentedByTabs(2))
        \t}
        }
        \(operators("health", "/healthz", "", host))
        \(operators("ready", "/readyz", "", host))
        \(operators("metrics", "/metrics", "\n\tremote_ip 127.0.0.0/8 ::1", host))
        """
    }

    private func operators(_ route: String, _ path: String, _ who: String, _ host: ServeDefinition.Host) -> String {
        """
        @\(route) {
        \tvars {http.request.orig_uri} \(path)\(who)
        }
        handle @\(route) {
        \treverse_proxy unix/\(question.socket) {
        \t\tmethod HEAD
        \(asking(route, host).indentedByTabs(2))
        \t}
        }
        """
    }

    private func decision(_ host: ServeDefinition.Host) -> String {
        """
        # hfmint decides; by HEAD, because the body is the Hub's. What is no yes goes to the client as it is.
        reverse_proxy unix/\(question.socket) {
        \tmethod HEAD
        \(asking("decide", host).indentedByTabs(1))
        \t@credential {
        \t\tstatus 200
        \t\theader X-Hfmint-Authorization *
        \t}
        \thandle_response @credential {
        \t\trequest_header Authorization {http.reverse_proxy.header.X-Hfmint-Authorization}
        \t}
        \t@anonymous status 200
        \thandle_response @anonymous {
        \t\trequest_header -Authorization
        \t}
        \t@refused status 401 403
        \thandle_response @refused {
        \t\tcopy_response
        \t}
        \thandle_response {
        \t\terror 503
        \t}
        }
        """
    }

    private func asking(_ route: String, _ host: ServeDefinition.Host) -> String {
        """
        transport fastcgi {
        \tenv HFMINT_ROUTE \(route)
        \tenv HFMINT_URI {http.request.orig_uri}
        \tenv HFMINT_METHOD {http.request.orig_method}
        \tenv HFMINT_HOST \(host.name)
        \tenv HFMINT_REQUEST_ID {http.request.uuid}
        \tenv HFMINT_PEER {http.request.remote.host}
        \tdial_timeout 2s
        \tread_timeout 35s
        \twrite_timeout 10s
        }
        header_down -Status
        header_down -X-Hfmint-*
        """
    }

    private func upstream(_ host: ServeDefinition.Host) -> String {
        let address = question.publicAddress(host)
        let tls = host.upstream.scheme == .https ? "\n\t\ttls_server_name \(host.upstream.host)" : ""
        return """
            # The Hub gets the target as it came, and the client what the Hub answers.
            reverse_proxy \(host.upstream) {
            \theader_up Host \(host.upstream.authority)
            \theader_up -X-Forwarded-*
            \theader_down Location "^(?i:https?:)?//(?i:\(host.upstreamExpression))([/?#]|$)" "\(address)$1"
            \theader_down Link "<(?i:https?://\(host.upstreamExpression))([/?#>])" "<\(address)$1"
            \theader_down X-Xet-Refresh-Route "^(?i:https?://\(host.upstreamExpression))([/?#])" "\(address)$1"
            \theader_down -Set-Cookie
            \theader_down -Alt-Svc
            \theader_down -X-Hfmint-*
            \ttransport http {
            \t\tversions 1.1
            \t\tcompression off
            \t\tdial_timeout 10s
            \t\tresponse_header_timeout 300s
            \t\tkeepalive_idle_conns_per_host 64\(tls)
            \t}
            }
            """
    }

    // MARK: Listening

    private var listening: (isPlain: Bool, scheme: String, port: String, directives: String) {
        switch question.listen {
        case .plain(let address):
            let end = address.utf8.lastIndex(of: ASCII.colon) ?? address.endIndex
            let port = String(decoding: address.utf8[end...].dropFirst(), as: UTF8.self)
            return (true, "http", port, "\tbind \(String(decoding: address.utf8[..<end], as: UTF8.self))")
        case .tls:
            let certificate = """
                \t# CHANGE: the certificate and its key; without this line Caddy asks Let's Encrypt for one.
                \ttls /etc/ssl/certs/hfmint.pem /etc/ssl/private/hfmint.key
                """
            return (false, "https", "\(question.definition.origin.port)", certificate)
        }
    }
}

extension String {
    fileprivate func indentedByTabs(_ count: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: "\t", count: count) + $0 }.joined(separator: "\n")
    }
}
