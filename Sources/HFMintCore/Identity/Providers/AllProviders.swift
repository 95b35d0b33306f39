/// Every provider that hfmint knows, in the order in which they are asked.
///
/// CI systems come first, by their variables; then providers with a socket or a file; clouds last, because CI systems
/// run in them. A provider that imitates another stands before it.
///
/// Each file of this room is one ``Provider``, with its variables, its request and its claims. `ActionsRuntime` files
/// hold what GitHub, Forgejo and Gitea share, and `CannotVouch.swift` the providers without a token for the Hub. A
/// provider only describes: it reads variables and files of the job, and never sends anything.
package let allProviders: [Provider] = [
    .forgejoActions,
    .giteaActions,
    .act,
    .gitHubActions,
    .gitLabCI,
    .circleCI,
    .buildkite,
    .bitbucket,
    .azureDevOps,
    .codefresh,
    .bitrise,
    .vela,
    .cirrusCI,
    .semaphore,
    .travisCI,
    .woodpecker,
    .drone,
    .terraformCloud,
    .spacelift,
    .env0,
    .jenkins,
    .triggerDev,
    .modal,
    .vercel,
    .hfJobs,
    .flyIO,
    .spiffe,
    .kubernetes,
    .kubernetesTokenRequest,
    .googleCloud,
    .aws,
    .azureManagedIdentity,
]

extension Provider {
    /// Returns the provider with this name.
    ///
    /// - Throws: a usage error that names the nearest provider.
    package static func named(_ name: String) throws(MintError) -> Provider {
        guard let provider = allProviders.first(where: { $0.name == name }) else {
            let meant = nearest(to: name).map { "\(didYouMean($0)) " } ?? ""
            throw .usage(
                "unknown provider '\(name)'",
                hint: "\(meant)hfmint knows \(allProviders.map(\.name).joined(separator: ", "))")
        }
        return provider
    }

    /// Returns the provider whose title or beginning of a name this is, or else the one with the nearest name.
    private static func nearest(to name: String) -> String? {
        let lower = name.utf8.map(\.asciiLowercased)
        let called = allProviders.first { provider in
            provider.title.utf8.map(\.asciiLowercased) == lower
                || lower.count > 2 && Array(provider.name.utf8).starts(with: lower)
        }
        return called?.name ?? nearestWord(to: name, among: allProviders.map(\.name))
    }

    /// Returns the provider that the user names, or else the detected one.
    package static func chosen(_ name: String?, else detected: Provider?) throws(MintError) -> Provider? {
        try name.map { name throws(MintError) in try named(name) } ?? detected
    }

    /// Returns the detected providers in the order of ``allProviders``, without those that another of them imitates.
    ///
    /// hfmint asks the first and reports the others.
    package static func allDetected(in job: Job) -> [Provider] {
        let here = allProviders.filter { $0.isHere(job) }
        return here.filter { original in !here.contains { $0.imitates.contains(original.name) } }
    }

    package static func detected(in job: Job) -> Provider? { allProviders.first { $0.isHere(job) } }

    /// The variables with a directory that is removed at the end of the job, in the order of ``allProviders``.
    package static let temporaryDirectories = allProviders.compactMap(\.temporaryDirectory)
}
