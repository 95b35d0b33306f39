internal import HFMintCore

extension [AccessConcern] {
    /// Returns a block of lines, not yet escaped, for each kind of concern.
    ///
    /// - Parameter limit: how many concerns of a kind are listed.
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
