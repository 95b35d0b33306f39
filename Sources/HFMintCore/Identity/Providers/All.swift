/// Every provider that hfmint knows, in the order in which they are asked.
///
/// CI systems come first, by their variables; then what has a socket or a file; clouds last, because CI systems run in
/// them. One that imitates another stands before it.
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
    package static func named(_ name: String) throws(MintError) -> Provider {
        guard let provider = allProviders.first(where: { $0.name == name }) else {
            let meant = nearest(to: name).map { "did you mean '\($0)'? " } ?? ""
            throw .usage(
                "unknown provider '\(name)'",
                hint: "\(meant)hfmint knows \(allProviders.map(\.name).joined(separator: ", "))")
        }
        return provider
    }

    /// What a person calls it: the beginning of its name, or its title; else a slip of the keyboard.
    private static func nearest(to name: String) -> String? {
        let lower = name.utf8.map(\.asciiLowercased)
        let called = allProviders.first { provider in
            provider.title.utf8.map(\.asciiLowercased) == lower
                || lower.count > 2 && Array(provider.name.utf8).starts(with: lower)
        }
        return called?.name ?? nearestWord(to: name, among: allProviders.map(\.name))
    }

    /// The provider that the user names, else the one that is detected.
    package static func here(_ name: String?, in context: Context) throws(MintError) -> Provider? {
        try name.map { name throws(MintError) in try named(name) } ?? detected(in: context.job)
    }

    /// Those whose marks are here, in the order of ``allProviders``: the first is asked, the others are reported.
    ///
    /// None whose marks another one imitates.
    package static func allDetected(in job: Job) -> [Provider] {
        let here = allProviders.filter { $0.isHere(job) }
        return here.filter { original in !here.contains { $0.imitates.contains(original.name) } }
    }

    package static func detected(in job: Job) -> Provider? { allProviders.first { $0.isHere(job) } }

    /// The variables that name a directory which is removed at the end of the job, in the order of ``allProviders``.
    package static let temporaryDirectories = allProviders.compactMap(\.temporaryDirectory)
}
