/// How a fleet asks the Hub and the service of its endpoints: where they are, with which credential, and how fast.
///
/// A fleet has one for each of its credentials, as the Hub counts requests by who sends them.
package struct HubAccess: Sendable {
    package let endpoint: Origin
    package let endpointsURL: HTTPURL
    /// Nil for what everybody may see.
    let token: SharedSecret?
    private let pace: SharedPace
    /// The service of endpoints counts for itself.
    private let endpointsPace: SharedPace
    let context: Context

    package init(_ endpoint: Origin, endpointsURL: HTTPURL, token: SharedSecret?, in context: Context) {
        self.endpoint = endpoint
        self.endpointsURL = endpointsURL
        self.token = token
        self.context = context
        pace = SharedPace(context)
        endpointsPace = SharedPace(context)
    }

    /// Returns the Hub's API for messages about `name`.
    func hub(_ name: String) -> API { api(name, HTTPURL(endpoint, "/"), pace) }

    func space(_ space: Resource) -> SpaceAPI { SpaceAPI(api: hub(space.canonical), space: space) }

    func endpoints(of namespace: String) -> EndpointAPI {
        EndpointAPI(api: api("endpoints/\(namespace)", endpointsURL, endpointsPace), namespace: namespace)
    }

    private func api(_ name: String, _ base: HTTPURL, _ pace: SharedPace) -> API {
        var api = API(
            name: name, base: base, authorization: token.map { .given(prefix: "Bearer ", $0) } ?? .none, answers: [],
            refusals: API.placeRefusals, context: context)
        api.pace = pace
        return api
    }
}

extension FleetDefinition {
    /// Reads a credential once for a whole command; nil if the manifest does not name it.
    ///
    /// - Throws: as `SecretReference.read`.
    package func credential(_ reference: SecretReference?, in context: Context) throws(MintError) -> SharedSecret? {
        guard let reference else { return nil }
        return SharedSecret(try reference.read(relativeTo: folder, in: context))
    }
}

extension StepFailure {
    /// Returns why, without `name` in front, as a clause that follows the name.
    func clause(of name: String) -> String {
        let prefix = "\(name): "
        guard message.utf8.starts(with: prefix.utf8) else { return message }
        return String(decoding: message.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
