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
        case "workflow" where workflowFiles != nil: workflowValue
        default: comparable(name)
        }
    }

    /// The branch that a job runs on; `nil` for a tag, a pull request, and where nothing says so.
    package var branch: String? {
        guard let ref = self["ref"] else { return nil }
        let head = "refs/heads/"
        if ref.utf8.starts(with: head.utf8) {
            return String(decoding: ref.utf8.dropFirst(head.utf8.count), as: UTF8.self)
        }
        return ref.utf8.starts(with: "refs/".utf8) || !equals("ref_type", "branch") ? nil : ref
    }

    /// The file names of the workflow that was started, and of the one that holds the job.
    package var workflowFiles: (caller: String, callee: String)? {
        guard let caller = self["workflow_ref"].flatMap(workflowFile) else { return nil }
        return (caller, self["job_workflow_ref"].flatMap(workflowFile) ?? caller)
    }

    /// Whether the job comes from a workflow that another one calls.
    package var isReusableWorkflow: Bool {
        guard let caller = self["workflow_ref"], let callee = self["job_workflow_ref"] else { return false }
        return !caller.utf8.elementsEqual(callee.utf8)
    }

    private var workflowValue: PinnedValue {
        guard let files = workflowFiles else { return .missing }
        let (caller, callee) = (Array(files.caller.utf8), Array(files.callee.utf8))
        return caller == callee ? .string(caller) : .either(caller: caller, callee: callee)
    }
}

/// `acme/training/.github/workflows/publish.yml@refs/heads/main` → `publish.yml`.
private func workflowFile(_ ref: String) -> String? {
    let path = ref.utf8.prefix { $0 != UInt8(ascii: "@") }
    return path.split(separator: ASCII.slash).last.map { String(decoding: $0, as: UTF8.self) }
}
