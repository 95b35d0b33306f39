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
        guard method.allSatisfy(\.isASCIIUppercase),
            let known = HTTPRequest.Method(rawValue: String(decoding: method, as: UTF8.self))
        else { throw Refusal(.methodUnknown, "has a method that the Hub does not know") }
        guard host == .hub else { throw Refusal(.notServed, "is for inference, which is not served yet") }
        self = try Self.find(known, target)
    }

    private init(_ resource: Resource?, _ rights: [Access]) {
        self.resource = resource
        self.rights = rights
    }

    /// Returns what the one row says that fits; a path that fits a row in a faulty way is refused, whatever else fits.
    private static func find(_ method: HTTPRequest.Method, _ target: CanonicalTarget) throws(Refusal) -> HubRoute {
        var found: (outcome: HubRouteRow.Outcome, resource: Resource?)?
        var knowsPath = false
        for (pattern, row) in patterns[door(target.segments)] ?? [] {
            let resource: Resource?
            switch pattern.match(target.segments) {
            case .no: continue
            case .faulty(let refusal): throw refusal
            case .fits(let named): resource = named
            }
            knowsPath = true
            guard row.methods.contains(method) else { continue }
            if let query = row.query, target.query?.elementsEqual(query.utf8) != true { continue }
            guard found == nil else { throw Refusal(.routeUnknown, "can be read in two ways") }
            found = (row.outcome, resource)
        }
        guard let found else {
            let clause =
                knowsPath
                ? "is none that the Hub answers at this path: another method, or another query"
                : "is for a path that hfmint does not know"
            throw Refusal(.routeUnknown, clause)
        }
        switch (found.outcome, found.resource) {
        case (.refused(let refusal), _): throw refusal
        case (.signed, _): return HubRoute(nil, [.write])
        case (.needs(let rights), let resource?): return HubRoute(resource, rights)
        case (.needs, nil): throw Refusal(.namesNoRepository, "names no repository")
        }
    }

    /// The patterns of all rows, by the part of a path that tells most of them apart.
    private static let patterns: [[UInt8]: [(RoutePattern, HubRouteRow)]] = {
        var patterns: [[UInt8]: [(RoutePattern, HubRouteRow)]] = [:]
        for row in table.flatMap(\.rows) {
            for pattern in RoutePattern.all(row.path) {
                patterns[door(pattern.literals), default: []].append((pattern, row))
            }
        }
        return patterns
    }()

    /// Returns the word behind `api`, or nothing for the pages and for git.
    private static func door(_ segments: [ArraySlice<UInt8>]) -> [UInt8] {
        guard segments.count > 1, segments[0].elementsEqual("api".utf8) else { return [] }
        return Array(segments[1])
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
