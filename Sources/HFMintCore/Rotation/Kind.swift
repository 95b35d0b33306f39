/// One kind of issuer, verifier or sink: what the manifest may say of it, and how it is made from that.
package struct Kind<Made>: Sendable {
    /// The word that the manifest says in `kind`.
    package let name: String
    /// One clause for the schema and the documentation.
    package let help: String
    package let schema: ObjectShape
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

    /// Its row among the kinds of which the manifest names one, with `fields` that all of them have.
    func variant(adding fields: [Field] = []) -> Shape.Variant {
        Shape.Variant(
            kind: name, help: help,
            shape: ObjectShape(schema.fields + fields, rule: schema.rule, alsoInSchema: schema.alsoInSchema))
    }
}

extension Array {
    /// Makes what `node` describes, or returns nil where the list lacks the kind that it names, and where it is nil.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` for what a schema cannot say.
    package func make<Made>(
        _ node: ManifestNode?, _ surroundings: RotationSurroundings
    ) throws(MintError) -> Made? where Element == Kind<Made> {
        guard let node, let kind = first(where: { $0.name == node["kind"]?.string }) else { return nil }
        return try kind.build(Settings(kind: kind.name, node: node, surroundings: surroundings))
    }
}
