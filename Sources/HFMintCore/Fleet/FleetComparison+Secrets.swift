/// What is known of a secret beside what the Hub shows: the value that it should have, and who wrote it last.
///
/// The Hub never shows a value. A mark in the description says which value hfmint wrote, and a new value may have come
/// since, with the old description. So the mark counts as proof only with ``lastWrite``: the Hub's time must be the one
/// that this machine saw after its own write.
package struct ProofOfSecret: Equatable, Sendable {
    /// The digest of the value that it should have; nil without a key, or if the source could not be read.
    package var digest: String?
    /// The version that the manifest names.
    package var version: String?
    package var lastWrite: FleetRecord.Write?
    /// A clause about why there is no digest, or nil.
    package var problem: String?
}

extension ProofOfSecret {
    /// Returns what is known of a secret that is there, and a clause about it.
    func verdict(_ mark: SpaceMark?, updatedAt: String?) -> (Verdict, reason: String) {
        guard let mark else {
            return lastWrite == nil
                ? (.foreign, "hfmint has not written it: there is no mark in its description")
                : (.changedElsewhere, "hfmint's mark is gone from its description")
        }
        if let last = lastWrite, last.generation >= mark.generation,
            Self.isLater(updatedAt, than: last.updatedAt)
        {
            return (
                .changedElsewhere,
                "it was written at \(updatedAt ?? "-"), after this machine wrote it at \(last.updatedAt ?? "-")"
            )
        }
        if let version, mark.version != nil || digest == nil || mark.digest == nil, !mark.isOf(version: version) {
            return (.different, "version \(version) is wanted, and \(mark.version ?? "none") is there")
        }
        if let digest, let marked = mark.digest {
            guard digest == marked else { return (.different, "its source has another value") }
        } else if version == nil {
            guard digest == nil else { return (.different, "its mark has no digest to compare with") }
            return (.sameNotProven, problem ?? "nothing to compare: the fleet has no key, and the secret no version")
        }
        guard let last = lastWrite, last.generation == mark.generation else {
            return (.sameNotProven, "this machine has no record of its last write")
        }
        guard Self.isSame(updatedAt, last.updatedAt) else {
            return (.sameNotProven, "the Hub's time is not the one that this machine saw")
        }
        return (.same, "")
    }

    private static func isSame(_ left: String?, _ right: String?) -> Bool {
        left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
    }

    /// Whether the Hub's time shows a write after the one that was recorded.
    ///
    /// The Hub may show no time for a secret that was written once. Two times within a second are two writes.
    private static func isLater(_ seen: String?, than recorded: String?) -> Bool {
        guard let seen, !isSame(seen, recorded) else { return false }
        guard let recorded, let ours = Timestamp(internetDate: recorded), let theirs = Timestamp(internetDate: seen)
        else { return true }
        return theirs >= ours
    }
}

extension FleetComparison {
    /// Compares the secrets of a Space, and finds those that hfmint wrote and the manifest no longer names.
    mutating func secrets(
        _ definition: SpaceDefinition, _ state: SpaceState, _ marks: (_ secret: String) -> ProofOfSecret
    ) {
        let wanted = definition.writtenSecrets
        let seen: [SecretState]
        switch state.secrets {
        case .read(let secrets): seen = secrets
        case .unreadable(let clause):
            if !wanted.isEmpty { addUnreadable("secrets", clause) }
            return
        }
        let isStatic = state.sdk?.utf8.elementsEqual("static".utf8) ?? false
        for secret in wanted {
            let there = seen.first { $0.name.utf8.elementsEqual(secret.name.utf8) }
            var difference = judged(secret, there, marks)
            if isStatic, difference.step == .write {
                difference.step = .refused("a static Space hands its secrets to every browser")
            }
            add(difference)
        }
        for secret in seen where !definition.secrets.contains(where: { $0.name.utf8.elementsEqual(secret.name.utf8) }) {
            add(stranger(secret, definition))
        }
    }

    private func judged(
        _ secret: SecretDefinition, _ there: SecretState?, _ marks: (_ secret: String) -> ProofOfSecret
    ) -> Difference {
        var difference = difference("secrets.\(secret.name)", .missing)
        if let there {
            let mark = there.description.flatMap { SpaceMark(in: $0) }
            difference.updatedAt = there.updatedAt
            difference.digest = mark?.digest
            if case .rotation(let name) = secret.origin {
                (difference.verdict, difference.reason) = (.sameNotProven, "the rotation '\(name)' writes it")
                return difference
            }
            (difference.verdict, difference.reason) = marks(secret.name).verdict(mark, updatedAt: there.updatedAt)
        } else if case .rotation(let name) = secret.origin {
            difference.step = .refused("the rotation '\(name)' writes it")
            return difference
        }
        guard !difference.verdict.isSame else { return difference }
        difference.step = .write
        difference.restarts = true
        if there != nil { difference.irreversible = "the value that is there cannot be read, and so not put back" }
        return difference
    }

    private func stranger(_ secret: SecretState, _ definition: SpaceDefinition) -> Difference {
        let mark = secret.description.flatMap { SpaceMark(in: $0) }
        var difference = difference("secrets.\(secret.name)", .foreign)
        difference.updatedAt = secret.updatedAt
        difference.digest = mark?.digest
        difference.reason = "the manifest does not name it"
        guard let mark, mark.isOf(app: definition.app) else { return difference }
        difference.reason = "hfmint wrote it, and the manifest no longer names it"
        guard !definition.isProtected else { return difference }
        difference.step = .prune
        difference.restarts = true
        difference.irreversible = "its value is lost"
        return difference
    }
}
