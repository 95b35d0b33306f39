/// Returns the targets that one program may read as another path than the next one does.
///
/// Each asks for a repository that may be read, if there is one, so that its form alone is wrong.
func pathAttacks(_ subject: ProbeSubject) -> [Attack] {
    let (known, absent) = (subject.known, api(subject.absent))
    let (path, owner, name) = (api(known), known.namespace, known.name)
    let folder = "/api/\(known.kind.rawValue)s"
    let escape = "\(subject.stranger)/\(subject.stranger)"
    let shapes: [(name: String, target: String)] = [
        ("encoded slash in a name", "\(folder)/\(owner)%2F\(name)"),
        ("encoded slash in lower case", "\(folder)/\(owner)%2f\(name)"),
        ("slash encoded twice", "\(folder)/\(owner)%252F\(name)"),
        ("letter encoded twice", "\(path)%2561"),
        ("letter encoded without need", "\(folder)/\(owner)/%6D\(name)"),
        ("two slashes in front", "/\(path)"),
        ("two slashes inside", "/api/\(path.dropFirst(4))"),
        ("slash at the end", "\(path)/"),
        ("dot segment", "/api/.\(path.dropFirst(4))"),
        ("encoded dot segment", "/api/%2E\(path.dropFirst(4))"),
        ("parent segment", "\(path)/../../\(escape)"),
        ("encoded parent segment", "\(path)/%2E%2E/%2E%2E/\(escape)"),
        ("half encoded parent segment", "\(path)/.%2e/%2e./\(escape)"),
        ("parent segment that is encoded twice", "\(path)/%252E%252E/%252E%252E/\(escape)"),
        ("parent segment with an encoded slash", "\(path)/..%2F..%2F\(escape)"),
        ("parent segment with a parameter", "\(path)/..;/..;/\(escape)"),
        ("backslash", "\(folder)/\(owner)\\\(name)"),
        ("encoded backslash", "\(folder)/\(owner)%5C\(name)"),
        ("parent segment with backslashes", "\(path)\\..\\..\\\(escape)"),
        ("path parameter", "\(path);probe=1"),
        ("path parameter inside", "/api;probe=1\(path.dropFirst(4))"),
        ("encoded NUL", "\(path)%00"),
        ("encoded line break", "\(path)%0D%0AX-Probe:%201"),
        ("encoded question mark", "\(path)%3Fprobe=1"),
        ("fragment", "\(path)#probe"),
        ("raw UTF-8", "\(path)\u{E9}"),
        ("encoded UTF-8 in a name", "\(path)%C3%A9"),
        ("overlong UTF-8", "\(path)/%C0%AE%C0%AE/%C0%AE%C0%AE/\(escape)"),
        ("broken percent-encoding", "\(path)%zz"),
        ("cut percent-encoding", "\(path)%4"),
        ("name that ends with a dot", "\(path)."),
        ("first part in upper case", "/API\(path.dropFirst(4))"),
        ("kind in upper case", "/api/\(known.kind.rawValue.asciiUppercased)S/\(owner)/\(name)"),
        ("too many parts", "\(path)/tree/main/" + Array(repeating: "a", count: 200).joined(separator: "/")),
        ("too long a target", "\(path)/tree/main/" + String(repeating: "a", count: 9_000)),
    ]
    let open: [(name: String, target: String)] = [
        ("parent segment out of an open path", "/healthz/..\(absent)"),
        ("encoded parent segment out of an open path", "/healthz/%2E%2E\(absent)"),
        ("parent segment out of the token route", "/oauth/token/../..\(absent)"),
    ]
    return shapes.map { Attack($0.name, .path, $0.target) }
        + open.map { shape in Attack(shape.name, .path, shape.target).with { $0.credential = .none } }
        + [
            Attack("absolute form", .path, "\(subject.front)\(absent)"),
            Attack("absolute form with another host", .path, "http://huggingface.co\(absent)").with {
                $0.credential = .none
                $0.expectation = .notRelayed
            },
        ]
}

/// Returns what git's paths can be bent into.
func gitPathAttacks(_ subject: ProbeSubject) -> [Attack] {
    let page = "/\(subject.known.canonical)"
    let commit = String(repeating: "0", count: 40)
    let absent = subject.absent.canonical
    let shapes: [(name: String, target: String)] = [
        ("two services for git", "\(page).git/info/refs?service=git-upload-pack&service=git-receive-pack"),
        ("service for git in another case", "\(page).git/info/refs?service=Git-Receive-Pack"),
        ("encoded service for git", "\(page).git/info/refs?service=git%2Dreceive-pack"),
        ("no service for git", "\(page).git/info/refs"),
        ("ending for git twice", "\(page).git.git/info/refs?service=git-upload-pack"),
        ("cache of another repository", "/api/resolve-cache/models/\(absent)/\(commit)/config.json"),
    ]
    return shapes.map { Attack($0.name, .path, $0.target) }
}

extension String {
    fileprivate var asciiUppercased: String { String(decoding: utf8.map(\.asciiUppercased), as: UTF8.self) }
}
