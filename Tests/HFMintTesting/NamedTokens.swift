package import HFMintCore

/// Returns a token for `resource`, called `name`.
package func namedToken(
    _ name: String = "HF_TOKEN", for resource: String = "acme/model", _ text: String = "hf_jwt_a.b.c"
) throws -> NamedToken {
    let requests = try TokenRequest.parse(["\(name)=\(resource)"], endpoint: .huggingFace)
    return NamedToken(
        requests[0], HubToken(secret: Secret(text), expiresAt: FrozenClock.usualNow + 3_600, sha256: "00"))
}
