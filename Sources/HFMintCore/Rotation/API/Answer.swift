extension API {
    /// What a server said to a call: its response, and the JSON in it, which is read once.
    ///
    /// Any value in it may be secret.
    struct Answer: ~Copyable {
        let status: Int
        let response: HTTPResponse
        /// `nil` where the body is no JSON.
        private let root: JSONNode?
        /// Whose answer this is, for messages.
        private let name: String

        init(_ response: consuming HTTPResponse, of name: String) {
            // As large as the body was allowed to be.
            root = response.body.reveal { text in try? readJSON(text, limits: .event) }
            status = response.status
            self.response = response
            self.name = name
        }

        var date: Timestamp? { response.date }
    }
}

extension API.Answer {
    /// This answer, if it is JSON.
    consuming func asJSON() throws(StepFailure) -> API.Answer {
        guard root != nil else {
            throw StepFailure(.transient(retryAfterSeconds: nil), "\(name): answered \(status) with no JSON")
        }
        return self
    }

    /// Lends the JSON, and returns what `body` finds in it.
    ///
    /// - Parameter kind: what an answer means that cannot be read; after a call that acts once it is `ambiguous`.
    /// - Throws: where the answer is no JSON, or `body` finds in it what the API does not say (`nil`).
    func reading<Result: ~Copyable>(
        else kind: StepFailure.Kind = .transient(retryAfterSeconds: nil),
        _ body: (JSONNode, Span<UInt8>) throws(StepFailure) -> Result?
    ) throws(StepFailure) -> Result {
        let (root, name) = (root, name)
        return try response.body.reveal { (text) throws(StepFailure) -> Result in
            if let root, let result = try body(root, text) { return result }
            throw StepFailure(kind, "\(name): the answer is not one that it gives")
        }
    }

    /// Lends the JSON; returns nil where there is none.
    func lending<Result: ~Copyable>(_ body: (JSONNode, Span<UInt8>) -> Result?) -> Result? {
        guard let root else { return nil }
        return response.body.reveal { text in body(root, text) }
    }
}

// One value by its path; nil where nothing of its type is there.
extension API.Answer {
    func has(_ path: String...) -> Bool { root?.at(path) != nil }

    /// A string that is not secret.
    func string(_ path: String...) -> String? { lending { root, text in root.at(path)?.text(in: text) } }

    func integer(_ path: String...) -> Int? { lending { root, text in root.at(path)?.integer(in: text) } }

    func bool(_ path: String...) -> Bool? {
        if case .bool(let value) = root?.at(path)?.value { value } else { nil }
    }

    func secret(_ path: String...) -> Secret? { lending { root, text in root.at(path)?.secret(in: text) } }

    /// An object, as the JSON text that it is.
    func object(_ path: String...) -> Secret? {
        lending { root, text in
            guard let node = root.at(path), node.members != nil else { return nil }
            return Secret(copying: text.extracting(node.range))
        }
    }

    func strings(_ path: String...) -> [String]? {
        lending { root, text in root.at(path)?.elements?.compactMap { $0.text(in: text) } }
    }

    /// What `body` makes of each element of a list, without those of which it makes nothing.
    func elements<Element>(_ path: String..., body: (JSONNode, Span<UInt8>) -> Element?) -> [Element]? {
        lending { root, text in root.at(path)?.elements?.compactMap { body($0, text) } }
    }
}

extension JSONNode {
    fileprivate func at(_ path: [String]) -> JSONNode? {
        path.reduce(self) { (node: JSONNode?, name) in node?[name] }
    }

    /// A string that is not secret.
    func text(in span: Span<UInt8>) -> String? { string(in: span).map { String(decoding: $0, as: UTF8.self) } }
}
