extension Check {
    static let ambientResource = Check.single(
        id: "ambient-resource", title: "whether huggingface_hub would make an exchange of its own"
    ) { examination in
        let environment = examination.context.environment
        guard let resource = environment[.hfOIDCResource] else { return .ok("no: HF_OIDC_RESOURCE is not set") }
        return .warn(
            "HF_OIDC_RESOURCE is set ('\(resource)'): huggingface_hub exchanges for itself, before it looks at HF_TOKEN",
            next: "call it HFMINT_RESOURCE, which only hfmint reads")
    }
}
