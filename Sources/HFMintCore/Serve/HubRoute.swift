/// What a request asks of the Hub: a resource, and the right to it.
///
/// The path and the method alone decide it; `HubRoute+Table.swift` lists which. A path that the table does not know is
/// refused, and so is one that could be read in two ways.
package struct HubRoute: Equatable, Sendable {
    /// Nil for an address that the Hub has signed for whoever was allowed to ask for it: it needs no credential, and
    /// gets none.
    package let resource: Resource?
    /// The right that the request needs.
    ///
    /// Where only the body says it, these are several, the strongest first: the first that is granted counts, and what
    /// is sent upstream opens no more than that.
    package let rights: [Access]

    /// The kinds of server that stand behind a front door.
    package enum Host: String, CaseIterable, Sendable {
        /// <https://huggingface.co>
        case hub
        /// <https://router.huggingface.co>
        case router
        /// An Inference Endpoint.
        case endpoint
    }

    /// Why no right can be named for a request.
    package struct Refusal: Error, Equatable, Sendable {
        package let code: RequestDecision.Code
        /// A clause that follows "the request".
        package let clause: String

        init(_ code: RequestDecision.Code, _ clause: String) {
            self.code = code
            self.clause = clause
        }
    }

    /// Finds what a request asks for.
    ///
    /// - Parameter method: as it was sent. Only the six of the Hub's API are known, in upper case.
    package init(_ method: [UInt8], _ target: CanonicalTarget, on host: Host) throws(Refusal) {
        guard let known = HTTPRequest.Method.allCases.first(where: { method.equals($0.rawValue) }) else {
            throw Refusal(.methodUnknown, "has a method that the Hub does not know")
        }
        guard host == .hub else { throw Refusal(.notServed, "is for inference, which is not served yet") }
        self = try Self.find(known, target)
    }

    private init(_ resource: Resource?, _ rights: [Access]) {
        self.resource = resource
        self.rights = rights
    }

    /// Returns what the one row says that fits; a path that fits a row in a faulty way is refused, whatever else fits.
    private static func find(_ method: HTTPRequest.Method, _ target: CanonicalTarget) throws(Refusal) -> HubRoute {
        var found: (candidate: Candidate, resource: Resource?)?
        var knowsPath = false
        for candidate in candidates(target.segments) {
            let resource: Resource?
            switch candidate.pattern.match(target.segments) {
            case .no: continue
            case .faulty(let refusal): throw refusal
            case .fits(let named): resource = named
            }
            knowsPath = true
            guard candidate.row.methods.contains(method) else { continue }
            if let query = candidate.row.query, target.query?.elementsEqual(query.utf8) != true { continue }
            guard found == nil else { throw Refusal(.routeUnknown, "can be read in two ways") }
            found = (candidate, resource)
        }
        guard let found else {
            let clause =
                knowsPath
                ? "is none that the Hub answers at this path: another method, or another query"
                : "is for a path that hfmint does not know"
            throw Refusal(.routeUnknown, clause)
        }
        switch found.candidate.row.outcome {
        case .refused(let refusal): throw refusal
        case .signed: return HubRoute(nil, [.write])
        case .needs(let rights):
            guard let resource = found.resource else { throw Refusal(.namesNoRepository, "names no repository") }
            return HubRoute(resource, rights)
        }
    }

    /// A row with one of the spellings of its path.
    private final class Candidate: Sendable {
        /// Its place in the table.
        let index: Int
        let pattern: RoutePattern
        let row: HubRouteRow

        init(_ index: Int, _ pattern: RoutePattern, _ row: HubRouteRow) {
            self.index = index
            self.pattern = pattern
            self.row = row
        }
    }

    /// All spellings of all rows, by the last of their words; a path that fits one has this word at this place.
    private static let spellings: [RoutePattern.Mark?: [Candidate]] = {
        let all = table.flatMap(\.rows).flatMap { row in RoutePattern.all(row.path).map { ($0, row) } }
        let candidates = all.enumerated().map { Candidate($0, $1.0, $1.1) }
        return Dictionary(grouping: candidates, by: \.pattern.mark)
    }()

    private static let wordless = spellings[nil] ?? []

    /// How many parts of a path can be such a word.
    private static let depth = 1 + (spellings.values.joined().compactMap(\.pattern.lastPlace).max() ?? 0)

    /// Returns the few spellings that a path may fit, in the order of the table.
    private static func candidates(_ segments: [ArraySlice<UInt8>]) -> [Candidate] {
        var found = wordless
        for place in 0..<min(depth, segments.count) {
            guard let more = spellings[RoutePattern.Mark(of: segments[place], at: place)] else { continue }
            found = found.isEmpty ? more : (found + more).sorted { $0.index < $1.index }
        }
        return found
    }
}

/// A row of the table: a method and a path, and what they need.
package struct HubRouteRow: Sendable {
    package let methods: [HTTPRequest.Method]
    /// In the notation of ``RoutePattern``.
    package let path: String
    /// The query that must be there, byte by byte, or nil if it does not matter.
    package let query: String?
    package let outcome: Outcome

    package enum Outcome: Equatable, Sendable {
        /// One right, or those of which the body names one.
        case needs([Access])
        case refused(HubRoute.Refusal)
        /// The Hub's own signature is in the query.
        case signed

        static let read = needs([.read])
        static let write = needs([.write])
        static let admin = needs([.admin])

        static func refused(_ code: RequestDecision.Code, _ clause: String) -> Self {
            .refused(HubRoute.Refusal(code, clause))
        }
    }

    init(_ methods: [HTTPRequest.Method], _ path: String, query: String? = nil, _ outcome: Outcome) {
        self.methods = methods
        self.path = path
        self.query = query
        self.outcome = outcome
    }
}
