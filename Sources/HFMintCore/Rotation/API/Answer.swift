extension API {
    /// A server's response to a call, with its JSON, which is parsed once.
    ///
    /// Any value in it may be secret.
    struct Answer: ~Copyable {
        let status: Int
        let response: HTTPResponse
        /// Nil if the body is no JSON.
        private let root: JSONNode?
        /// The server's name, for messages.
        private let name: String

        init(_ response: consuming HTTPResponse, of name: String) {
            // These limits are the largest: the call has limited the body already.
            root = response.body.reveal { text in try? readJSON(text, limits: .event) }
            status = response.status
            self.response = response
            self.name = name
        }

        var date: Timestamp? { response.date }
    }
}

extension API.Answer {
    /// Returns this answer if it is JSON, and throws a transient failure otherwise.
    consuming func asJSON() throws(StepFailure) -> API.Answer {
        guard root != nil else { throw .transient("\(name): answered \(status) with no JSON") }
        return self
    }

    /// Lends the JSON to `body`, and returns its result.
    ///
    /// - Parameter kind: the kind of failure for an unreadable answer; `ambiguous` after a call that acts once.
    /// - Throws: a failure of this kind if the answer is no JSON, or `body` returns nil.
    func reading<Result: ~Copyable>(
        else kind: StepFailure.Kind = .transient(retryAfterSeconds: nil),
        _ body: (JSONNode, Span<UInt8>) throws(StepFailure) -> Result?
    ) throws(StepFailure) -> Result {
        if let result = try lending(body) { return result }
        throw StepFailure(kind, "\(name): the answer is not one that it gives")
    }

    /// Lends the JSON to `body`, and returns its result, or nil if there is no JSON.
    func lending<Result: ~Copyable, Failure: Error>(
        _ body: (JSONNode, Span<UInt8>) throws(Failure) -> Result?
    ) throws(Failure) -> Result? {
        guard let root else { return nil }
        return try response.body.reveal { (text) throws(Failure) -> Result? in try body(root, text) }
    }
}

// Each returns the value at a path, or nil if there is none of its type.
extension API.Answer {
    func has(_ path: String...) -> Bool { root?.at(path) != nil }

    /// Returns a string that is not secret.
    func string(_ path: String...) -> String? { lending { root, text in root.at(path)?.text(in: text) } }

    func integer(_ path: String...) -> Int? { lending { root, text in root.at(path)?.integer(in: text) } }

    func bool(_ path: String...) -> Bool? { root?.at(path)?.bool }

    func secret(_ path: String...) -> Secret? { lending { root, text in root.at(path)?.secret(in: text) } }

    /// Returns an object as JSON text.
    func object(_ path: String...) -> Secret? {
        lending { root, text in
            guard let node = root.at(path), node.members != nil else { return nil }
            return Secret(copying: text.extracting(node.range))
        }
    }

    func strings(_ path: String...) -> [String]? {
        lending { root, text in root.at(path)?.elements?.compactMap { $0.text(in: text) } }
    }

    /// Returns the results of `body` for the elements of a list, without nils.
    func elements<Element>(_ path: String..., body: (JSONNode, Span<UInt8>) -> Element?) -> [Element]? {
        lending { root, text in root.at(path)?.elements?.compactMap { body($0, text) } }
    }
}

extension JSONNode {
    fileprivate func at(_ path: [String]) -> JSONNode? {
        path.reduce(self) { (node: JSONNode?, name) in node?[name] }
    }

    /// Returns this string, which is not secret.
    func text(in span: Span<UInt8>) -> String? { string(in: span).map { String(decoding: $0, as: UTF8.self) } }
}
