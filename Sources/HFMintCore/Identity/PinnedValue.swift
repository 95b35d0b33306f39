/// The value that the Hub compares for a pinned name: a claim, or one of two names of its own.
package enum PinnedValue: Equatable, Sendable {
    case missing
    case string([UInt8])
    case strings([[UInt8]])
    /// A number or a boolean, as it is written.
    case other(String)
    /// An object, or an array that holds more than strings; it equals no text.
    case unusable
    /// The file of a reusable workflow or of its caller; the Hub compares one, and does not document which.
    case either(caller: [UInt8], callee: [UInt8])
}

extension Claims {
    /// Returns the value that the Hub compares for the name `name`.
    ///
    /// `branch` and `workflow` are names of the Hub's settings page, and claims of no issuer.
    /// <https://huggingface.co/docs/hub/trusted-publishers>
    package func value(pinned name: String) -> PinnedValue {
        switch name {
        case "branch": branch.map { .string(Array($0.utf8)) } ?? .missing
        case "workflow": workflows?.pinned ?? comparable(name)
        default: comparable(name)
        }
    }

    /// The branch of the job, or nil for a tag, for a pull request, or if no claim says it.
    package var branch: String? {
        guard let ref = self["ref"] else { return nil }
        return ref.after("refs/heads/") ?? (ref.hasStart("refs/") || !equals("ref_type", "branch") ? nil : ref)
    }
}

extension Workflows {
    /// The name of the file, or both names if one workflow calls the other.
    fileprivate var pinned: PinnedValue {
        let (caller, callee) = (Array(caller.file.utf8), Array(callee.file.utf8))
        return caller == callee ? .string(caller) : .either(caller: caller, callee: callee)
    }
}
