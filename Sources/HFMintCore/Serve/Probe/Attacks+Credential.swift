/// Returns the credentials that nobody may be let in by.
func credentialAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (closed, absent) = (api(subject.closed), api(subject.absent))
    let tokens = subject.tokens
    let nonsense: [(name: String, value: String)] = [
        ("bearer without a token", "Bearer"),
        ("unsigned ID token", "Bearer \(tokens.token([member("alg", "none")], signature: ""))"),
        ("ID token with a wrong signature", "Bearer \(tokens.token())"),
        ("Hub token in place of a ticket", "Bearer \(ForgedTokens.hubToken)"),
        ("forged ticket", "Bearer \(tokens.ticket)"),
        ("forged ticket as a password", "Basic \(basic("hfmint", tokens.ticket))"),
        ("Hub token as a password", "Basic \(basic("hfmint", ForgedTokens.hubToken))"),
        ("Basic that is not base64", "Basic %%%"),
        ("unknown scheme", "Hfmint \(tokens.ticket)"),
    ]
    let altered: [(name: String, alteration: Attack.Alteration)] = [
        ("ticket with its last byte changed", .lastByteChanged),
        ("ticket with its last bytes cut", .lastBytesCut),
        ("ticket without its signature", .signatureCut),
    ]
    let bent: [(name: String, alteration: Attack.Alteration)] = [
        ("ticket as a user name", .asBasicUser),
        ("ticket behind another Authorization header", .after("Bearer \(ForgedTokens.hubToken)")),
    ]
    let ofTicket = subject.hasTicket ? altered.map { ($0.name, $0.alteration, closed) } : []
    let ofTicketElsewhere = subject.hasTicket ? bent.map { ($0.name, $0.alteration, absent) } : []
    return [.nobody(subject)]
        + nonsense.map { shape in
            Attack(shape.name, .credential, closed).with { $0.credential = .nonsense(shape.value) }
        }
        + (ofTicket + ofTicketElsewhere).map { name, alteration, target in
            Attack(name, .credential, target).with { $0.credential = .ticket(alteration) }
        }
}

/// Returns the trades at the token route that must give no ticket.
///
/// <https://www.rfc-editor.org/rfc/rfc8693#section-2.1>, <https://www.rfc-editor.org/rfc/rfc8725>
func tokenAttacks(_ subject: ProbeSubject) -> [Attack] {
    let tokens = subject.tokens
    let key: JSONValue = ["kty": "oct", "k": "aGZtaW50"]
    let elsewhere: JSONValue = "https://hfmint-probe.invalid/keys"
    let (algorithm, now) = (member("alg", "RS256"), tokens.now.secondsSince1970)
    let traded: [(name: String, token: String)] = [
        ("unsigned ID token traded", tokens.token([member("alg", "none")], signature: "")),
        ("ID token traded that is signed with a public key", tokens.token([member("alg", "HS256")])),
        ("ID token traded that brings its key", tokens.token([algorithm, member("jwk", key)])),
        ("ID token traded that names its keys", tokens.token([algorithm, member("jku", elsewhere)])),
        ("ID token traded that names its certificate", tokens.token([algorithm, member("x5u", elsewhere)])),
        ("ID token traded with a wrong signature", tokens.token()),
        ("ID token traded with a claim twice", tokens.token(adding: [member("sub", "hfmint-probe-2")])),
        (
            "ID token traded for several audiences",
            tokens.token(changing: [member("aud", .strings([tokens.audience, "https://huggingface.co"]))])
        ),
        ("ID token traded after its end", tokens.token(changing: [member("exp", .integer(now - 3_600))])),
        ("ID token traded before its beginning", tokens.token(changing: [member("nbf", .integer(now + 3_600))])),
        ("ID token traded of an issuer with a slash", tokens.token(changing: [issuer("\(tokens.issuer)/")])),
        ("ID token traded of an issuer with a user", tokens.token(changing: [issuer(withUser(tokens.issuer))])),
        ("Hub token traded", ForgedTokens.hubToken),
        ("forged ticket traded", tokens.ticket),
    ]
    return traded.map { trade($0.name, .form(fields($0.token))) } + bodies(fields(tokens.token()))
}

private func bodies(_ fields: [(String, String)]) -> [Attack] {
    let members = fields.map { "\(JSONString.quoted($0.0)):\(JSONString.quoted($0.1))" }
    let json = "{\(members.joined(separator: ","))}"
    return [
        trade("trade with a parameter twice", .form(fields + fields.suffix(1))),
        trade("trade with a member twice", .json("{\((members + members.suffix(1)).joined(separator: ","))}")),
        trade(
            "trade with a member twice in disguise", .json("{\(members.joined(separator: ",")),\"\\u0073cope\":\"\"}")),
        trade("trade inside another object", .json("{\"trade\":\(json)}")),
        trade("trade of another type", Attack.Body(type: "text/plain", bytes: Array(json.utf8))),
        // Two bytes of gzip and nothing behind them: <https://www.rfc-editor.org/rfc/rfc1952#section-2.3>
        trade("compressed trade", Attack.Body(type: "application/json", bytes: [0x1F, 0x8B, 0x08, 0x00])).with {
            $0.headers = [HTTPHeader("Content-Encoding", "gzip")]
        },
        trade("trade in pieces", .json(json)).with { $0.headers = [HTTPHeader("Transfer-Encoding", "chunked")] },
        trade(
            "trade of a hundred thousand bytes", .form(fields + [("padding", String(repeating: "a", count: 100_000))])),
        Attack("trade without a body", .token, "GET", "/oauth/token").with { $0.credential = .none },
    ]
}

private func trade(_ name: String, _ body: Attack.Body) -> Attack {
    Attack(name, .token, "POST", "/oauth/token").with {
        $0.body = body
        $0.credential = .none
    }
}

private func fields(_ token: String) -> [(String, String)] {
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), ("subject_token", token),
        ("scope", "admin"),
    ]
}

private func member(_ name: String, _ value: JSONValue) -> JSONValue.Member { JSONValue.Member(name, value) }

private func issuer(_ text: String) -> JSONValue.Member { member("iss", .string(text)) }

private func withUser(_ issuer: String) -> String { issuer.after("https://").map { "https://probe@\($0)" } ?? issuer }

private func basic(_ user: String, _ password: String) -> String {
    Secret(copying: "\(user):\(password)".utf8).base64Encoded().reveal { $0.text }
}
