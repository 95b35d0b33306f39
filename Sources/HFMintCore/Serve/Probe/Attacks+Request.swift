/// Returns the methods that a checker and the Hub may read differently.
func methodAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (known, absent) = (api(subject.known), api(subject.absent))
    let methods = [
        ("method in lower case", "get"), ("invented method", "HFMINT"), ("method TRACE", "TRACE"),
        ("method OPTIONS", "OPTIONS"), ("method PROPFIND", "PROPFIND"),
    ]
    let overrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"].map { HTTPHeader($0, "HFMINT") }
    return methods.map { Attack($0.0, .method, $0.1, known) }
        + [
            Attack("method HEAD without a credential", .method, "HEAD", absent).with { $0.credential = .none },
            Attack("method CONNECT", .method, "CONNECT", "huggingface.co:443").with {
                $0.credential = .none
                $0.expectation = .notRelayed
            },
            Attack("another method in a header", .method, absent).with { $0.headers = overrides },
        ]
        + unchanged(subject, [("another method in a header, where one may read", overrides)], .method)
}

/// Returns the headers by which a client could speak in the name of the web server.
func headerAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (known, absent) = (api(subject.known), api(subject.absent))
    let token = "Bearer \(ForgedTokens.hubToken)"
    let host = subject.front.authority
    let refused: [(name: String, headers: [HTTPHeader])] = [
        ("path in X-Forwarded-Uri", forwarding.map { HTTPHeader($0, known) }),
        ("path in a header with an underscore", ["X_Forwarded_Uri", "X_Original_Uri"].map { HTTPHeader($0, known) }),
        (
            "method in X-Forwarded-Method",
            [HTTPHeader("X-Forwarded-Method", "GET"), HTTPHeader("X-Forwarded-Uri", "/")]
        ),
        ("host in X-Forwarded-Host", [HTTPHeader("X-Forwarded-Host", host), HTTPHeader("Forwarded", "host=\(host)")]),
        ("address of this machine in X-Forwarded-For", addresses.map { HTTPHeader($0, "127.0.0.1") }),
        ("hfmint's answer from the client", [HTTPHeader("X-Hfmint-Authorization", token)] + verdict),
        ("hfmint's answer with underscores", [HTTPHeader("X_Hfmint_Authorization", token)]),
        ("hfmint's parameters from the client", parameters(known)),
        ("Connection names Authorization", [HTTPHeader("Connection", "close, Authorization, X-Hfmint-Authorization")]),
        ("credential in a cookie", [HTTPHeader("Cookie", "token=\(ForgedTokens.hubToken)")]),
        ("upgrade to HTTP/2", upgrade("h2c") + [HTTPHeader("HTTP2-Settings", "AAMAAABkAAQAAP__")]),
        ("upgrade to WebSocket", upgrade("websocket") + [HTTPHeader("Sec-WebSocket-Version", "13")]),
        ("header of sixty thousand bytes", [HTTPHeader("X-Probe", String(repeating: "a", count: 60_000))]),
    ]
    return refused.map { shape in
        Attack(shape.name, .header, absent).with {
            $0.headers = shape.headers
            $0.credential = .none
        }
    }
        + [
            Attack("body in pieces", .header, absent).with {
                $0.headers = [HTTPHeader("Transfer-Encoding", "chunked")]
                $0.body = .json("{}")
                $0.credential = .none
            },
            Attack("another host", .header, absent).with {
                $0.headers = [HTTPHeader("Host", "huggingface.co")]
                $0.credential = .none
                $0.expectation = .notRelayed
            },
        ]
        + unchanged(
            subject,
            [
                ("hfmint's answer from the client, where one may read", [HTTPHeader("X-Hfmint-Authorization", token)]),
                ("hfmint's answer with underscores, where one may read", [HTTPHeader("X_Hfmint_Authorization", token)]),
                (
                    "Connection names Authorization, where one may read",
                    [HTTPHeader("Connection", "close, Authorization, X-Hfmint-Authorization")]
                ),
                ("another path in a header, where one may read", forwarding.map { HTTPHeader($0, absent) }),
            ], .header)
}

/// Returns the attacks whose headers must not change the answer, if there is a repository to read.
private func unchanged(
    _ subject: ProbeSubject, _ shapes: [(name: String, headers: [HTTPHeader])], _ family: Attack.Family
) -> [Attack] {
    guard let allowed = subject.allowed else { return [] }
    return shapes.map { shape in
        Attack(shape.name, family, api(allowed)).with {
            $0.headers = shape.headers
            $0.expectation = .unchanged
        }
    }
}

/// The headers in which proxies hand on a path: <https://doc.traefik.io/traefik/middlewares/http/forwardauth/>.
private let forwarding = ["X-Forwarded-Uri", "X-Original-URI", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path"]

private let addresses = ["X-Forwarded-For", "X-Real-IP", "Client-IP"]

private let verdict = [HTTPHeader("X-Hfmint-Role", "admin"), HTTPHeader("X-Hfmint-Actor", "hfmint-probe")]

private func parameters(_ target: String) -> [HTTPHeader] {
    [("Route", "health"), ("Uri", target), ("Method", "GET")].flatMap { name, value in
        ["Hfmint-\(name)", "Hfmint_\(name)", "X-Hfmint-\(name)"].map { HTTPHeader($0, value) }
    }
}

private func upgrade(_ protocolName: String) -> [HTTPHeader] {
    [HTTPHeader("Connection", "Upgrade, HTTP2-Settings"), HTTPHeader("Upgrade", protocolName)]
}
