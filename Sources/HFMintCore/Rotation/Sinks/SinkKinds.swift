/// Every kind of sink, by the word that the manifest says in `kind`.
package let sinkKinds: [SinkKind] = []
