/// A request that a front door must not let pass, or whose answer it must not let change.
///
/// ``allAttacks(on:)`` lists all of them, ``Prober`` sends them, and ``ProbeVerdict`` judges the answers.
package struct Attack: Equatable, Sendable {
    /// What is wrong with the request, in plain words; no two attacks have the same.
    package let name: String
    package let family: Family
    package var method: String
    /// What stands in the request line, byte by byte.
    package var target: String
    /// Headers that libcurl would not send, in their order; a name may come more than once.
    package var headers: [HTTPHeader] = []
    package var body: Body?
    package var credential = Credential.caller
    package var expectation = Expectation.refused
    /// Whether somebody with the ticket asks first for the same target, so that an answer could have been kept.
    package var followsAllowed = false

    /// What an attack aims at, and so what to change where it gets through.
    package enum Family: String, CaseIterable, Sendable {
        case path, method, header, credential, token, right, operation
    }

    /// The credential that goes with the request.
    package enum Credential: Equatable, Sendable {
        /// The ticket, or none if the prober has none.
        case caller
        case none
        /// The value of an `Authorization` header that nobody may be let in by.
        case nonsense(String)
        case ticket(Alteration)
    }

    /// What is done with the ticket before it is sent.
    package enum Alteration: Equatable, Sendable {
        case lastByteChanged, lastBytesCut, signatureCut
        /// As HTTP Basic's user name, with an empty password.
        case asBasicUser
        /// Behind another `Authorization` header with this value.
        case after(String)
    }

    package enum Expectation: Equatable, Sendable {
        /// The front door refuses.
        case refused
        /// The front door refuses, or its answer is that of the same request without the attack's headers.
        case unchanged
        /// The front door does not ask another server; a page of its own is no harm.
        case notRelayed
    }

    package struct Body: Equatable, Sendable {
        package let type: String
        package let bytes: [UInt8]

        package static func json(_ text: String) -> Body { Body(type: "application/json", bytes: Array(text.utf8)) }

        package static func form(_ fields: [(String, String)]) -> Body {
            Body(type: "application/x-www-form-urlencoded", bytes: Array(formEncoded(fields).utf8))
        }
    }

    /// A request with the method GET.
    package init(_ name: String, _ family: Family, _ target: String) { self.init(name, family, "GET", target) }

    package init(_ name: String, _ family: Family, _ method: String, _ target: String) {
        self.name = name
        self.family = family
        self.method = method
        self.target = target
    }

    /// Returns the attack with `change` made to it.
    func with(_ change: (inout Attack) -> Void) -> Attack {
        var attack = self
        change(&attack)
        return attack
    }

    /// The request line, without the version, for reports; a long target is cut.
    package var sent: String {
        let bytes = Array(target.utf8)
        let shown = bytes.count <= 200 ? target : String(decoding: bytes.prefix(200), as: UTF8.self) + "…"
        return "\(method) \(shown)"
    }
}

extension Attack.Family {
    /// What to change in a front door that an attack of this family passed.
    package var remedy: String {
        switch self {
        case .path:
            "decide on the request's raw target and forward the same bytes: no rewriting, no normalising, no path in"
                + " what the server passes requests to"
        case .method: "decide on the method that the client sent, and forward no other"
        case .header:
            "drop the client's Authorization and every X-Hfmint- header before a request goes upstream, and believe no"
                + " header of the client's about its own path, method or host"
        case .credential: "ask hfmint about each request, and forward none that it did not allow"
        case .token: "send POST /oauth/token to hfmint alone, never upstream"
        case .right: "ask hfmint in every location of the server, and forward none that it did not allow"
        case .operation: "keep no answer for another caller, and hide every X-Hfmint- header from the client"
        }
    }
}
