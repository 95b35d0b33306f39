extension TokenTrial {
    /// Returns the trial whether a token may read a repository, or write it; `nil` for a user, who has no such route.
    ///
    /// The Hub documents the route for models, datasets and Spaces. hfmint asks for kernels and buckets in the same
    /// way: a yes counts, and an answer that a missing route could give does not.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.auth_check>
    package static func authCheck(_ resource: Resource, writes: Bool = false) -> TokenTrial? {
        guard resource.kind != .user else { return nil }
        let repository = "\(resource.kind.rawValue)s/\(resource.namespace)/\(resource.name)"
        return TokenTrial(
            path: "/api/\(repository)/auth-check\(writes ? "/write" : "")",
            isDocumented: [.model, .dataset, .space].contains(resource.kind))
    }
}
