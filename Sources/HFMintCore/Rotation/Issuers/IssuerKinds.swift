/// Every kind of issuer that a manifest may name.
let issuerKinds: [Kind<any Issuer>] = [
    Okta.kind,
    Entra.kind,
    Auth0.kind,
    Keycloak.kind,
    Hydra.kind,
    CommandIssuer.kind,
    Generated.kind,
    Person.kind,
]
