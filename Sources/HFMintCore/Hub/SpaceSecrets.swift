/// The secrets of a Space; the Hub shows their names and times, and never their values.
///
/// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.add_space_secret>
enum SpaceSecrets {
    static func path(of space: Resource) -> String { "/api/spaces/\(space.namespace)/\(space.name)/secrets" }

    /// Returns the body that sets a secret, new or old.
    ///
    /// - Parameters:
    ///   - value: never empty, as the Hub would store an empty value.
    ///   - description: the secret's present description, as the Hub may drop it in a write without one.
    static func body(name: String, value: borrowing Secret, description: String?) -> [TextOrToken] {
        let description = description.flatMap { $0.isEmpty ? nil : "\"description\":\(JSONString.quoted($0))," } ?? ""
        return [
            .text("{\"key\":\(JSONString.quoted(name)),\(description)\"value\":\""),
            .secret(SharedSecret(value.jsonEscaped())), .text("\"}"),
        ]
    }
}
