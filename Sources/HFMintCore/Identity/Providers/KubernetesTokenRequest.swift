extension Provider {
    /// A Kubernetes pod that may ask the API server for tokens of its own service account.
    ///
    /// hfmint asks only with `--provider kubernetes-token-request`: the request needs the right `create` on
    /// `serviceaccounts/token`, which few pods have, and which is more dangerous than a mounted file.
    /// <https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/>
    package static let kubernetesTokenRequest = Provider(
        name: "kubernetes-token-request", title: "Kubernetes TokenRequest",
        recognisedBy: "--provider kubernetes-token-request",
        isHere: { _ in false },
        acquisition: { job, audience throws(MintError) in
            try TokenRequestAPI.acquisition(for: job, audience: audience)
        },
        jobVariables: ["KUBERNETES_SERVICE_HOST", "HOSTNAME"],
        publisher: Kubernetes.publisher)
}

/// The API of the cluster, and the mount of the pod at its standard path.
///
/// <https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api>
private enum TokenRequestAPI {
    static let directory = "/var/run/secrets/kubernetes.io/serviceaccount"

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        let portKeys: [Environment.Key] = ["KUBERNETES_SERVICE_PORT_HTTPS", "KUBERNETES_SERVICE_PORT"]
        guard let host = job.environment["KUBERNETES_SERVICE_HOST"],
            let portKey = portKeys.first(where: { job.environment.isSet($0) }), let port = job.environment[portKey],
            let account = account(in: job)
        else {
            throw MintError(
                .identityDenied, "kubernetes-token-request: this is no pod with a service account",
                hint: "it needs KUBERNETES_SERVICE_HOST and the token at \(directory)/token"
                    + " (`automountServiceAccountToken: true`)")
        }
        // The variable holds an IPv6 address without brackets, and clients join host and port:
        // <https://github.com/kubernetes/client-go/blob/master/rest/config.go>
        guard let origin = Origin(.https, host: host, port: port) else {
            let complaint =
                Origin.port(port.utf8) == nil
                ? "\(portKey.name) is no port: '\(port)'"
                : "KUBERNETES_SERVICE_HOST \(Origin.complaint(about: host) ?? "is no host: '\(host)'")"
            throw MintError(
                .identityDenied, "kubernetes-token-request: \(complaint)",
                hint: "the kubelet sets this variable; nothing in the pod should")
        }
        let url = HTTPURL(
            origin, "/api/v1/namespaces/\(account.namespace)/serviceaccounts/\(account.name)/token")
        return .http(
            HTTPAcquisition(
                provider: "kubernetes-token-request",
                request: HTTPRequest(.post, url, trust: .files(bundle: "\(directory)/ca.crt", directory: nil)),
                body: .json([
                    "apiVersion": .string("authentication.k8s.io/v1"),
                    "kind": .string("TokenRequest"),
                    "spec": ["audiences": .array([.string(audience)]), "expirationSeconds": .integer(600)],
                ]),
                proof: .file("\(directory)/token", header: "Authorization", prefix: "Bearer "),
                tokenPlace: .member("token"),
                refusalHint: "give the service account a Role with `resources: [serviceaccounts/token]`,"
                    + " `resourceNames: [\(account.name)]` and `verbs: [create]`; a projected volume needs no right"))
    }

    /// Returns the pod's account from the subject of its own token: `system:serviceaccount:<namespace>:<name>`.
    private static func account(in job: Provider.Job) -> (namespace: String, name: String)? {
        guard let text = (try? job.files.read("\(directory)/token", limit: IDToken.byteLimit)) ?? nil,
            let idToken = try? IDToken.parse(text), let subject = idToken.claims["sub"]
        else { return nil }
        let parts = subject.utf8.split(separator: ASCII.colon, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount",
            parts[2...].allSatisfy(isName)
        else { return nil }
        return (parts[2], parts[3])
    }

    /// Returns whether `text` is a name that cannot change the path of the URL.
    ///
    /// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names>
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.minus || $0 == ASCII.dot }
    }
}
