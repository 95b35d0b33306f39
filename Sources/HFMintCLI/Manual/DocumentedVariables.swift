internal import HFMintCore

/// Variables of the environment with one meaning, as the manual and docs/reference explain them.
struct DocumentedVariable {
    /// The names, in the order in which hfmint asks for them.
    let names: [String]
    /// One clause, lower case where it can be, without a full stop.
    let meaning: String

    init(_ names: String..., meaning: String) {
        self.names = names
        self.meaning = meaning
    }

    /// What hfmint reads.
    static let read = [
        Self("HFMINT_RESOURCE", "HF_OIDC_RESOURCE", meaning: "what the token is for, where no resource is named"),
        Self("HF_OIDC_ID_TOKEN", meaning: "the ID token, whatever the CI system"),
        Self("HFMINT_ID_TOKEN_FILE", meaning: "a file that holds it, read at each try"),
        Self("HF_ENDPOINT", "HFMINT_AUDIENCE", meaning: "the Hub's origin, and the audience of the ID token"),
        Self("HFMINT_STATE_DIR", meaning: "where this job's tokens lie"),
        Self(
            "HFMINT_MANIFEST", meaning: "the absolute path of the manifest, which then decides what a job may have"),
        Self("HFMINT_JOURNAL_DIR", meaning: "where rotations are remembered"),
        Self("HFMINT_FLEET_DIR", meaning: "where this machine remembers what it wrote of a fleet"),
        Self("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", meaning: "as in curl"),
        Self("NO_COLOR", meaning: "no colours"),
    ]

    /// What a delivery sets.
    static let set = [
        Self("HF_TOKEN_PATH", meaning: "the file that holds the token"),
        Self("HF_TOKEN_EXPIRES_AT", meaning: "until when it is good (RFC 3339)"),
        Self("HFMINT_ENV_FILE", meaning: "the ephemeral environment file"),
        Self("HFMINT_RESOURCE", meaning: "what the token is for"),
        Self(
            "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE",
            meaning: "blanked where they hold something, as that would win; with `--export`, `HF_TOKEN` is the token"),
    ]
}

let documentedFiles: [(term: String, explanation: String)] = [
    (
        "hfmint/HASH/token-HASH, env-HASH",
        "The tokens of one job and its ephemeral environment files, below"
            + " \(Provider.temporaryDirectories.map(\.name).joined(separator: ", ")), XDG_RUNTIME_DIR, /dev/shm or TMPDIR;"
            + " for its user alone."
    ),
    (
        "${XDG_STATE_HOME:-~/.local/state}/hfmint/rotations",
        "The journal of rotations, which holds no secret and must outlive the job."
    ),
    (
        "${XDG_STATE_HOME:-~/.local/state}/hfmint/fleet",
        "When this machine wrote which secret of a fleet; no value, and nothing is lost with it but a proof."
    ),
    ("/etc/hfmint/hfmint.json5", "The manifest that the systemd units of the Debian package name."),
]
