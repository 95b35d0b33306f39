extension FrontDoor {
    package static let systemd = FrontDoor(
        name: "systemd", help: "a socket and a service, for two files of systemd 250 or later", listens: false
    ) { SystemdUnits(question: $0).text }
}

/// The units that start hfmint when a web server asks, and keep its socket over a restart.
///
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html>,
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>
private struct SystemdUnits {
    let question: FrontDoorQuestion

    private static let name = "hfmint-serve"
    /// Where systemd puts a credential of the service: systemd.exec(5), `LoadCredential=`.
    private static let credentials = "/run/credentials/\(name).service/"

    var text: String {
        let title = question.title("systemd").map { "# \($0)" }.joined(separator: "\n")
        return """
            \(title)
            # Once: systemctl daemon-reload && systemctl enable --now \(Self.name).socket
            # /etc/systemd/system/\(Self.name).socket
            [Unit]
            Description=Questions of a web server about requests to the Hub

            [Socket]
            ListenStream=\(question.socket)
            SocketMode=0660
            \(group)
            DirectoryMode=0755
            Backlog=4096
            RemoveOnStop=yes

            [Install]
            WantedBy=sockets.target

            # /etc/systemd/system/\(Self.name).service
            [Unit]
            Description=Decide which requests to the Hub may pass
            Requires=\(Self.name).socket
            After=\(Self.name).socket network-online.target
            Wants=network-online.target

            [Service]
            Type=exec
            ExecStart=\(question.programPath) serve run --manifest \(question.manifestPath)
            ExecReload=/bin/kill -HUP $MAINPID
            Restart=on-failure
            RestartSec=1
            TimeoutStopSec=30
            \(secrets)
            # Which ID tokens were traded; an audit log may lie here too.
            StateDirectory=hfmint
            StateDirectoryMode=0700
            UMask=0077

            DynamicUser=yes
            NoNewPrivileges=yes
            CapabilityBoundingSet=
            ProtectSystem=strict
            ProtectHome=yes
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectProc=invisible
            PrivateDevices=yes
            PrivateTmp=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            SystemCallErrorNumber=EPERM

            LimitCORE=0
            LimitNOFILE=8192
            MemoryMax=256M
            MemorySwapMax=0
            TasksMax=64
            """
    }

    private var group: String {
        let group = question.definition.group
        let advice = "# CHANGE: the group of the web server's user; `serve.group` in the manifest says it too.\n"
        return (group == nil ? advice : "") + "SocketGroup=\(group ?? "www-data")"
    }

    /// How each secret comes to a user that owns nothing.
    private var secrets: String {
        let needed = ServeSecrets(of: question.definition)
        let loaded = needed.files.filter { $0.utf8.starts(with: Self.credentials.utf8) }
        let others = needed.files.filter { !$0.utf8.starts(with: Self.credentials.utf8) }
        var lines: [String] = []
        if !loaded.isEmpty {
            lines.append("# CHANGE: where root keeps each; systemd reads them when the service starts.")
            lines += loaded.map { path in
                let name = String(decoding: path.utf8.dropFirst(Self.credentials.utf8.count), as: UTF8.self)
                return "LoadCredential=\(name):/etc/hfmint/credentials/\(name)"
            }
        }
        if !others.isEmpty {
            lines.append("# The service's user must be able to read these; or let systemd hand them over, each so:")
            lines += others.flatMap { path in
                let name = needed.name(of: path)
                return ["#   LoadCredential=\(name):\(path), and in the manifest file:\(Self.credentials)\(name)"]
            }
        }
        if !needed.variables.isEmpty {
            lines.append(
                "# CHANGE: a file of root's with \(needed.variables.joined(separator: ", ")), each as NAME=VALUE.")
            lines.append("EnvironmentFile=/etc/hfmint/serve.env")
        }
        return lines.joined(separator: "\n")
    }
}
