extension FrontDoor {
    package static let apache = FrontDoor(
        name: "apache", help: "a whole apache2.conf, for Apache 2.4.59 or later with Debian's modules"
    ) { question in
        ApacheConfiguration(question: question).text
    }
}

/// A whole configuration of Apache's HTTP Server, which asks hfmint as a FastCGI authorizer.
///
/// The document of mod_authnz_fcgi has TCP alone, where whoever reaches the port may ask. But it hands what stands
/// before the last colon to `apr_sockaddr_info_get`, which takes a name that begins with a slash for the path of a
/// Unix socket.
/// <https://httpd.apache.org/docs/2.4/mod/mod_authnz_fcgi.html>,
/// <https://github.com/apache/apr/blob/1.7.x/network_io/unix/sockaddr.c>
struct ApacheConfiguration {
    let question: FrontDoorQuestion

    private var hosts: [ServeDefinition.Host] { question.definition.hosts }

    var text: String {
        let title = question.title("apache").map { "# \($0)" }.joined(separator: "\n")
        let parts = [title + "\n" + surroundings.text, modules, Self.limits, Self.logs, authorizer, stripping, unknown]
        return (parts + hosts.map(site)).joined(separator: "\n\n")
    }

    // MARK: What all hosts have

    /// Nothing else is loaded, so that no other module has a say in what a path means.
    private var modules: String {
        var names = [
            "mpm_event", "authn_core", "authz_core", "authz_user", "authnz_fcgi", "filter", "headers", "lua", "proxy",
            "proxy_fcgi", "proxy_http", "rewrite", "socache_shmcb", "ssl", "substitute", "unique_id",
        ]
        if question.listen != .tls && !hosts.contains(where: { $0.upstream.scheme == .https }) {
            names.removeAll { $0 == "ssl" || $0 == "socache_shmcb" }
        }
        let lines = names.map { "LoadModule \($0)_module \(Self.moduleFolder)/mod_\($0).so" }
        return "# All of them come with Debian's apache2.\n" + lines.joined(separator: "\n")
    }

    private static let moduleFolder = "/usr/lib/apache2/modules"

    private static let limits = """
        ServerLimit 16
        ThreadsPerChild 64
        MaxRequestWorkers 1024
        Timeout 300
        KeepAliveTimeout 75
        MaxKeepAliveRequests 0
        LimitRequestLine 8300
        LimitRequestFieldSize 16384
        # Bodies of any size pass as they come.
        LimitRequestBody 0
        HttpProtocolOptions Strict
        ServerTokens Prod
        ServerSignature Off
        TraceEnable Off
        FileETag None
        # Nothing is served from this machine's files.
        <Directory "/">
            AllowOverride None
            Require all denied
        </Directory>
        """

    /// `%U` is without the query.
    private static let logs = """
        # Neither the query nor a header is logged: either may hold a credential.
        LogFormat "%a %{HFMINT_ACTOR}e %{HFMINT_ROLE}e %{sec}t %{UNIQUE_ID}e %m %v %U %>s %O %D" hfmint
        LogLevel warn
        """

    private var authorizer: String {
        """
        # The one socket at which hfmint answers. A path is not in the documents of mod_authnz_fcgi, and works; its port
        # (1) means nothing.
        AuthnzFcgiDefineProvider authn hfmint fcgi://\(question.socket):1
        """
    }

    private var stripping: String {
        """
        # Takes off what clients may not say to the Hub, and tells them why hfmint refuses. To make the file:
        # hfmint serve config --for apache-lua
        LuaScope thread
        LuaHookFixups \(surroundings.script) strip
        LuaHookCheckUserID \(surroundings.script) refuse late
        """
    }

    private var unknown: String {
        """
        # A name that the manifest does not have: the first host is taken for it.
        <VirtualHost \(listening.address)>
            ServerName hfmint.invalid
        \(listening.directives.indented(by: 4))
            RewriteEngine On
            RewriteOptions AllowAnyURI
            RewriteRule ^ - [F]
        </VirtualHost>
        """
    }

    // MARK: Hosts

    private func site(_ host: ServeDefinition.Host) -> String {
        let parts = [routes(host), upstream(host)] + (host.kind == .hub ? [batch(host)] : [])
        return """
            # \(host.name): \(host.kind.rawValue)
            <VirtualHost \(listening.address)>
                ServerName \(host.name)
            \(listening.directives.indented(by: 4))

            \(parts.joined(separator: "\n\n").indented(by: 4))
            </VirtualHost>
            """
    }

    /// What hfmint is asked with, and who asks it.
    private func routes(_ host: ServeDefinition.Host) -> String {
        """
        # hfmint and the Hub get the target byte by byte as it came: nothing here decodes, merges or cuts it.
        AllowEncodedSlashes NoDecode
        MergeSlashes Off
        RewriteEngine On
        RewriteOptions AllowAnyURI
        RewriteCond %{THE_REQUEST} "^[A-Z]+ (/[^ ]*) HTTP/[0-9.]+$"
        RewriteRule ^ - [E=HFMINT_URI:%1]
        RewriteCond %{ENV:HFMINT_URI} ="" [OR]
        RewriteCond %{HTTP:Connection} "!^(?:[ ,]|keep-alive|close|te|upgrade|http2-settings)*$" [NC]
        RewriteRule ^ - [R=400,L]
        RewriteRule ^ - [E=HFMINT_METHOD:%{REQUEST_METHOD},E=HFMINT_HOST:\(host.name)]
        RewriteRule ^ - [E=HFMINT_REQUEST_ID:%{ENV:UNIQUE_ID},E=HFMINT_PEER:%{REMOTE_ADDR}]
        """ + (question.hasBroker(host) ? "\n\(brokerRoutes)\n" : "\n") + "RewriteRule ^ - [E=HFMINT_ROUTE:decide]"
    }

    private var brokerRoutes: String {
        """
        # What hfmint answers itself, by the target as it came.
        RewriteCond %{THE_REQUEST} "^POST /oauth/token HTTP/"
        RewriteCond %{HTTP:Transfer-Encoding} !=""
        RewriteRule ^ - [R=411,L]
        RewriteCond %{THE_REQUEST} "^POST /oauth/token HTTP/"
        RewriteCond %{HTTP:Content-Length} -gt65536
        RewriteRule ^ - [R=413,L]
        RewriteCond %{THE_REQUEST} "^POST /oauth/token HTTP/"
        RewriteRule ^ \(fastCGI) [P,E=HFMINT_ROUTE:token]
        RewriteCond %{THE_REQUEST} "^(?:GET|HEAD) /healthz HTTP/"
        RewriteRule ^ \(fastCGI) [P,E=HFMINT_ROUTE:health]
        RewriteCond %{THE_REQUEST} "^(?:GET|HEAD) /readyz HTTP/"
        RewriteRule ^ \(fastCGI) [P,E=HFMINT_ROUTE:ready]
        RewriteCond %{THE_REQUEST} "^(?:GET|HEAD) /metrics HTTP/"
        RewriteCond expr "-R '127.0.0.0/8' || -R '::1'"
        RewriteRule ^ \(fastCGI) [P,E=HFMINT_ROUTE:metrics]
        """
    }

    private var fastCGI: String { "\"unix:\(question.socket)|fcgi://hfmint/\"" }

    /// The guard belongs to what it guards: whatever leads there is decided first.
    private func upstream(_ host: ServeDefinition.Host) -> String {
        let address = question.publicAddress(host)
        let tls =
            host.upstream.scheme == .https
            ? """

            # The Hub proves its name.
            SSLProxyEngine On
            SSLProxyProtocol -all +TLSv1.2 +TLSv1.3
            SSLProxyVerify require
            SSLProxyVerifyDepth 4
            SSLProxyCheckPeerName On
            SSLProxyCheckPeerExpire On
            SSLProxyCACertificateFile /etc/ssl/certs/ca-certificates.crt
            """ : ""
        return """
            ProxyPass "/" "\(host.upstream)/" nocanon retry=0 connectiontimeout=10 timeout=300 flushpackets=on
            ProxyAddHeaders Off
            ProxyPreserveHost Off
            # A client that waits before it sends its body is answered here: not each Hub does.
            Proxy100Continue Off\(tls)
            <Proxy "\(host.upstream)/*">
                # hfmint is asked, and only its yes passes. What is no yes goes on to the script, which refuses.
                CGIPassAuth On
                AuthnzFcgiCheckAuthnProvider hfmint Authoritative Off RequireBasicAuth Off \\
                    UserExpr "%{reqenv:HFMINT_ACTOR}" DefaultUser "-"
                Require valid-user

                # The Hub is sent hfmint's credential, and never the client's.
                RequestHeader unset Authorization
                RequestHeader set Authorization "expr=%{reqenv:HFMINT_AUTHORIZATION}" \\
                    "expr=-n reqenv('HFMINT_AUTHORIZATION')"

                # The client is sent what the Hub answers, but for what would lead it past this server.
                Header edit Location "(?i)^(?:https?:)?//\(host.upstreamExpression)(?=[/?#]|$)" "\(address)"
                Header edit X-Xet-Refresh-Route "(?i)^https?://\(host.upstreamExpression)(?=[/?#]|$)" "\(address)"
                Header edit* Link "(?i)<https?://\(host.upstreamExpression)(?=[/?#>])" "<\(address)"
                Header unset Set-Cookie
                Header unset Alt-Svc
                Header unset X-Hfmint-Authorization
            </Proxy>
            """
    }

    /// The place of git-lfs's batch.
    ///
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>
    private func batch(_ host: ServeDefinition.Host) -> String {
        """
        # git-lfs asks the addresses in this answer as they are. A credential in it is not for the client.
        <LocationMatch "/info/lfs/objects/batch$">
            RequestHeader unset Accept-Encoding
            SetOutputFilter SUBSTITUTE
            SubstituteMaxLineLength 16m
            Substitute "s|\\"\(host.upstream)/|\\"\(question.publicAddress(host))/|n"
            Substitute "s|hf_[A-Za-z0-9._~+/=-]{16,}(?=\\")||"
        </LocationMatch>
        """
    }

    // MARK: Listening

    /// A trial keeps its files in the folder that `-d` names; a machine has places for them, and a certificate.
    private var surroundings: (text: String, script: String) {
        switch question.listen {
        case .plain(let address):
            (
                """
                # For a trial on this machine: apache2 -d FOLDER -f FILE -D FOREGROUND, with hfmint.lua in that folder.
                Listen \(address)
                PidFile apache2.pid
                DefaultRuntimeDir .
                ErrorLog error.log
                ServerName localhost
                """, "hfmint.lua"
            )
        case .tls:
            (
                """
                # CHANGE: who runs Apache must be in the group of hfmint's socket.
                User www-data
                Group www-data
                Listen \(question.definition.origin.port)
                PidFile /run/apache2/apache2.pid
                DefaultRuntimeDir /run/apache2
                ErrorLog /var/log/apache2/error.log
                ServerName \(question.definition.origin.host)
                """, "/etc/apache2/hfmint.lua"
            )
        }
    }

    private var listening: (address: String, directives: String) {
        switch question.listen {
        case .plain(let address): (address, "CustomLog access.log hfmint")
        case .tls:
            (
                "*:\(question.definition.origin.port)",
                """
                CustomLog /var/log/apache2/access.log hfmint
                SSLEngine On
                SSLProtocol -all +TLSv1.2 +TLSv1.3
                # CHANGE: the certificate, and its key.
                SSLCertificateFile /etc/ssl/certs/hfmint.pem
                SSLCertificateKeyFile /etc/ssl/private/hfmint.key
                """
            )
        }
    }
}
