/// Every kind of issuer, by the word that the manifest says in `kind`.
package let issuerKinds: [Kind<any Issuer>] = [
    Okta.kind,
    Entra.kind,
    Auth0.kind,
    Keycloak.kind,
    Hydra.kind,
    CommandIssuer.kind,
    Person.kind,
]
