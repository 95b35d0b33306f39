extension Manifest {
    /// The JSON Schema of a root manifest, and of an app's manifest, which has the key `extends`.
    ///
    /// <https://json-schema.org/draft/2020-12>
    package static var schemaText: String {
        let schema: JSONValue = .object(
            [
                .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", "hfmint manifest"),
                .init("if", ["type": "object", "required": .array(["extends"])]),
                .init("then", appShape.schema), .init("else", shape.schema),
            ])
        return String(decoding: schema.rendered().reveal { $0.bytes }, as: UTF8.self)
    }
}
