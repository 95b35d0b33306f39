extension TokenTrial {
    /// Whether the Hub knows whose a token is; it is not documented for a repository's token.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.whoami>
    package static let whoAmI = TokenTrial(path: "/api/whoami-v2", isDocumented: true)
}
