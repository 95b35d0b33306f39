/// The files in the job's directory that the methods need: one for each token, and the ephemeral environment file.
struct JobFiles {
    /// The paths of the tokens' files, in the order of the tokens; empty if no method needs them.
    private(set) var tokenPaths: [String] = []
    private(set) var environmentPath: String?

    init(
        _ named: [NamedToken], _ values: Variables, for methods: [DeliveryMethod],
        in directory: (any PrivateDirectory)?
    ) throws(FileFailure) {
        guard let directory else { return }
        let tokenFiles = named.map { JobFileName.token(for: $0.request.resource, of: $0.request.member) }
        if methods.contains(where: \.usesTokenFiles) {
            for (item, file) in zip(named, tokenFiles) {
                try directory.replace(file, with: item.token.bearer.secret)
                tokenPaths.append("\(directory.path)/\(file)")
            }
        }
        if methods.contains(where: \.usesEnvironmentFile) {
            let fields = named.map(\.request.name.name) + tokenFiles
            let file = JobFileKind.environment.name(fingerprint: fingerprint(fields.map { Array($0.utf8) }))
            try directory.replace(file, with: values.environmentFile())
            environmentPath = "\(directory.path)/\(file)"
        }
    }
}
