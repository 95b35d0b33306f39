import HFMintCore
import HFMintTesting
import Testing

@Suite("variables")
struct VariablesTests {
    private func text(_ secret: consuming Secret) -> String { secret.revealedText() }

    /// What would win over an `HF_TOKEN`, and holds something where these go.
    private static let rivals: [Environment.Key] = [.hfToken, .legacyHubToken, .hfOIDCResource]

    @Test(
        "hand on paths, and blank what would win over them where it holds something, and nowhere else",
        arguments: [
            ([], "", ""), ([.hfToken], " HF_TOKEN=''", ""), ([.legacyHubToken], " HUGGING_FACE_HUB_TOKEN=''", ""),
            ([.hfOIDCResource], "", " HF_OIDC_RESOURCE=''"), ([.hfTokenPath, .hfEndpoint], "", ""),
            (rivals, " HF_TOKEN='' HUGGING_FACE_HUB_TOKEN=''", " HF_OIDC_RESOURCE=''"),
        ] as [([Environment.Key], String, String)])
    func paths(held: [Environment.Key], before: String, after: String) throws {
        let variables = Variables.paths(
            [try namedToken(), try namedToken("DATA")], at: ["/t/1", "/t/2"], environmentFile: "/t/env",
            resource: "acme/model", isHeld: held.contains)
        #expect(
            variables.shellExport()
                == "export HF_TOKEN_PATH='/t/1' HF_TOKEN_EXPIRES_AT='2026-11-21T04:04:05Z' DATA_PATH='/t/2'"
                + " DATA_EXPIRES_AT='2026-11-21T04:04:05Z' HFMINT_ENV_FILE='/t/env'\(before) HFMINT_RESOURCE='acme/model'"
                + after)
    }

    @Test("blank nothing where no token is called HF_TOKEN")
    func otherName() throws {
        let variables = Variables.paths(
            [try namedToken("DATA")], at: ["/t/2"], environmentFile: nil, resource: nil, isHeld: Self.rivals.contains)
        #expect(variables.shellExport() == "export DATA_PATH='/t/2' DATA_EXPIRES_AT='2026-11-21T04:04:05Z'")
    }

    @Test("have a shell read tokens from their files, in words of sh that fish reads as its own")
    func shellImport() throws {
        let variables = Variables.values(
            [try namedToken(), try namedToken("DATA")], resource: "acme/model", isHeld: Self.rivals.contains)
        #expect(
            variables.shellImport(from: ["HF_TOKEN": "/it's/1", "DATA": "/t/2"]) == """
                export HF_TOKEN='' HF_TOKEN_EXPIRES_AT='2026-11-21T04:04:05Z' DATA='' \
                DATA_EXPIRES_AT='2026-11-21T04:04:05Z' HFMINT_RESOURCE='acme/model' HF_OIDC_RESOURCE='' \
                && : '\\'' && read -gx HF_TOKEN </it\\X27s/1 && read -gx DATA </t/2 # ' \
                && { IFS= read -r HF_TOKEN || [ "${HF_TOKEN:+x}" ]; } <'/it'\\''s/1' \
                && { IFS= read -r DATA || [ "${DATA:+x}" ]; } <'/t/2'
                """)
    }

    @Test("hand on values as lines for a shell, docker and systemd")
    func environmentFile() throws {
        let file = text(
            Variables.values(
                [try namedToken(), try namedToken("DATA", "hf_jwt_d.e.f")], resource: "acme/model",
                isHeld: Self.rivals.contains
            ).environmentFile())
        #expect(
            file == """
                HF_TOKEN=hf_jwt_a.b.c
                HF_TOKEN_EXPIRES_AT=2026-11-21T04:04:05Z
                DATA=hf_jwt_d.e.f
                DATA_EXPIRES_AT=2026-11-21T04:04:05Z
                HFMINT_RESOURCE=acme/model
                HF_OIDC_RESOURCE=

                """)
    }

    @Test("never put a token into words for a shell")
    func shell() throws {
        #expect(
            !Variables.values([try namedToken()], resource: nil, isHeld: Self.rivals.contains).shellExport().contains(
                "hf_"))
    }

    @Test("hand on blocks whose delimiter nobody can guess, another one each")
    func heredocs() throws {
        var number: UInt64 = 0
        let blocks = text(
            Variables.values([try namedToken()], resource: nil, isHeld: Self.rivals.contains).heredocs {
                number += 1
                return number << 60 | number
            })
        #expect(
            blocks == """
                HF_TOKEN<<ghadelimiter_10000000000000012000000000000002
                hf_jwt_a.b.c
                ghadelimiter_10000000000000012000000000000002
                HF_TOKEN_EXPIRES_AT<<ghadelimiter_30000000000000034000000000000004
                2026-11-21T04:04:05Z
                ghadelimiter_30000000000000034000000000000004
                HF_OIDC_RESOURCE<<ghadelimiter_50000000000000056000000000000006

                ghadelimiter_50000000000000056000000000000006

                """)
    }

    @Test(
        "quote a word so that a shell takes it as it is",
        arguments: [
            ("", "''"), ("a", "'a'"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#),
            ("$(id) `id` \\", #"'$(id) `id` '\\''"#), (#"a\\b"#, #"'a'\\''\\'b'"#),
            ("a\nb", "'a\nb'"), ("'\u{301}", "''\\''\u{301}'"),
        ])
    func quotes(text: String, quoted: String) {
        #expect(shellQuoted(text).utf8.elementsEqual(quoted.utf8))
    }
}
