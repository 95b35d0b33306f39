extension FrontDoor {
    package static let haproxy = FrontDoor(
        name: "haproxy", help: "a whole haproxy.cfg, for HAProxy 2.6 or later with Lua"
    ) { question in
        HAProxyConfiguration(question: question).text
    }
}

/// A whole `haproxy.cfg`.
///
/// HAProxy has no sub-requests, so a script asks hfmint: ``HAProxyConfiguration/script(_:)``.
/// <https://docs.haproxy.org/2.6/configuration.html>
struct HAProxyConfiguration {
    let question: FrontDoorQuestion

    private var hosts: [ServeDefinition.Host] { question.definition.hosts }

    var text: String {
        let title = question.title("haproxy").map { "# \($0)" }.joined(separator: "\n")
        let own = hosts.filter(question.hasBroker).flatMap(own)
        let parts = [title, Self.global(surroundings.global), Self.defaults] + resolvers + [frontend]
        return (parts + hosts.indices.flatMap(backends) + own).joined(separator: "\n\n")
    }

    // MARK: What all have

    /// Half of a buffer is kept free for what is rewritten: the head of a request, and addresses in git-lfs's batch.
    private static func global(_ more: String) -> String {
        """
        global
            # The script asks hfmint. To make it: hfmint serve config --for haproxy-lua
        \(more.indented(by: 4))
            log stderr format raw local0 info
            tune.bufsize 65536
            tune.maxrewrite 32768
            ssl-default-bind-options ssl-min-ver TLSv1.2
            ssl-default-server-options ssl-min-ver TLSv1.2
        """
    }

    /// `%HPO` is a path without its query.
    private static let defaults = """
        defaults
            mode http
            log global
            # Neither the query nor a header is logged: either may hold a credential.
            log-format "%ci %[var(txn.hfmint_actor)] %[var(txn.hfmint_role)] %Ts %ID %HM \
        %[var(txn.hfmint_host)] %HPO %ST %B %Ta"
            unique-id-format %[uuid()]
            # Of what a header may be called, "_" is taken for "-" by some.
            option http-restrict-req-hdr-names delete
            timeout http-request 10s
            timeout http-keep-alive 75s
            timeout connect 10s
            timeout client 300s
            timeout server 300s
        """

    private var resolvers: [String] {
        hosts.contains(where: isLookedUp) ? ["resolvers system\n    parse-resolv-conf"] : []
    }

    private func isLookedUp(_ host: ServeDefinition.Host) -> Bool {
        host.upstream.address == nil && !host.upstream.isLoopback
    }

    // MARK: Routes

    /// Which host a request is for, and whether hfmint itself answers it.
    private var frontend: String {
        let names = hosts.map { host in
            "http-request set-var(txn.hfmint_host) str(\(host.name)) "
                + "if { req.hdr(host),lower,field(1,:) -m str \(host.name) }"
        }
        let rules = hosts.enumerated().flatMap { index, host in
            (question.hasBroker(host) ? brokerRules(host) : [])
                + (host.kind == .hub
                    ? ["use_backend batch_\(index) if { \(of(host)) } { path_end \(Self.batchEnd) }"] : [])
                + ["use_backend host_\(index) if { \(of(host)) }"]
        }
        return """
            frontend front
            \(surroundings.bind.indented(by: 4))
                # A target that is no path. By HTTP/2 every target has the host before its path, which the Hub is
                # not sent unless the scheme is another than these.
                http-request deny deny_status 400 unless { fc_http_major 2 } or { url -m beg / }
                http-request deny deny_status 400 if { fc_http_major 2 } !{ url -m reg -i '^https?://[^/?#@]+/' }
                http-request deny deny_status 400 if { method CONNECT } or { req.hdr_cnt(authorization) gt 1 }
            \(names.joined(separator: "\n").indented(by: 4))
                # A name that the manifest does not have.
                http-request deny deny_status 403 unless { var(txn.hfmint_host) -m found }
            \(rules.joined(separator: "\n").indented(by: 4))
            """
    }

    /// How the paths of git-lfs's batch end.
    ///
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>
    private static let batchEnd = "/info/lfs/objects/batch"

    private func of(_ host: ServeDefinition.Host) -> String { "var(txn.hfmint_host) -m str \(host.name)" }

    /// By the target as it came, with its query.
    private func brokerRules(_ host: ServeDefinition.Host) -> [String] {
        [
            "token if { \(of(host)) } { method POST } { pathq -m str /oauth/token }",
            "health if { \(of(host)) } { method GET HEAD } { pathq -m str /healthz }",
            "ready if { \(of(host)) } { method GET HEAD } { pathq -m str /readyz }",
            "metrics if { \(of(host)) } { method GET HEAD } { pathq -m str /metrics } { src 127.0.0.0/8 ::1 }",
        ].map { "use_backend \($0)" }
    }

    /// What hfmint answers itself, by FastCGI.
    private func own(_ host: ServeDefinition.Host) -> [String] {
        ["token", "health", "ready", "metrics"].map { route in
            let body =
                route == "token"
                ? """

                    # A body of a known length, which hfmint reads whole.
                    http-request return status 411 unless { req.hdr(content-length) -m found }
                    http-request deny deny_status 413 if { req.hdr_val(content-length) gt 65536 }
                """ : ""
            return """
                fcgi-app \(route)
                    docroot /
                    set-param HFMINT_ROUTE \(route)
                    set-param HFMINT_URI %[pathq]
                    set-param HFMINT_METHOD %[method]
                    set-param HFMINT_HOST \(host.name)
                    set-param HFMINT_REQUEST_ID %[unique-id]
                    set-param HFMINT_PEER %[src]
                backend \(route)
                    use-fcgi-app \(route)\(body)
                    server hfmint unix@\(question.socket) proto fcgi
                """
        }
    }

    // MARK: Upstream

    /// How the names of headers begin that are not sent to the Hub, whatever follows.
    private static let strippedFamilies = ["x-forwarded-", "x-hfmint-", "proxy-"]

    /// What is said of the client's own connection, of which HAProxy passes the rest of `Connection` on.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
    private static let hopByHop = ["connection", "keep-alive", "te", "trailer", "upgrade"]

    /// The guard belongs to what it guards: whatever leads there is decided first.
    private func backends(_ index: Int) -> [String] {
        let host = hosts[index]
        let stripped = ServeDefinition.Host.strippedHeaders.map { $0.lowercased() }.filter { name in
            !Self.strippedFamilies.contains { name.utf8.starts(with: $0.utf8) }
        }
        let deletions =
            (stripped + ["authorization"] + Self.hopByHop).map { "http-request del-header \($0)" }
            + Self.strippedFamilies.map { "http-request del-header \($0) -m beg" }
        let address = question.publicAddress(host)
        let behind = host.upstreamExpression
        let link = "http-response replace-header link '(?i)^(.*)<https?://\(behind)([/?#>].*)$' '\\1<\(address)\\2'"
        let backend = """
            # \(host.name): \(host.kind.rawValue)
            backend host_\(index)
                # hfmint decides; nothing passes unless it says yes.
                http-request lua.hfmint \(host.name)
                http-request deny deny_status 503 unless { var(txn.hfmint_says) -m str yes }

                # The Hub is sent hfmint's credential, and of the client's headers all but these.
            \(deletions.joined(separator: "\n").indented(by: 4))
                http-request set-header authorization %[var(txn.hfmint_authorization)] \
            if { var(txn.hfmint_authorization) -m found }
                http-request set-header host \(host.upstream.authority)

                # The client is sent what the Hub answers, but for what would lead it past this server. Of a header
                # Link, three addresses are rewritten; one with more is left out.
                http-response replace-header location '(?i)^(?:https?:)?//\(behind)([/?#].*)?$' '\(address)\\1'
                http-response replace-header x-xet-refresh-route '(?i)^https?://\(behind)([/?#].*)?$' '\(address)\\1'
                \(link)
                \(link)
                \(link)
                http-response del-header link if { res.fhdr(link) -m reg -i '<https?://\(behind)[/?#>]' }
                http-response del-header set-cookie
                http-response del-header alt-svc
                http-response del-header x-hfmint- -m beg
            \(server(host).indented(by: 4))
            """
        guard host.kind == .hub else { return [backend] }
        return [backend, batch(backend, index)]
    }

    /// The same, with a filter.
    private func batch(_ backend: String, _ index: Int) -> String {
        let head = """
            # The place of git-lfs's batch: it asks the addresses in the answer as they are.
            backend batch_\(index)
                filter lua.hfmint-batch
                http-request del-header accept-encoding
            """
        let rest = backend.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
        return ([head[...]] + rest).joined(separator: "\n")
    }

    private func server(_ host: ServeDefinition.Host) -> String {
        let lookup = isLookedUp(host) ? " init-addr libc,none resolvers system" : ""
        guard host.upstream.scheme == .https else { return "server hub \(host.upstreamAuthorityWithPort)\(lookup)" }
        let name = host.upstream.address == nil ? " sni str(\(host.upstream.host))" : ""
        return """
            # The Hub proves its name.
            server hub \(host.upstreamAuthorityWithPort)\(lookup) ssl verify required \
            ca-file /etc/ssl/certs/ca-certificates.crt verifyhost \(host.upstream.host)\(name)
            """
    }

    // MARK: Listening

    private static let tls = "ssl crt /etc/ssl/private/hfmint.pem alpn h2,http/1.1"

    private var surroundings: (global: String, bind: String) {
        switch question.listen {
        case .plain(let address):
            (
                """
                # For a trial on this machine, in the folder of the script: haproxy -db -f FILE
                lua-load-per-thread hfmint.lua
                """, "bind \(address)"
            )
        case .tls:
            (
                """
                lua-load-per-thread /etc/haproxy/hfmint.lua
                # CHANGE: who runs HAProxy must be in the group of hfmint's socket.
                user haproxy
                group haproxy
                """,
                """
                # CHANGE: a file with the certificate and its key.
                bind :\(question.definition.origin.port) \(Self.tls)
                bind :::\(question.definition.origin.port) v6only \(Self.tls)
                """
            )
        }
    }
}
