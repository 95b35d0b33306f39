/// Every kind of issuer, by the word that the manifest says in `kind`.
package let issuerKinds: [IssuerKind] = [.okta, .entra, .auth0, .keycloak, .hydra, .command, .person]
