/// The Hub's origin, and the audience of the ID tokens that hfmint sends there.
///
/// An ID token goes only to the origin that its audience names, or to an endpoint on this machine. Any other pair needs
/// both `--endpoint` and `--audience` on the command line, so that a variable that a build script sets cannot send a
/// token to another server.
package struct Authority: Equatable, Sendable {
    package let endpoint: Origin
    package let audience: String
    /// Whether an application's secret may go to ``endpoint``: the Hub, this machine, or what the command line names.
    ///
    /// A secret names no audience, so a variable alone may not choose its server.
    package let mayReceiveClientSecret: Bool

    /// - Throws: ``MintError/Code/endpointRefused`` if endpoint and audience do not fit together, or one is unsafe.
    package init(
        endpointOption: String?, audienceOption: String?, environment: Environment
    ) throws(MintError) {
        let endpoint = try Self.endpoint(option: endpointOption, environment: environment)
        let source = audienceOption == nil ? Environment.Key.hfmintAudience.name : "--audience"
        let audience = Self.spelled(audienceOption ?? environment[.hfmintAudience] ?? endpoint.description)
        let bothAsked = endpointOption != nil && audienceOption != nil
        guard Self.names(audience, endpoint) || bothAsked || endpoint.isLoopback else {
            throw MintError(
                .endpointRefused, "an ID token for the audience '\(audience)' would go to \(endpoint)",
                hint: Self.names(Self.withoutSlash(audience), endpoint)
                    ? "take the slash off the end of \(source): an audience counts byte by byte"
                    : "if that is intended, give both --endpoint and --audience on the command line")
        }
        guard !audience.isEmpty, audience.utf8.count <= 1_000, audience.utf8.allSatisfy(\.isASCIIVisible) else {
            throw .usage(
                "\(source) is no audience: it is empty, too long, or holds a blank, a line break or a control character",
                hint: "write it as the server does, such as \(Origin.huggingFace)")
        }
        self.init(endpoint: endpoint, audience: audience, isNamed: endpointOption != nil)
    }

    /// The Hub, with its own audience.
    package static let huggingFace = Authority(endpoint: .huggingFace, isNamed: false)

    /// Returns the authority for requests that send an application's secret and no ID token.
    package static func forClient(
        endpointOption: String?, environment: Environment
    ) throws(MintError) -> Authority {
        let endpoint = try endpoint(option: endpointOption, environment: environment)
        let authority = Authority(endpoint: endpoint, isNamed: endpointOption != nil)
        try authority.checkClientSecret()
        return authority
    }

    /// Checks that an application's secret may go to ``endpoint``.
    ///
    /// - Throws: ``MintError/Code/endpointRefused`` if a variable alone chose a server other than the Hub.
    package func checkClientSecret() throws(MintError) {
        guard !mayReceiveClientSecret else { return }
        throw MintError(
            .endpointRefused, "the client's secret would go to \(endpoint), because HF_ENDPOINT says so",
            hint: "if that is intended, give --endpoint \(endpoint) on the command line")
    }

    private init(endpoint: Origin, audience: String? = nil, isNamed: Bool) {
        self.endpoint = endpoint
        self.audience = audience ?? endpoint.description
        mayReceiveClientSecret = isNamed || endpoint == .huggingFace || endpoint.isLoopback
    }

    /// Returns the audience in the spelling to send: every spelling of the Hub's address means the Hub's audience.
    ///
    /// <https://huggingface.co/docs/hub/trusted-publishers>
    private static func spelled(_ audience: String) -> String {
        let trimmed = audience.withoutBlanksAround
        return names(withoutSlash(trimmed), .huggingFace) ? Origin.huggingFace.description : trimmed
    }

    private static func withoutSlash(_ text: String) -> String {
        text.utf8.last == ASCII.slash ? String(decoding: text.utf8.dropLast(), as: UTF8.self) : text
    }

    private static func names(_ audience: String, _ endpoint: Origin) -> Bool {
        Origin(audience.utf8).map { $0 == endpoint } ?? false
    }

    private static func endpoint(option: String?, environment: Environment) throws(MintError) -> Origin {
        let source = option == nil ? Environment.Key.hfEndpoint.name : "--endpoint"
        guard let text = option ?? environment[.hfEndpoint] else { return .huggingFace }
        guard let origin = Origin(text.utf8.last == ASCII.slash ? text.utf8.dropLast() : text.utf8[...]) else {
            throw MintError(
                .endpointRefused, "\(source) \(Origin.complaint(about: text) ?? "is not an origin"): '\(text)'",
                hint: "write scheme and host alone, such as https://huggingface.co")
        }
        guard origin.scheme == .https || origin.isLoopback else {
            throw MintError(
                .endpointRefused, "\(source) is plain http to another machine: '\(text)'",
                hint: "use https")
        }
        // hf.co only redirects to the Hub, and redirects are not followed.
        return origin.description == "https://hf.co" ? .huggingFace : origin
    }
}
