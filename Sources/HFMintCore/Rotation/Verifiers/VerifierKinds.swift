/// Every kind of log-in, by the word that the manifest says in `kind`.
package let verifierKinds: [Kind<any Verifier>] = [
    ClientCredentials.kind,
    ClientAuthentication.kind,
    CommandLogIn.kind,
]
