extension FrontDoor {
    package static let nginx = FrontDoor(name: "nginx", help: "a whole nginx.conf, for nginx 1.22 or later") {
        NginxConfiguration(question: $0, surroundings: .around($0)).text
    }
}

/// A whole `nginx.conf`.
///
/// <https://nginx.org/en/docs/http/ngx_http_auth_request_module.html>,
/// <https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html>,
/// <https://nginx.org/en/docs/http/ngx_http_proxy_module.html>
struct NginxConfiguration {
    let question: FrontDoorQuestion
    let surroundings: Surroundings

    /// Where files are and where it listens, which differs between a trial, a machine and a container.
    struct Surroundings {
        /// What stands before `events`.
        let main: String
        /// What stands in `http` behind the format of the log.
        let http: String
        /// What stands first in each `server`.
        let server: String
        /// What stands first in the `server` of unknown names.
        let unknownServer: String
        /// The file of the authorities by which the Hub's certificate is judged.
        let authorities: String
    }

    var hosts: [ServeDefinition.Host] { question.definition.hosts }

    var text: String {
        let title = question.title("nginx").map { "# \($0)" }.joined(separator: "\n")
        let http = [Self.limits, surroundings.http, upstreamTrust, Self.decisions, headers, maps] + servers
        return """
            \(title)
            \(surroundings.main)
            worker_processes auto;
            events { worker_connections 4096; }

            http {
            \(http.joined(separator: "\n\n").indented(by: 4))
            }
            """
    }

    // MARK: What all servers have

    private static let limits = """
        # Neither the query nor a header is logged: either may hold a credential. Lines of error_log show the query.
        log_format hfmint '$remote_addr $hfmint_actor $hfmint_role $time_iso8601 $request_id $request_method $host $uri '
                          '$status $hfmint_code $body_bytes_sent $request_time $upstream_status';
        server_tokens off;
        gzip off;
        keepalive_timeout 75s;
        client_header_timeout 10s;
        large_client_header_buffers 4 16k;
        server_names_hash_bucket_size 512;
        map_hash_bucket_size 512;
        proxy_headers_hash_max_size 2048;
        proxy_headers_hash_bucket_size 128;

        # Bodies of any size pass as they come, and no file of this machine holds them.
        client_max_body_size 0;
        client_body_timeout 300s;
        send_timeout 300s;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        proxy_connect_timeout 10s;
        proxy_send_timeout 300s;
        proxy_read_timeout 300s;
        proxy_http_version 1.1;
        proxy_socket_keepalive on;
        """

    private var upstreamTrust: String {
        """
        # The Hub proves its name.
        proxy_ssl_server_name on;
        proxy_ssl_protocols TLSv1.2 TLSv1.3;
        proxy_ssl_verify on;
        proxy_ssl_verify_depth 4;
        proxy_ssl_trusted_certificate \(surroundings.authorities);
        """
    }

    private static let decisions = """
        # hfmint's answer is kept nowhere, and its header is larger than a page.
        fastcgi_buffer_size 32k;
        fastcgi_buffers 4 32k;
        fastcgi_busy_buffers_size 64k;
        fastcgi_max_temp_file_size 0;
        fastcgi_connect_timeout 2s;
        fastcgi_send_timeout 10s;
        fastcgi_read_timeout 35s;
        fastcgi_hide_header X-Hfmint-Authorization;

        # What hfmint says, for the request to the Hub, for the log, and for whoever is refused.
        auth_request_set $hfmint_authorization $upstream_http_x_hfmint_authorization;
        auth_request_set $hfmint_actor $upstream_http_x_hfmint_actor;
        auth_request_set $hfmint_role $upstream_http_x_hfmint_role;
        auth_request_set $hfmint_code $upstream_http_x_error_code;
        auth_request_set $hfmint_message $upstream_http_x_error_message;
        auth_request_set $hfmint_request_id $upstream_http_x_request_id;
        add_header X-Error-Code $hfmint_code always;
        add_header X-Error-Message $hfmint_message always;
        add_header X-Request-Id $hfmint_request_id always;
        """

    private var headers: String {
        let stripped = ServeDefinition.Host.strippedHeaders.map { "proxy_set_header \($0) \"\";" }
        return """
            # The Hub is sent hfmint's credential, and of the client's headers all but these.
            proxy_set_header Host $hfmint_upstream;
            proxy_set_header Connection "";
            proxy_set_header Authorization $hfmint_authorization;
            proxy_set_header Accept-Encoding $hfmint_encoding;
            \(stripped.joined(separator: "\n"))

            # The client is sent what the Hub answers, but for what would lead it past this server.
            add_header Link $hfmint_link always;
            proxy_hide_header Link;
            add_header X-Xet-Refresh-Route $hfmint_refresh always;
            proxy_hide_header X-Xet-Refresh-Route;
            proxy_hide_header Set-Cookie;
            proxy_hide_header Alt-Svc;
            proxy_hide_header X-Hfmint-Authorization;
            proxy_ignore_headers X-Accel-Redirect X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset X-Accel-Expires
                                 Expires Cache-Control Set-Cookie Vary;
            """
    }

    // MARK: What depends on the request

    /// Variables, so that no location needs an `if`.
    private var maps: String {
        let left = hosts.map { "\"~*^\($0.name.expression) .*<https?://\($0.upstreamExpression)[/?#>]\" \"\";" }
        return [
            map("$server_name", "hfmint_upstream", hosts.map { "\"\($0.name)\" \"\($0.upstream.authority)\";" }),
            "# What is rewritten must not come compressed.",
            map("$uri", "hfmint_encoding", ["default $http_accept_encoding;", "\"~\(Self.batch)\" \"\";"]),
            "# The token alone, to take it out of an answer that repeats it.",
            map("$hfmint_authorization", "hfmint_token", ["\"~^Bearer (?<hfmint_bearer>.+)$\" $hfmint_bearer;"]),
            "# A target that is no path is not passed on as it came.",
            map("$request", "hfmint_is_path", ["default 0;", "\"~^[A-Z]+ /[^ ]*( HTTP/[0-9.]+)?$\" 1;"]),
            "# Links to the Hub are made to lead here, three at most; a header with more is left out.",
            linkMap("$upstream_http_link", "hfmint_link_1"),
            linkMap("$hfmint_link_1", "hfmint_link_2"),
            linkMap("$hfmint_link_2", "hfmint_link_3"),
            map("\"$server_name $hfmint_link_3\"", "hfmint_link", ["default $hfmint_link_3;"] + left),
            "# So is the address of a new token for xet.",
            refreshMap,
        ].joined(separator: "\n")
    }

    private func linkMap(_ source: String, _ variable: String) -> String {
        let rows = hosts.map { host in
            "\"~*^\(host.name.expression) (?<\(variable)_a>.*?)<https?://\(host.upstreamExpression)(?<\(variable)_b>[/?#>].*)$\""
                + " \"$\(variable)_a<\(question.publicAddress(host))$\(variable)_b\";"
        }
        return map("\"$server_name \(source)\"", variable, ["default \(source);"] + rows)
    }

    private var refreshMap: String {
        let source = "$upstream_http_x_xet_refresh_route"
        let rows = hosts.map { host in
            "\"~*^\(host.name.expression) https?://\(host.upstreamExpression)(?<hfmint_refresh_rest>[/?#].*)$\""
                + " \"\(question.publicAddress(host))$hfmint_refresh_rest\";"
        }
        return map("\"$server_name \(source)\"", "hfmint_refresh", ["default \(source);"] + rows)
    }

    private func map(_ source: String, _ variable: String, _ rows: [String]) -> String {
        "map \(source) $\(variable) {\n\(rows.joined(separator: "\n").indented(by: 4))\n}"
    }
}
