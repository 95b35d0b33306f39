/// Every kind of log-in, by the word that the manifest says in `kind`.
package let verifierKinds: [VerifierKind] = [.clientCredentials, .clientAuthentication, .command]
