extension Runbook {
    /// The sections about refusals, and about tries that are used up.
    static let refused: KeyValuePairs = [
        "refused": #"""
        An issuer, a sink, a log-in or a program said no, and would say no again: a token that expired, a permission that is
        missing, a target that was deleted.

        **What is true.** The message names who refused. Before `created` nothing has changed anywhere; `rotate status` then still
        shows how the run before ended (`done`, or `never rotated`). From `verified` on, sinks that `status` shows with evidence
        have the new secret, and the others the old one; both work.

        **What to type.** Mend what the message names: the token, its permission, the target. Then:

            hfmint rotate resume hub-app

        If the process that held the new secret has ended, the value is read back from the issuer or from a sink; where nobody
        shows it, another secret is made, and the first one is removed with the old one at the end.

        ### What each refusal says

        A message begins with the place as the manifest has it: the kind, and the repository, path, client or name. Behind the
        status stands the server's own short code, which its documentation explains. Where `…` stands here, the message names
        something.

        | the message says | what to mend |
        | --- | --- |
        | `… answered 301: it was moved or renamed, and is now at …` | the name in the manifest: the repository, project or host has another one now (the same for 302, 303, 307 and 308) |
        | `… answered 400 (CODE)`, 402, 405, 410, 422, 451 | what the code says, at the server; a lifetime, a quota or a policy of the tenant |
        | `the credential is not accepted (401…`, `… answered 401` | the token: expired, revoked, or of another server |
        | `the credential may not do this (403…`, `… answered 403` | its permissions, below; or an address or time from which it may not be used |
        | `there is no such place, or the credential may not see it (404…`, `… answered 404` | the name in the manifest, or what the token may see |
        | `… is not set`, `… is empty`, `cannot read '…'`, `'…' did not give its secret` | the reference of that credential: the variable, the file, the program |
        | `the certificate …`, `the proxy …` | as `hfmint doctor` says |
        | `'…' refused (exit 1)`, `'…' was not found`, `there is no program '…'`, `'…' cannot be started: …` | that program of yours |
        | **issuers** | |
        | `the application already holds 2 client secrets, and takes no third` | Okta: remove the one that nobody uses |
        | `the new secret was refused as invalid` | Okta: a rule of the organization for client secrets; or the application logs in with a key |
        | `the secret could not be deactivated…: is it the only one?` | Okta: see which secrets are active |
        | `removePassword answered …, and the secret remains` | Entra: the permission, or remove it by hand |
        | `the token may not read the client secret (read:client_keys)` | Auth0: that scope |
        | `the client secret is in Keycloak's vault: change it there` | Keycloak: the client's secret is a reference |
        | `no enabled policy of the realm keeps an old secret (executor 'secret-rotation')`, `the policy has not acted on this client yet: log in with it once, or save it` | Keycloak: the policy, or `rotationPolicy` in the manifest |
        | `the client still has an old secret, and room for no other` | Keycloak: wait until it has expired, or remove it |
        | `the client does not log in with client_secret_basic or client_secret_post` | Hydra: the client's method |
        | `this server does not know how to rotate a client secret (it came after v26.2.0)` | Hydra: a newer server |
        | `… old secrets may be kept already, and another pushes out the oldest` | Hydra: see which are in use; `DELETE …/secrets/rotate` drops all of them |
        | `an application's one secret can be replaced, and never removed`, `the current secret can be replaced, and never removed`, `a value must be chosen before it is sent` | nothing: report it |
        | `only a person can change this secret: press Refresh at …` | see `press-refresh` |
        | **sinks** | |
        | `there is no such secret, and hfmint makes none at AWS` | AWS: make the secret, or mend its name |
        | `AWS rotates the secret itself; only one may` | AWS: switch its own rotation off, or take the sink out |
        | `the secret is being deleted` | AWS: restore it, or name another |
        | `the secret is binary`, `the secret is no JSON object` | AWS: what is there; a `key` needs a JSON object |
        | `… answered …Exception` | AWS: as the name says: a permission, a KMS key, an expired session |
        | `the secret has a visibility that is not known here` | GitHub: set it anew by hand |
        | `the value cannot be what the variable is, for instance masked (400)` | GitLab: the variable's flags |
        | `the secrets engine is not KV version 2`, `it is not a secret of KV version 2` | Vault: the mount |
        | `the credential may not read and write it` | Vault: its policy |
        | `the server takes no such write (400)`, `it is no JSON object` | Vault: what is at that path |
        | `the Secret is immutable`, `the Secret cannot be changed so, for instance as it is immutable (422)` | Kubernetes: make another Secret |
        | `another field manager owns the key; `force: true` takes it over` | Kubernetes: who else writes the key |
        | `a token of Trusted Publishers is not known to work here; it needs a user's token` | the Hub: the token |
        | `a static Space hands its secrets to every browser` | the Hub: take the sink out, or give the Space an SDK with a server |
        | `it is no list of secrets: …` | a list: mend what is there, one secret a line |
        | `it holds 16 secrets, and takes no other` | a list: take out those that nobody needs |
        | `the secret is in use there` | a list: the old secret is first again; put the new one, which is behind it, in front |
        | `it does not show its value, so it cannot hold a list` | GitLab: a hidden variable; or leave `list` out |
        | `the value is empty` | nothing: report it |
        | **log-ins** | |
        | `… looks at the code before the client's secret` | `verify`: use `client-credentials` or `command` |
        | `… answered 400: invalid_scope`, `unauthorized_client`, … | `verify`: the scope, audience or grant that the client may use |

        ### Which permissions are needed

        | kind | what its credential must be allowed |
        | --- | --- |
        | `okta` | an API token of an administrator who may manage the application, or `okta.apps.manage` |
        | `entra` | `Application.ReadWrite.OwnedBy` for an owner of the application, else `Application.ReadWrite.All` |
        | `auth0` | `read:clients`, `update:clients`, `read:client_keys`, `update:client_keys` of the Management API |
        | `keycloak` | `manage-clients` of `realm-management`, and `view-realm` to see the policies |
        | `hydra` | its admin API |
        | `github-actions` | *Secrets: write* of the repository, *Environments: write*, or the organization's *Secrets: write* |
        | `gitlab` | scope `api`, as Maintainer (project) or Owner (group) |
        | `vault` | `read` and `patch` (or `create` and `update`) of `MOUNT/data/PATH` |
        | `kubernetes` | `get` and `patch` of the Secret, and `create` where it is not there yet |
        | `aws-secrets-manager` | `DescribeSecret`, `GetSecretValue`, `PutSecretValue`, `UpdateSecretVersionStage`; of a customer's KMS key `kms:Decrypt`, `kms:GenerateDataKey` |
        | `hub-space` | a user's token with write access to the Space |
        """#,
        "tries-used-up": #"""
        A step failed as often as it is tried: for about a day, or, while only the running process knew the value, for two
        minutes. Time-outs, 5xx, 429, a conflict (409, 412, 423), whatever else asks to come back later, and a secret that still
        logs in after it was switched off count as failures.

        **What is true.** As under `refused`. Nothing that works was removed.

        **What to type.** See whether the server is back, then:

            hfmint rotate resume hub-app
        """#,
    ]
}
