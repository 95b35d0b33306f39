extension FrontDoor {
    package static let lighttpd = FrontDoor(
        name: "lighttpd", help: "a whole lighttpd.conf, for lighttpd 1.4.69 or later with mod_magnet"
    ) { question in
        LighttpdConfiguration(question: question).text
    }

    package static let lighttpdTunnel = FrontDoor(
        name: "lighttpd-stunnel", help: "stunnel.conf, for the TLS that lighttpd does not speak to the Hub"
    ) { question in
        LighttpdConfiguration(question: question).tunnel
    }
}

/// A whole `lighttpd.conf`, which asks hfmint as a FastCGI authorizer.
///
/// <https://redmine.lighttpd.net/projects/lighttpd/wiki/Mod_fastcgi>,
/// <https://redmine.lighttpd.net/projects/lighttpd/wiki/Mod_proxy>
struct LighttpdConfiguration {
    let question: FrontDoorQuestion

    private var hosts: [ServeDefinition.Host] { question.definition.hosts }

    var text: String {
        let title = question.title("lighttpd").map { "# \($0)" }.joined(separator: "\n")
        return ([title + "\n" + advice, surroundings, Self.limits, Self.target, script] + hosts.indices.map(site))
            .joined(separator: "\n\n")
    }

    private var advice: String {
        let isTunnelled = hosts.contains(where: needsTunnel)
        let tunnel = """

            # lighttpd speaks no TLS to what stands behind it: stunnel does, at sockets that must be this user's alone.
            # To make its file, which the same user runs: hfmint serve config --for lighttpd-stunnel
            """
        return """
            # The script beside it: hfmint serve config --for lighttpd-lua
            # lighttpd tells the Hub its own X-Forwarded-* and X-Host, and asks on a new connection each time. When
            # hfmint was away, it looks again after a second.
            """ + (isTunnelled ? tunnel : "")
    }

    // MARK: What all hosts have

    /// The file server and the index of folders, which are loaded else, are not.
    private static let limits = """
        server.compat-module-load = "disable"
        server.document-root = "/var/empty"
        server.tag = "lighttpd"
        server.feature-flags = ( "server.h2c" => "disable" )
        server.range-requests = "disable"
        server.max-request-field-size = 32768
        server.max-read-idle = 300
        server.max-write-idle = 300
        # Bodies of any size pass as they come.
        server.stream-request-body = 2
        server.stream-response-body = 2
        # What is kept until it is whole, as the answer to git-lfs's batch, may hold a credential: in memory alone.
        server.upload-dirs = ( "/dev/shm" )
        """

    private static let target = """
        # hfmint and the Hub get the target byte by byte as it came: nothing here decodes, merges or cuts it.
        server.http-parseopts = (
            "header-strict" => "enable",
            "host-strict" => "enable",
            "url-normalize" => "disable",
            "url-normalize-unreserved" => "disable",
            "url-normalize-required" => "disable",
            "url-path-2f-decode" => "disable",
            "url-path-dotseg-remove" => "disable",
            "url-query-20-plus" => "disable",
        )
        """

    private var script: String {
        """
        magnet.attract-raw-url-to = ( var.folder + "/hfmint.lua" )
        magnet.attract-response-start-to = ( var.folder + "/hfmint.lua" )
        # Neither the query nor a header is logged: either may hold a credential.
        accesslog.format = "%a %{HFMINT_ACTOR}e %{HFMINT_ROLE}e %{sec}t %{HFMINT_REQUEST_ID}e %m %{HFMINT_HOST}e \
        %{RAW_PATH}e %s %O %D"
        """
    }

    // MARK: Hosts

    /// A host has no other place than these: a name that the manifest does not have leads nowhere.
    private func site(_ index: Int) -> String {
        let host = hosts[index]
        let own = """

                # What hfmint answers itself; the script refuses what is another target than these.
                $HTTP["url"] =~ "^/(oauth/token|healthz|readyz|metrics)$" {
                    fastcgi.server = ( "/" => ((
                        "socket" => "\(question.socket)", "check-local" => "disable", "disable-time" => 0
                    )) )
                    proxy.server = ()
                    server.max-request-size = 64
                }
            """
        let batch = """

                # The place of git-lfs's batch, whose answer the script rewrites when it has the whole of it.
                $HTTP["url"] =~ "\(NginxConfiguration.batch)" {
                    server.stream-response-body = 0
                }
            """
        return """
            # \(host.name): \(host.kind.rawValue)
            $HTTP["host"] =~ "^\(host.name.expression)(:[0-9]+)?$" {
                # hfmint is asked first, and only its yes passes.
                fastcgi.server = ( "/" => ((
                    "socket" => "\(question.socket)", "mode" => "authorizer",
                    "check-local" => "disable", "disable-time" => 0
                )) )
                proxy.server = ( "/" => (( \(place(index)), "disable-time" => 0 )) )\
            \(host.kind == .hub ? batch : "")\(question.hasBroker(host) ? own : "")
            }
            """
    }

    private func place(_ index: Int) -> String {
        let host = hosts[index]
        guard !needsTunnel(host) else { return "\"socket\" => \"\(listening.sockets)\(socketName(index))\"" }
        return "\"host\" => \"\(host.upstream.host)\", \"port\" => \(host.upstream.port)"
    }

    // MARK: The tunnel

    private func needsTunnel(_ host: ServeDefinition.Host) -> Bool { host.upstream.scheme == .https }

    private func socketName(_ index: Int) -> String { "hfmint-host-\(index).sock" }

    /// A whole configuration of stunnel, with a service for each host.
    ///
    /// <https://www.stunnel.org/static/stunnel.html>
    var tunnel: String {
        let title = question.title("lighttpd-stunnel").map { "; \($0)" }.joined(separator: "\n")
        let services = hosts.indices.filter { needsTunnel(hosts[$0]) }.map { index in
            let host = hosts[index].upstream
            return """
                [\(hosts[index].name)]
                client = yes
                accept = \(listening.sockets)\(socketName(index))
                connect = \(host.host):\(host.port)
                delay = yes
                sni = \(host.host)
                verifyChain = yes
                \(host.address == nil ? "checkHost" : "checkIP") = \(host.host)
                CAfile = /etc/ssl/certs/ca-certificates.crt
                sslVersionMin = TLSv1.2
                TIMEOUTconnect = 10
                TIMEOUTidle = 300
                TIMEOUTclose = 10
                """
        }
        let global = """
            ; \(listening.tunnelAdvice)
            foreground = yes
            pid =
            syslog = no
            debug = warning
            """
        return ([title + "\n" + global] + services).joined(separator: "\n\n")
    }

    // MARK: Listening

    private var surroundings: String {
        let modules = ["mod_magnet", "mod_fastcgi", "mod_proxy", "mod_accesslog"] + listening.modules
        return "server.modules = ( \(modules.map { "\"\($0)\"" }.joined(separator: ", ")) )\n\(listening.directives)"
    }

    private var listening: (modules: [String], directives: String, sockets: String, tunnelAdvice: String) {
        switch question.listen {
        case .plain(let address):
            let end = address.utf8.lastIndex(of: ASCII.colon) ?? address.endIndex
            let port = String(decoding: address.utf8[end...].dropFirst(), as: UTF8.self)
            // stunnel takes a path for one only if it is absolute.
            let folder = question.socket.utf8.lastIndex(of: ASCII.slash).map { question.socket[...$0] } ?? "/"
            return (
                [],
                """
                # For a trial on this machine, where the script is: lighttpd -D -f FILE
                var.folder = var.CWD
                server.bind = "\(String(decoding: address.utf8[..<end], as: UTF8.self))"
                server.port = \(port)
                server.errorlog = var.folder + "/error.log"
                accesslog.filename = var.folder + "/access.log"
                """, String(folder), "For a trial on this machine: stunnel4 FILE"
            )
        case .tls:
            let port = question.definition.origin.port
            return (
                ["mod_openssl"],
                """
                var.folder = "/etc/lighttpd"
                # CHANGE: who runs lighttpd must be in the group of hfmint's socket.
                server.username = "www-data"
                server.groupname = "www-data"
                server.port = \(port)
                server.pid-file = "/run/lighttpd.pid"
                server.errorlog = "/var/log/lighttpd/error.log"
                accesslog.filename = "/var/log/lighttpd/access.log"
                # CHANGE: the certificate, and its key.
                ssl.engine = "enable"
                ssl.pemfile = "/etc/ssl/certs/hfmint.pem"
                ssl.privkey = "/etc/ssl/private/hfmint.key"
                ssl.openssl.ssl-conf-cmd = ( "MinProtocol" => "TLSv1.2" )
                $SERVER["socket"] == "[::]:\(port)" {
                    ssl.engine = "enable"
                }
                """, "/run/lighttpd/", "The user who runs it must be lighttpd's: www-data."
            )
        }
    }
}
