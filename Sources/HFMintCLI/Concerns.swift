internal import HFMintCore

extension [AccessConcern] {
    /// A block of lines for each kind that there is; not yet escaped.
    ///
    /// - Parameter limit: how many of a kind are told.
    func blocks(limit: Int = .max) -> [[String]] {
        AccessConcern.Kind.allCases.map { kind in
            let found = filter { $0.kind == kind }
            guard !found.isEmpty else { return [] }
            let more = found.count > limit ? ["  and \(found.count - limit) more: hfmint manifest explain"] : []
            return ["\(kind.title):"]
                + found.prefix(limit).map { "  \($0.place.file), line \($0.place.line): \($0.label): \($0.reason)" }
                + more
        }
    }
}

extension AccessConcern {
    var json: JSONValue {
        [
            "kind": .string(kind.rawValue), "manifest": .string(place.file), "line": .integer(place.line),
            "place": .string(place.path), "reason": .string(reason),
        ]
    }
}
