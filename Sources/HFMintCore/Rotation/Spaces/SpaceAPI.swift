/// The one reader and writer of a Space, for the sink of a rotation and for the fleet.
///
/// A secret's value is never sent without the description that stands beside it, and a description never without the
/// value: the Hub would store the empty value, and may drop a description that is left out. The Hub has no
/// compare-and-set, and each write of a setting may restart the Space.
/// <https://huggingface.co/docs/huggingface_hub/guides/manage-spaces>
struct SpaceAPI: Sendable {
    let api: API
    let space: Resource

    /// - Parameter space: of the kind `.space`.
    init(api: API, space: Resource) {
        self.api = api
        self.space = space
    }

    /// The statuses by which the Hub says yes; its client reads no answer but that of a variable.
    private static let done: Set<Int> = [200, 201, 202, 204]

    private func path(_ part: String) -> String {
        "/api/spaces/\(space.namespace)/\(space.name)\(part.isEmpty ? "" : "/")\(part)"
    }
}

extension SpaceAPI {
    func runtime() throws(StepFailure) -> SpaceRuntime {
        let answer = try api.call(.get, path("runtime"), bodyLimit: API.largeBody)
        var runtime = try answer.reading { (root, text) in SpaceRuntime(root, in: text) }
        // Here, though not in a listing, no list of volumes means that there are none.
        if !answer.has("volumes") { runtime.volumes = [] }
        return runtime
    }

    /// Reads the Space's own page, which may say more than a listing does.
    ///
    /// One that this credential may not see is missing. From an earlier name the Hub redirects to the present one; the
    /// credential does not go there.
    /// <https://huggingface.co/docs/hub/repositories-settings#renaming-or-transferring-a-repo>
    func info() throws(StepFailure) -> Found<ListedSpace> {
        let answer = try api.call(
            .get, path(""), accepting: [200, 301, 302, 307, 308, 404], bodyLimit: API.largeBody)
        switch answer.status {
        case 200:
            let found = try answer.reading { (root, text) in ListedSpace(root, in: text) }
            return found.resource == space ? .there(found) : .renamed(found.resource.repositoryName)
        case 404:
            // A proxy has pages of its own. The Hub sends a code, and says why in JSON.
            // <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_http.py>
            let isHubs = answer.vendorCodes.contains("RepoNotFound") || answer.has("error")
            return isHubs ? .missing : .unreadable("answered 404 with a page that is not the Hub's")
        default:
            if let name = present(answer) { return .renamed(name) }
            let there = answer.response.redirectDestination(from: api.base.origin.authority)
            return .unreadable("answered \(answer.status), and is at \(there ?? "a place that cannot be shown")")
        }
    }

    /// Returns the name that a redirect leads to, or nil if it leads to anything but another Space of this server.
    private func present(_ answer: borrowing API.Answer) -> String? {
        guard let location = answer.response.header("location") else { return nil }
        let url = location.utf8.first == ASCII.slash ? HTTPURL("\(api.base.origin)\(location)") : HTTPURL(location)
        guard let url, url.origin == api.base.origin else { return nil }
        let prefix = api.base.below("/api/spaces/").target
        guard url.target.utf8.starts(with: prefix.utf8) else { return nil }
        let names = url.target.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: "?") }
        return Resource(spaceNamed: names)?.repositoryName
    }

    /// Returns what the Hub shows of the secrets, which is never a value.
    ///
    /// The route is new: an older Hub answers 404 for a Space that exists.
    /// <https://github.com/huggingface/huggingface_hub/pull/4182>
    func secrets() throws(StepFailure) -> [SecretState] {
        try members(of: "secrets") { name, node, text in
            SecretState(
                name: name, description: node["description"]?.text(in: text),
                updatedAt: node["updatedAt"]?.text(in: text)?.plain)
        }
    }

    func variables() throws(StepFailure) -> [VariableState] {
        try members(of: "variables") { name, node, text in VariableState(name, node, in: text) }
    }

    private func members<State>(
        of part: String, _ read: (String, JSONNode, Span<UInt8>) -> State?
    ) throws(StepFailure) -> [State] {
        let answer = try api.call(.get, path(part), bodyLimit: API.largeBody)
        return try answer.reading { (root, text) -> [State]? in root.states(in: text, read) }
    }
}

extension SpaceAPI {
    /// Sets a secret, new or old, and its description.
    ///
    /// A failure whose answer is lost is ``StepFailure/Kind/ambiguous``: read the secrets before the write is repeated.
    ///
    /// - Parameters:
    ///   - value: never empty.
    ///   - description: the secret's present description, perhaps with another mark; nil if it has none.
    func setSecret(_ name: String, _ value: borrowing Secret, description: String?) throws(StepFailure) {
        guard value.byteCount > 0 else { throw api.refused("the value is empty") }
        let description = description.flatMap { $0.isEmpty ? nil : "\"description\":\(JSONString.quoted($0))," } ?? ""
        let body: [TextOrToken] = [
            .text("{\"key\":\(JSONString.quoted(name)),\(description)\"value\":\""),
            .secret(SharedSecret(value.jsonEscaped())), .text("\"}"),
        ]
        _ = try write(.post, "secrets", .jsonText(body), effect: .once)
    }

    /// Sets a variable, which anybody can read who sees the Space.
    ///
    /// - Returns: all variables after the write, or nil if the answer does not show them.
    func setVariable(
        _ name: String, _ value: String, description: String?
    ) throws(StepFailure) -> [VariableState]? {
        var body: [JSONValue.Member] = [.init("key", .string(name)), .init("value", .string(value))]
        if let description, !description.isEmpty { body.append(.init("description", .string(description))) }
        let answer = try write(.post, "variables", .json(.object(body)))
        return answer.lending { root, text in root.states(in: text) { VariableState($0, $1, in: $2) } }
    }

    /// Deletes a secret; a proxy may strip the body, so read the secrets afterwards.
    func deleteSecret(_ name: String) throws(StepFailure) {
        try change(.delete, "secrets", ["key": .string(name)])
    }

    /// Deletes a variable, as ``deleteSecret(_:)`` does a secret.
    func deleteVariable(_ name: String) throws(StepFailure) {
        try change(.delete, "variables", ["key": .string(name)])
    }

    /// Requests hardware, which reloads the app and may be billed.
    func setHardware(_ flavor: String) throws(StepFailure) {
        try change(.post, "hardware", ["flavor": .string(flavor)])
    }

    /// Sets when the Space falls asleep; on `cpu-basic` the Hub keeps to 48 hours.
    ///
    /// <https://huggingface.co/docs/hub/spaces-gpus#sleep-time>
    func setSleep(_ sleep: Sleep) throws(StepFailure) {
        let seconds = if case .seconds(let count) = sleep { count } else { -1 }
        try change(.post, "sleeptime", ["seconds": .integer(seconds)])
    }

    /// Sets who sees the Space.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/guides/repository>
    func setVisibility(_ visibility: Visibility) throws(StepFailure) {
        try change(.put, "settings", ["visibility": .string(visibility.rawValue)])
    }

    /// Replaces the whole list of volumes.
    ///
    /// <https://huggingface.co/docs/hub/spaces-storage>
    func setVolumes(_ volumes: [Volume]) throws(StepFailure) {
        guard !volumes.contains(where: \.isMasked) else {
            throw api.refused("a volume's source is hidden from this credential, so the list cannot be sent")
        }
        guard !volumes.isEmpty else { return try change(.delete, "volumes", nil) }
        try change(.put, "volumes", ["volumes": .array(volumes.map(\.json))])
    }

    private func change(_ method: HTTPRequest.Method, _ part: String, _ body: JSONValue?) throws(StepFailure) {
        _ = try write(method, part, body.map { .json($0) } ?? .none)
    }

    /// Makes a call that changes something.
    ///
    /// - Throws: also for a yes with a page, which is a proxy's: nobody knows whether the Hub was asked.
    private func write(
        _ method: HTTPRequest.Method, _ part: String, _ body: API.Body, effect: API.Effect = .repeatable
    ) throws(StepFailure) -> API.Answer {
        let answer = try api.call(
            method, path(part), body: body, effect: effect, accepting: Self.done, bodyLimit: API.largeBody)
        if let no = answer.politeNo { throw api.refused(no) }
        guard answer.isPage else { return answer }
        let words = "\(api.name): answered \(answer.status) with a page that is not the Hub's"
        throw effect == .once ? StepFailure(.ambiguous, words) : .transient(words)
    }
}

extension API.Answer {
    /// A clause about an error that came with the status of a yes, or nil.
    var politeNo: String? {
        string("error") == nil ? nil : "answered \(status), and that there is an error\(codeInBrackets)"
    }

    /// Whether the body is HTML, whatever its type is called.
    fileprivate var isPage: Bool {
        response.body.reveal { text -> Bool in
            for index in text.indices where text[index] > ASCII.space { return text[index] == UInt8(ascii: "<") }
            return false
        }
    }
}

extension VariableState {
    fileprivate init?(_ name: String, _ node: JSONNode, in text: Span<UInt8>) {
        guard let value = node["value"]?.text(in: text) else { return nil }
        self.init(
            name: name, value: value, description: node["description"]?.text(in: text),
            updatedAt: node["updatedAt"]?.text(in: text)?.plain)
    }
}

extension JSONNode {
    /// Reads an object from names to objects; nil if any member cannot be read.
    fileprivate func states<State>(
        in text: Span<UInt8>, _ read: (String, JSONNode, Span<UInt8>) -> State?
    ) -> [State]? {
        guard let members else { return nil }
        var states: [State] = []
        for member in members {
            guard member.node.members != nil,
                let state = read(String(decoding: member.name, as: UTF8.self), member.node, text)
            else { return nil }
            states.append(state)
        }
        return states
    }
}
