/// Every attack that can be made with what the prober has, in the order in which they are reported.
///
/// An attack is added in the file of its family. Its success must do no harm: it reads, or it names a repository of an
/// owner that nobody has.
package func allAttacks(on subject: ProbeSubject) -> [Attack] {
    [
        pathAttacks(subject), gitPathAttacks(subject), methodAttacks(subject), headerAttacks(subject),
        credentialAttacks(subject), tokenAttacks(subject), rightAttacks(subject), operationAttacks(subject),
    ].flatMap(\.self)
}

extension Attack {
    /// The request that every front door refuses: nothing is wrong with it but that nobody asks.
    package static func nobody(_ subject: ProbeSubject) -> Attack {
        Attack("no credential", .credential, api(subject.absent)).with { $0.credential = .none }
    }
}

/// Returns the path of the repository in the Hub's API.
func api(_ resource: Resource) -> String { resource.apiPath ?? "/api/models/\(resource.namespace)/\(resource.name)" }
