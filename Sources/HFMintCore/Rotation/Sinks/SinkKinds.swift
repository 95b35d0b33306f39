/// Every kind of sink, by the word that the manifest says in `kind`.
package let sinkKinds: [SinkKind] = [
    .file,
    .githubActions,
    .gitLab,
    .vault,
    .kubernetes,
    .awsSecretsManager,
    .hubSpace,
    .command,
]
