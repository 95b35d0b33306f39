/// The key `serve` of a manifest: what stands behind the front door, and what is sent there.
package struct ServeDefinition: Equatable, Sendable {
    /// The front door's own address: `HF_ENDPOINT` of its clients, and the audience of their ID tokens.
    package let origin: Origin
    /// The path of the socket, as the manifest writes it; a relative one starts at ``folder``.
    package let socket: String
    package let hosts: [Host]
    package let credentials: [Credential]
    package let delivery: Delivery
    /// The keys of tickets, or nil if the Hub's own tokens are handed out.
    package let tickets: Tickets?
    /// How often one ID token may be traded, by issuer; once for an issuer that is not here.
    package let reuse: [Reuse]
    /// What anybody may read.
    package let anonymous: [ResourcePattern]
    /// The path of the list of those who are refused, or nil.
    package let deny: String?
    /// The group of the socket, or nil for the process's own.
    package let group: String?
    package let mode: EnforcementMode
    /// The folder from which relative paths start.
    package let folder: String

    package struct Host: Equatable, Sendable {
        /// In lower case, without a port.
        package let name: String
        package let kind: HubRoute.Host
        package let upstream: Origin
        /// What an Inference Endpoint is called in roles, or nil for another kind.
        package let resource: String?
    }

    /// A credential of the Hub that is held here.
    ///
    /// It is a class because it goes from hand to hand at every request.
    package final class Credential: Equatable, Sendable {
        package let patterns: [ResourcePattern]
        package let right: Access
        package let source: Source
        /// `serve.credentials[0]`.
        package let place: ManifestPlace

        package enum Source: Hashable, Sendable {
            /// Asked for in the name of an organization's member.
            case member(Role.Member)
            case token(SecretReference)

            /// Where it comes from, for messages.
            package var name: String {
                switch self {
                case .member(let member): member.email
                case .token(let reference): reference.source
                }
            }
        }

        init(patterns: [ResourcePattern], right: Access, source: Source, place: ManifestPlace) {
            self.patterns = patterns
            self.right = right
            self.source = source
            self.place = place
        }

        package static func == (left: Credential, right: Credential) -> Bool {
            left.patterns == right.patterns && left.right == right.right && left.source == right.source
                && left.place == right.place
        }

        package func covers(_ resource: Resource) -> Bool { patterns.contains { $0.covers(resource) } }
    }

    package struct Tickets: Equatable, Sendable {
        /// The first signs, and all verify.
        package let keys: [SecretReference]
        package let lifetime: Seconds

        package init(keys: [SecretReference], lifetime: Seconds) {
            self.keys = keys
            self.lifetime = lifetime
        }
    }

    package struct Reuse: Equatable, Sendable {
        package let issuer: [UInt8]
        package let count: Int
    }

    package enum Delivery: String, CaseIterable, Sendable { case ticket, token }

    /// Returns the host of this name, compared byte by byte.
    package func host(named name: String) -> Host? { index(ofHost: name).map { hosts[$0] } }

    /// Returns the kind of the host of this name, without a copy of the rest of it.
    func kind(ofHost name: String) -> HubRoute.Host? { index(ofHost: name).map { hosts[$0].kind } }

    private func index(ofHost name: String) -> Int? { hosts.firstIndex { $0.name.hasBytes(of: name) } }

    /// Returns the first of the weakest credentials that open `resource` for `right`, or nil.
    ///
    /// - Parameter most: the right that the credential must not exceed.
    package func credential(for resource: Resource, _ right: Access, atMost most: Access) -> Credential? {
        var weakest: Int?
        for index in credentials.indices where credentials[index].right >= right && credentials[index].right <= most {
            guard weakest.map({ credentials[index].right < credentials[$0].right }) ?? true,
                credentials[index].covers(resource)
            else { continue }
            weakest = index
        }
        return weakest.map { credentials[$0] }
    }
}

extension ServeDefinition {
    /// Reads the key of a manifest that was checked.
    init?(_ node: ManifestNode, in document: ManifestDocument) {
        guard let origin = node["origin"]?.string.flatMap({ Origin($0.utf8) }), let socket = node["socket"]?.string
        else { return nil }
        self.origin = origin
        self.socket = socket
        folder = document.folder
        hosts = node["hosts"]?.members.compactMap { Host($0.name, $0.value) } ?? []
        credentials =
            node["credentials"]?.elements.enumerated().compactMap { index, credential in
                Credential(
                    credential, document.place("serve.credentials[\(index)]", credential), folder: document.folder)
            } ?? []
        delivery = node["delivery"]?.string.flatMap(Delivery.init(rawValue:)) ?? .ticket
        tickets = node["tickets"].map { tickets in
            Tickets(
                keys: tickets["keys"]?.elements.compactMap { SecretReference($0) } ?? [],
                lifetime: tickets["lifetime"]?.string.flatMap { Seconds(parsing: $0) } ?? .hour)
        }
        reuse =
            node["reuse"]?.members.compactMap { issuer, count in
                count.integer.map { Reuse(issuer: Array(issuer.utf8), count: $0) }
            } ?? []
        anonymous = node["anonymous"]?.patterns ?? []
        deny = node["deny"]?.string?.after("file:")
        group = node["group"]?.string
        mode = node["mode"]?.string.flatMap(EnforcementMode.init(rawValue:)) ?? .enforce
    }
}

extension ServeDefinition.Host {
    fileprivate init?(_ name: String, _ node: ManifestNode) {
        guard let kind = node["kind"]?.string.flatMap(HubRoute.Host.init(rawValue:)),
            let upstream = node["upstream"]?.string.flatMap({ Origin($0.utf8) }) ?? kind.usualUpstream
        else { return nil }
        self.init(name: name, kind: kind, upstream: upstream, resource: node["resource"]?.string)
    }
}

extension HubRoute.Host {
    fileprivate var usualUpstream: Origin? {
        switch self {
        case .hub: .huggingFace
        case .router: Origin("https://router.huggingface.co".utf8)
        case .endpoint: nil
        }
    }
}

extension ServeDefinition.Credential {
    fileprivate convenience init?(_ node: ManifestNode, _ place: ManifestPlace, folder: String) {
        guard let right = node["right"]?.string.flatMap(Access.init(rawValue:)) else { return nil }
        let source: Source
        if let token = node["token"].flatMap({ SecretReference($0) }) {
            source = .token(token)
        } else if let email = node["member"]?.string, let id = node["client"]?["id"].flatMap({ SecretReference($0) }),
            let secret = node["client"]?["secret"].flatMap({ SecretReference($0) })
        {
            source = .member(Role.Member(email: email, clientID: id, clientSecret: secret, folder: folder))
        } else {
            return nil
        }
        self.init(patterns: node["resources"]?.patterns ?? [], right: right, source: source, place: place)
    }
}

extension Seconds {
    fileprivate static let hour = Seconds(count: 3_600)
}

extension ManifestNode {
    fileprivate var patterns: [ResourcePattern] {
        elements.compactMap { $0.string.flatMap(ResourcePattern.init(parsing:)) }
    }
}
