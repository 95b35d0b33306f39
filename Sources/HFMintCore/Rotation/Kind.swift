/// A kind of issuer, verifier or sink: its fields in the manifest, and how one is made from them.
struct Kind<Made>: Sendable {
    /// The value of `kind` in the manifest.
    let name: String
    /// One clause for the schema and the documentation.
    let help: String
    let schema: ObjectShape
    fileprivate let build: @Sendable (Settings) throws(MintError) -> Made

    init(
        _ name: String, help: String, schema: ObjectShape,
        build: @escaping @Sendable (Settings) throws(MintError) -> Made
    ) {
        self.name = name
        self.help = help
        self.schema = schema
        self.build = build
    }

    /// Returns the kind as a variant of the manifest, with `fields` that all kinds of the list have.
    func variant(adding fields: [Field] = []) -> Shape.Variant {
        Shape.Variant(
            kind: name, help: help,
            shape: ObjectShape(schema.fields + fields, rule: schema.rule, alsoInSchema: schema.alsoInSchema))
    }
}

extension Array {
    /// Makes what `node` describes, or returns nil if the list lacks its kind, or if `node` is nil.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` for mistakes that a schema cannot express.
    func make<Made>(
        _ node: ManifestNode?, _ surroundings: RotationSurroundings
    ) throws(MintError) -> Made? where Element == Kind<Made> {
        guard let node, let kind = first(where: { $0.name == node["kind"]?.string }) else { return nil }
        return try kind.build(Settings(kind: kind.name, node: node, surroundings: surroundings))
    }
}
