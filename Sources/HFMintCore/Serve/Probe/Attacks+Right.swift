/// Returns the requests in canonical form that no ticket allows, or none for an owner that nobody has.
func rightAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (known, absent) = (api(subject.known), api(subject.absent))
    let (stranger, page) = (subject.stranger, "/\(subject.absent.canonical)")
    let commit = """
        {"key":"header","value":{"summary":"hfmint-probe"}}
        {"key":"deletedFile","value":{"path":"hfmint-probe"}}
        """
    let object = "{\"oid\":\"\(String(repeating: "0", count: 64))\",\"size\":1}"
    let batch = "{\"operation\":\"upload\",\"transfers\":[\"basic\"],\"objects\":[\(object)]}"
    let repository = "\"organization\":\"\(stranger)\",\"name\":\"\(stranger)\",\"type\":\"model\""
    let move = "{\"fromRepo\":\"\(stranger)/a\",\"toRepo\":\"\(stranger)/b\",\"type\":\"model\"}"
    let lines = Attack.Body(type: "application/x-ndjson", bytes: Array(commit.utf8))
    let requests: [(name: String, method: String, target: String, body: Attack.Body?)] = [
        ("repository of another owner", "GET", absent, nil),
        ("file of another owner", "GET", "\(page)/resolve/main/config.json", nil),
        ("commit that deletes, to another owner", "POST", "\(absent)/commit/main", lines),
        ("upload to another owner", "POST", "\(page).git/info/lfs/objects/batch", .json(batch)),
        ("push to another owner", "GET", "\(page).git/info/refs?service=git-receive-pack", nil),
        ("token to write for another owner", "GET", "\(absent)/xet-write-token/main", nil),
        ("branch of another owner", "POST", "\(absent)/branch/hfmint-probe", .json("{}")),
        ("settings of another owner", "PUT", "\(absent)/settings", .json("{\"private\":true}")),
        ("secret of a repository", "GET", "\(known)/jwt", nil),
        ("webhooks", "GET", "/api/settings/webhooks", nil),
        ("repository created by its body", "POST", "/api/repos/create", .json("{\(repository),\"private\":true}")),
        ("repository moved by its body", "POST", "/api/repos/move", .json(move)),
        ("repository deleted by its body", "DELETE", "/api/repos/delete", .json("{\(repository)}")),
        ("job of another owner", "POST", "/api/jobs/\(stranger)", .json("{}")),
        ("members of an organization", "GET", "/api/organizations/\(stranger)/members", nil),
        ("list of repositories", "GET", "/api/models?author=\(stranger)&limit=1", nil),
        ("who the credential belongs to", "GET", "/api/whoami-v2", nil),
        ("inference that names its model", "POST", "/v1/chat/completions", .json(chat(stranger))),
        ("inference that names its model twice", "POST", "/v1/chat/completions", .json(disguised(stranger))),
        ("page of settings", "GET", "/settings/tokens", nil),
        ("unknown path", "GET", "/api/hfmint-probe/\(stranger)", nil),
    ]
    return requests.map { request in
        Attack(request.name, .right, request.method, request.target).with { $0.body = request.body }
    }
}

/// Returns the ways around the decision that a server's own features open.
func operationAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (known, absent) = (api(subject.known), api(subject.absent))
    let redirect = ["X-Accel-Redirect", "X-Sendfile", "X-Reproxy-URL"].map { HTTPHeader($0, known) }
    var attacks = [
        Attack("redirect inside the server, from the client", .operation, absent).with {
            $0.headers = redirect
            $0.credential = .none
        },
        Attack("error page", .operation, "\(absent)/tree/main/%").with { $0.credential = .none },
    ]
    // To this machine the numbers are shown.
    if !subject.front.isLoopback {
        attacks.append(Attack("numbers of the service", .operation, "/metrics").with { $0.credential = .none })
    }
    if subject.allowed != nil {
        attacks.append(
            Attack("hfmint's answer shown to the client", .operation, known).with { $0.expectation = .unchanged })
    }
    if subject.hasTicket, subject.allowed != nil, !subject.isOpen {
        attacks.append(
            Attack("answer kept for another caller", .operation, known).with {
                $0.credential = .none
                $0.followsAllowed = true
            })
    }
    return attacks
}

private func chat(_ stranger: String) -> String {
    "{\"model\":\"\(stranger)/\(stranger)\",\"max_tokens\":1,\"messages\":[]}"
}

private func disguised(_ stranger: String) -> String {
    "{\"model\":\"\(stranger)/\(stranger)\",\"\\u006dodel\":\"\(stranger)/other\",\"max_tokens\":1,\"messages\":[]}"
}
