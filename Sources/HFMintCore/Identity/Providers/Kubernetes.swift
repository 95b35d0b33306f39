extension Provider {
    /// A Kubernetes pod with a projected service account token for the Hub, which the kubelet keeps fresh.
    ///
    /// No path is standard. Without `HFMINT_ID_TOKEN_FILE`, hfmint looks at a path of the usual form
    /// (`/var/run/secrets/<audience>/…`). Every pod has a default token for the API server, and hfmint never sends it
    /// elsewhere. `aud` is an array; the Hub does not document whether it takes one.
    ///
    /// In a pod of Google's or Amazon's cloud without such a file, hfmint asks the cloud instead.
    /// <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection>
    package static let kubernetes = Provider(
        name: "kubernetes", title: "Kubernetes", recognisedBy: "KUBERNETES_SERVICE_HOST",
        isHere: { Kubernetes.isHere($0) },
        isPlatform: true,
        acquisition: { job, audience throws(MintError) in
            if let path = Kubernetes.file(in: job) { return .file(path) }
            throw MintError(
                .identityDenied,
                "kubernetes: this pod has no service account token for \(audience) (\(Kubernetes.path) is not there;"
                    + " the default mount is for the API server)",
                hint: "mount a projected volume at \(Kubernetes.directory): `serviceAccountToken: { audience:"
                    + " \(audience), expirationSeconds: 3600, path: token }`; or name its file in HFMINT_ID_TOKEN_FILE")
        },
        jobVariables: ["KUBERNETES_SERVICE_HOST", "HOSTNAME"],
        ownAudience: OwnAudience(
            start: "https://kubernetes.default.svc",
            "the API server's own token; mount a projected one: `serviceAccountToken: { audience: https://huggingface.co }`"
        ),
        claims: ProviderClaims(
            // https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts
            looseClaims: [
                LooseClaim(
                    claim: "sub", isOpen: { $0.hasStart("system:serviceaccount:") && $0.hasEnd(":default") }
                ) { _ in "every pod of the namespace that names no service account has the one called 'default'" }
            ]),
        publisher: Kubernetes.publisher,
        example: PipelineExample(
            marker: "kustomization.yaml", file: "the pod's template",
            lines: [
                "command: [sh, -ec, 'eval \"$(hfmint exchange acme/model)\"; hf upload acme/model .']",
                "volumeMounts:",
                "  - { name: hf, mountPath: \(Kubernetes.directory), readOnly: true }",
                "volumes:",
                "  - name: hf",
                "    projected:",
                "      sources:",
                "        - serviceAccountToken:",
                "            { audience: https://huggingface.co, expirationSeconds: 3600, path: token }",
            ],
            permission: [
                "serviceAccountToken: { audience: https://huggingface.co, expirationSeconds: 3600, path: token }"
            ])
    )
}

enum Kubernetes {
    /// The mount that hfmint proposes.
    static let directory = "/var/run/secrets/huggingface.co"
    static let path = directory + "/token"

    static let publisher = PublisherForm.pinning([
        "sub": "the namespace and the service account, in the cluster of this issuer"
    ])

    static func isHere(_ job: Provider.Job) -> Bool {
        guard job.environment.isSet("KUBERNETES_SERVICE_HOST") else { return false }
        return file(in: job) != nil || ![Provider.googleCloud, .aws].contains { $0.isHere(job) }
    }

    static func file(in job: Provider.Job) -> String? {
        // A projected file is a symlink, which the kubelet moves to a new regular file.
        job.environment[.hfmintIDTokenFile] ?? (job.files.exists(path) ? path : nil)
    }
}

extension ReadableFiles {
    /// Returns whether the file can be read, following symlinks.
    fileprivate func exists(_ path: String) -> Bool { ((try? read(path, limit: 1 << 20)) ?? nil) != nil }
}
