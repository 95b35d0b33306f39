extension TokenTrial {
    /// The trial whether the Hub knows a token's owner; undocumented for a repository's token.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.whoami>
    package static let whoAmI = TokenTrial(path: "/api/whoami-v2", isDocumented: true)
}
