extension Shape {
    package var schema: JSONValue { .object(schemaMembers) }

    fileprivate var schemaMembers: [JSONValue.Member] {
        switch self {
        case .object(let object): object.schemaMembers
        case .variants(let variants):
            [.init("oneOf", .array(variants.map { .object($0.object.schemaMembers) }))]
        case .map(let value, _, let names, let counts):
            [
                .init("type", "object"), .init("additionalProperties", value.schema),
                .init("propertyNames", names.schema), .init("minProperties", .integer(counts.lowerBound)),
                .init("maxProperties", .integer(counts.upperBound)),
            ]
        case .array(let element, let least, let most):
            [
                .init("type", "array"), .init("items", element.schema), .init("minItems", .integer(least)),
                .init("maxItems", .integer(most)),
            ]
        case .string(let rule): rule.schemaMembers
        case .integer(let range):
            [
                .init("type", "integer"), .init("minimum", .integer(range.lowerBound)),
                .init("maximum", .integer(range.upperBound)),
            ]
        case .bool: [.init("type", "boolean")]
        case .secretReference: [.init("oneOf", .array(SecretReference.schemas))]
        }
    }
}

extension StringRule {
    fileprivate var schemaMembers: [JSONValue.Member] {
        switch self {
        case .word(let words): [.init("enum", .strings(words))]
        case .duration: [.init("type", "string"), .init("pattern", "^[0-9]{1,9}[smhd]$")]
        case .name: [.init("type", "string"), .init("pattern", "^[A-Za-z0-9_.-]{1,64}$")]
        case .matching(let pattern, _): [.init("type", "string"), .init("pattern", .string(pattern))]
        case .url: [.init("type", "string"), .init("pattern", "^https?://[^/]")]
        case .any, .path, .custom: [.init("type", "string"), .init("minLength", .integer(1))]
        }
    }
}

extension SecretReference {
    /// The two forms: a text, and an object with a command.
    fileprivate static var schemas: [JSONValue] {
        [
            ["type": "string", "pattern": "^(env:[A-Za-z0-9_]+|file:.+)$"],
            [
                "type": "object", "required": .array(["command"]), "additionalProperties": false,
                "properties": [
                    "command": ["type": "array", "minItems": .integer(1), "items": ["type": "string"]]
                ],
            ],
        ]
    }
}

extension ObjectShape {
    fileprivate var schemaMembers: [JSONValue.Member] {
        let properties = fields.map { field in
            JSONValue.Member(
                field.name, .object([.init("description", .string(field.help))] + field.shape.schemaMembers))
        }
        return [
            .init("type", "object"), .init("additionalProperties", false), .init("properties", .object(properties)),
            .init("required", .array(fields.filter(\.isRequired).map { .string($0.name) })),
        ] + alsoInSchema
    }
}
