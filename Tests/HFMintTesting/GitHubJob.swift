package import HFMintCore

/// The variables of a GitHub Actions job.
package enum GitHubJob {
    package static let requestURL =
        "https://pipelines.actions.githubusercontent.com/222//idtoken/1/2?api-version=2.0"

    /// The variables of a job with `id-token: write`.
    package static let permitted: Environment = [
        "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": requestURL,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
    ]
}
