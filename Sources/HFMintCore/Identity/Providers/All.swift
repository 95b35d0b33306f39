/// Every platform that hfmint knows, in the order in which they are asked.
package let allProviders: [Provider] = [
    .gitHubActions,
    .gitLabCI,
]

extension Provider {
    package static func named(_ name: String) throws(MintError) -> Provider {
        guard let provider = allProviders.first(where: { $0.name == name }) else {
            throw .usage(
                "unknown provider '\(name)'",
                hint: "hfmint knows \(allProviders.map(\.name).joined(separator: ", "))")
        }
        return provider
    }

    package static func detected(in environment: Environment) -> Provider? {
        allProviders.first { $0.isHere(environment) }
    }
}
