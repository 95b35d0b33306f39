/// Every kind of log-in that a manifest may name.
let verifierKinds: [Kind<any Verifier>] = [
    ClientCredentials.kind,
    ClientAuthentication.kind,
    CommandLogIn.kind,
]
