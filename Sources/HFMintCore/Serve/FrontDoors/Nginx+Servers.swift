extension NginxConfiguration {
    /// An expression of the paths of git-lfs's batch, whose answer names addresses of the Hub.
    ///
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>
    static let batch = "/info/lfs/objects/batch$"

    /// Each host's servers behind and before, and the server for every other name.
    var servers: [String] {
        let own = hosts.enumerated().flatMap { index, host in
            [upstream("hfmint_upstream_\(index)", host), server(host, "hfmint_upstream_\(index)")]
        }
        let unknown = """
            # A name that the manifest does not have.
            server {
            \(surroundings.unknownServer.indented(by: 4))
                server_name _;
                return 403;
            }
            """
        return own + [unknown]
    }

    private func upstream(_ group: String, _ host: ServeDefinition.Host) -> String {
        let isName = host.upstream.address == nil && !host.upstream.isLoopback
        let advice = isName ? "# Its addresses are looked up when nginx starts or reloads: reload it once a day.\n" : ""
        return """
            \(advice)upstream \(group) {
                server \(host.upstreamAuthorityWithPort);
                keepalive 64;
            }
            """
    }

    /// A server, in which every location is guarded unless it says otherwise.
    private func server(_ host: ServeDefinition.Host, _ group: String) -> String {
        let place = "\(host.upstream.scheme.rawValue)://\(group)"
        let redirects = "~*^(?:https?:)?//\(host.upstreamExpression)([/?#].*)?$"
        let locations =
            [pass(place)] + (host.kind == .hub ? [batch(place, host)] : [])
            + (question.hasBroker(host) ? broker(host) : []) + [decide(host)]
        return """
            server {
            \(surroundings.server.indented(by: 4))
                server_name "\(host.name)";
                if ($hfmint_is_path = 0) { return 403; }
                auth_request /.hfmint/decide;
                proxy_ssl_name "\(host.upstream.host)";
                proxy_redirect "\(redirects)" "\(question.publicAddress(host))$1";

            \(locations.joined(separator: "\n\n").indented(by: 4))
            }
            """
    }

    private func pass(_ place: String) -> String {
        """
        # hfmint and the Hub get the target byte by byte as it came: nothing here rewrites it.
        location / {
            error_page 500 = @silent;
            proxy_pass \(place);
        }
        """
    }

    private func batch(_ place: String, _ host: ServeDefinition.Host) -> String {
        """
        # git-lfs asks the addresses in this answer as they are.
        location ~ \(Self.batch) {
            error_page 500 = @silent;
            proxy_pass \(place);
            sub_filter_types application/vnd.git-lfs+json application/json;
            sub_filter_once off;
            sub_filter '"\(host.upstream)/' '"\(question.publicAddress(host))/';
            sub_filter $hfmint_token "";
        }
        """
    }

    /// The locations of the broker and of whoever looks after it, which hfmint answers itself.
    private func broker(_ host: ServeDefinition.Host) -> [String] {
        [
            """
            location = /oauth/token {
                if ($request_method != POST) { return 405; }
                if ($request_uri != /oauth/token) { return 403; }
                auth_request off;
                error_page 502 504 = @silent;
                client_max_body_size 64k;
                client_body_buffer_size 64k;
                fastcgi_pass unix:\(question.socket);
                fastcgi_param CONTENT_TYPE $content_type;
                fastcgi_param CONTENT_LENGTH $content_length;
            \(parameters("token", host).indented(by: 4))
            }
            """,
            own("/healthz", "health", host),
            own("/readyz", "ready", host),
            own("/metrics", "metrics", host, "\n    allow 127.0.0.1;\n    allow ::1;\n    deny all;"),
        ]
    }

    private func own(
        _ path: String, _ route: String, _ host: ServeDefinition.Host, _ access: String = ""
    ) -> String {
        """
        location = \(path) {
            if ($request_uri != \(path)) { return 403; }
            auth_request off;
            error_page 502 504 = @silent;\(access)
        \(question(route, host).indented(by: 4))
        }
        """
    }

    private func decide(_ host: ServeDefinition.Host) -> String {
        """
        location = /.hfmint/decide {
            internal;
        \(question("decide", host).indented(by: 4))
        }

        # hfmint does not answer: nothing passes.
        location @silent {
            auth_request off;
            default_type application/json;
            add_header Retry-After 5 always;
            add_header X-Error-Code decision-unavailable always;
            add_header X-Error-Message "hfmint does not answer: try again later" always;
            return 503 '{"error":"temporarily_unavailable","error_description":"hfmint does not answer"}';
        }
        """
    }

    private func question(_ route: String, _ host: ServeDefinition.Host) -> String {
        """
        fastcgi_pass unix:\(question.socket);
        fastcgi_pass_request_body off;
        fastcgi_param CONTENT_LENGTH "";
        \(parameters(route, host))
        """
    }

    private func parameters(_ route: String, _ host: ServeDefinition.Host) -> String {
        """
        fastcgi_param HFMINT_ROUTE \(route);
        fastcgi_param HFMINT_URI $request_uri;
        fastcgi_param HFMINT_METHOD $request_method;
        fastcgi_param HFMINT_HOST "\(host.name)";
        fastcgi_param HFMINT_REQUEST_ID $request_id;
        fastcgi_param HFMINT_PEER $remote_addr;
        """
    }
}

extension NginxConfiguration.Surroundings {
    /// A trial keeps its files below `nginx -p`; a machine has places for them, and a certificate.
    static func around(_ question: FrontDoorQuestion) -> Self {
        switch question.listen {
        case .plain(let address):
            Self(
                main: "# For a trial on this machine: nginx -p FOLDER -c FILE\npid nginx.pid;\nerror_log stderr;",
                http: """
                    access_log access.log hfmint;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    """,
                server: "listen \(address);", unknownServer: "listen \(address) default_server;",
                authorities: usualAuthorities)
        case .tls:
            tls(
                question,
                main: "# CHANGE: who runs nginx must be in the group of hfmint's socket.\n# user www-data;\n"
                    + "error_log stderr; # or: error_log /var/log/nginx/error.log;",
                http: "access_log /var/log/nginx/access.log hfmint;", certificate: "/etc/ssl/certs/hfmint.pem",
                key: "/etc/ssl/private/hfmint.key", port: question.definition.origin.port)
        }
    }

    static func tls(
        _ question: FrontDoorQuestion, main: String, http: String, certificate: String, key: String, port: Int
    ) -> Self {
        let names = question.definition.hosts.map(\.name).joined(separator: ", ")
        return Self(
            main: main,
            http: """
                \(http)

                # CHANGE: the certificate of \(names), and its key.
                ssl_certificate \(certificate);
                ssl_certificate_key \(key);
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_session_cache shared:hfmint:10m;
                ssl_session_tickets off;
                """,
            server: "listen \(port) ssl;\nlisten [::]:\(port) ssl;",
            unknownServer: "listen \(port) ssl default_server;\nlisten [::]:\(port) ssl default_server;",
            authorities: usualAuthorities)
    }

    /// Where Debian, Ubuntu and Alpine keep them; Red Hat has a link of this name too.
    private static let usualAuthorities = "/etc/ssl/certs/ca-certificates.crt"
}
