/// The secrets of a Space: their names and times are shown, their values never.
///
/// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.add_space_secret>
enum SpaceSecrets {
    static func path(of space: Resource) -> String { "/api/spaces/\(space.namespace)/\(space.name)/secrets" }

    /// Sets one, whether or not it is there.
    ///
    /// - Parameters:
    ///   - value: never empty: the Hub takes a write without a value, and stores the empty one.
    ///   - description: what the secret has already; nobody promises that a write without one keeps it.
    static func body(name: String, value: borrowing Secret, description: String?) -> [TextOrToken] {
        let description = description.flatMap { $0.isEmpty ? nil : "\"description\":\(JSONString.quoted($0))," } ?? ""
        return [
            .text("{\"key\":\(JSONString.quoted(name)),\(description)\"value\":\""),
            .secret(SharedSecret(value.jsonEscaped())), .text("\"}"),
        ]
    }
}
