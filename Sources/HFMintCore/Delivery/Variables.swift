/// The variables of a delivery, and their text in each syntax.
///
/// No value holds a line break, so each syntax needs only its own quotes: a token's bytes are checked where it arrives
/// (``HubToken/isWellFormed(_:)``), and paths and resources where they are made.
package struct Variables: Sendable {
    package private(set) var list: [Variable]

    /// Returns variables that hold the tokens' paths, and never a token's value.
    ///
    /// - Parameter isHeld: whether a variable is set already in the environment that gets these. A variable that would
    ///   win over the delivered ones is blanked only if it is set, because a program that finds an empty `HF_TOKEN` may
    ///   send an empty token.
    package static func paths(
        _ tokens: [NamedToken], at paths: [String], environmentFile: String?, resource: String?,
        isHeld: (Environment.Key) -> Bool
    ) -> Variables {
        var list: [Variable] = []
        for (named, path) in zip(tokens, paths) {
            list.append(Variable(named.request.name.path, path))
            list.append(Variable(named.request.name.expiresAt, named.token.expiresAt.rfc3339))
        }
        if let environmentFile { list.append(Variable(Environment.Key.hfmintEnvironmentFile.name, environmentFile)) }
        // An ambient `HF_TOKEN` would win over the path, under each of its names.
        list += blanks([.hfToken, .legacyHubToken], for: tokens, isHeld)
        return Variables(list: list + resourceVariables(resource, tokens, isHeld))
    }

    /// Returns variables that hold the tokens themselves.
    package static func values(
        _ tokens: [NamedToken], resource: String?, isHeld: (Environment.Key) -> Bool
    ) -> Variables {
        let list = tokens.flatMap { named in
            [
                Variable(named.request.name.name, named.token.bearer),
                Variable(named.request.name.expiresAt, named.token.expiresAt.rfc3339),
            ]
        }
        return Variables(list: list + resourceVariables(resource, tokens, isHeld))
    }

    /// Returns the variable for hfmint's next calls, and blanks `HF_OIDC_RESOURCE`, with which huggingface_hub would
    /// exchange again and accept no other token.
    private static func resourceVariables(
        _ resource: String?, _ tokens: [NamedToken], _ isHeld: (Environment.Key) -> Bool
    ) -> [Variable] {
        (resource.map { [Variable(Environment.Key.hfmintResource.name, $0)] } ?? [])
            + blanks([.hfOIDCResource], for: tokens, isHeld)
    }

    /// Returns blanks for those of `keys` that are set, if a token is called `HF_TOKEN`: they rival no other name.
    private static func blanks(
        _ keys: [Environment.Key], for tokens: [NamedToken], _ isHeld: (Environment.Key) -> Bool
    ) -> [Variable] {
        guard tokens.contains(where: { $0.request.name == .hfToken }) else { return [] }
        return keys.filter(isHeld).map { Variable($0.name, "") }
    }

    /// Returns `KEY=value` lines, for `set -a; . FILE`, `docker --env-file` and systemd.
    package func environmentFile() -> Secret {
        Secret(joining: list.flatMap { [.text("\($0.name)="), $0.value, .text("\n")] })
    }

    /// Returns `export NAME='value'` lines, for a file that a shell reads, such as CircleCI's `BASH_ENV`.
    package func exportLines() -> Secret {
        Secret(
            joining: list.flatMap { variable -> [TextOrToken] in
                switch variable.value {
                case .text(let text): [.text("export \(variable.name)=\(shellQuoted(text))\n")]
                // No token holds a quote, see ``HubToken/isWellFormed(_:)``.
                case .token: [.text("export \(variable.name)='"), variable.value, .text("'\n")]
                // Such a value is for a child process alone, and never delivered to a file.
                case .secret: []
                }
            })
    }

    package var json: JSONValue {
        .object(
            list.compactMap { variable in
                switch variable.value {
                case .text(let text): JSONValue.Member(variable.name, .string(text))
                case .token(let token): JSONValue.Member(variable.name, .token(token))
                case .secret: nil
                }
            })
    }

    /// Returns `NAME<<delimiter` blocks, for `GITHUB_ENV` and `GITHUB_OUTPUT`.
    ///
    /// The delimiters are random: with a guessable one, a value could end its block and begin another.
    /// <https://github.com/advisories/GHSA-7r3h-m5j6-3q42>
    package func heredocs(random: () -> UInt64) -> Secret {
        Secret(
            joining: list.flatMap { variable in
                let delimiter = "ghadelimiter_" + (bigEndianBytes(random()) + bigEndianBytes(random())).hexadecimal
                return [.text("\(variable.name)<<\(delimiter)\n"), variable.value, .text("\n\(delimiter)\n")]
            })
    }
}
