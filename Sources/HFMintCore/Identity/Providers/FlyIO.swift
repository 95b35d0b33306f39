extension Provider {
    /// Fly.io: a socket in each Machine gives ID tokens.
    ///
    /// <https://fly.io/docs/security/openid-connect/>
    package static let flyIO = Provider(
        name: "fly-io", title: "Fly.io", recognisedBy: "/.fly/api",
        isHere: { $0.files.kind(of: FlyIO.socket) == .socket },
        isPlatform: true,
        acquisition: { job, audience throws(MintError) in
            guard let url = HTTPURL("http://localhost/v1/tokens/oidc"), job.files.kind(of: FlyIO.socket) == .socket
            else {
                throw MintError(
                    .identityDenied, "fly-io: there is no socket at \(FlyIO.socket)",
                    hint: "run this in a Machine; a container inside one needs the socket mounted")
            }
            return .http(
                HTTPAcquisition(
                    provider: "fly-io", request: HTTPRequest(.post, url, route: .unixSocket(FlyIO.socket)),
                    body: .json(["aud": .string(audience)]), tokenPlace: .text,
                    refusalHint: "check that this Machine's app may have OIDC tokens"))
        },
        jobVariables: ["FLY_APP_NAME", "FLY_MACHINE_ID"],
        claims: ProviderClaims(
            issuers: ["https://oidc.fly.io/*"], recognisingClaims: ["app_name", "org_name"],
            shared: ["org_name", "org_id"], shown: ["org_name", "app_name"],
            renameableClaims: [
                RenameableClaim("app_name", "app_id"),
                RenameableClaim("org_name", "org_id", "app_id"),
            ]),
        publisher: PublisherForm.pinning(
            [
                "app_name": "the app; `sub` also names the Machine, so it changes when one is replaced",
                "org_name": "only while the app stays in this organization",
            ], tighter: ["app_id": "nobody can take it over", "org_id": "the same for the organization"]))
}

private enum FlyIO {
    static let socket = "/.fly/api"
}
