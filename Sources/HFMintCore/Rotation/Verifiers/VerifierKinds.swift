/// Every kind of log-in that a manifest may name.
package let verifierKinds: [Kind<any Verifier>] = [
    ClientCredentials.kind,
    ClientAuthentication.kind,
    CommandLogIn.kind,
]
