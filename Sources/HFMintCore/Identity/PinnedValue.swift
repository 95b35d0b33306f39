/// What a claim of this name is in an ID token, also for the two names that are the Hub's own.
package enum PinnedValue: Equatable, Sendable {
    case missing
    /// The bytes of a string.
    case string([UInt8])
    /// The strings of an array.
    case strings([[UInt8]])
    /// A number or a truth value, as it is written.
    case other(String)
    /// An object, or an array of something else: nothing that can be equal to a text.
    case unusable
    /// The Hub derives it from one of two claims, and does not say which: a reusable workflow's caller, or the callee.
    case either(caller: [UInt8], callee: [UInt8])
}

extension Claims {
    /// The value that the Hub would compare for the claim `name`.
    ///
    /// The settings page's `branch` and `workflow` are not claims of any issuer.
    /// <https://huggingface.co/docs/hub/trusted-publishers>
    package func value(pinned name: String) -> PinnedValue {
        switch name {
        case "branch": branch.map { .string(Array($0.utf8)) } ?? .missing
        case "workflow": workflows?.pinned ?? comparable(name)
        default: comparable(name)
        }
    }

    /// The branch that a job runs on; `nil` for a tag, a pull request, and where nothing says so.
    package var branch: String? {
        guard let ref = self["ref"] else { return nil }
        return ref.after("refs/heads/") ?? (ref.hasStart("refs/") || !equals("ref_type", "branch") ? nil : ref)
    }
}

extension Workflows {
    /// The name of the file, which is one of two where one workflow calls the other.
    fileprivate var pinned: PinnedValue {
        let (caller, callee) = (Array(caller.file.utf8), Array(callee.file.utf8))
        return caller == callee ? .string(caller) : .either(caller: caller, callee: callee)
    }
}
