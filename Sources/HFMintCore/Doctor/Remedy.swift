/// An explanation why a claim differs from the value that a publisher pins, and how to fix it.
struct Remedy {
    let expectation: Expectation
    let claims: Claims
    /// The value that the job has.
    let value: PinnedValue

    /// One sentence, or nil if no cause stands out.
    var sentence: String? { bySpelling ?? byClaim }

    private var wanted: [UInt8] { Array(expectation.value.utf8) }

    private var got: [UInt8]? {
        if case .string(let bytes) = value { bytes } else { nil }
    }

    /// The explanation if both values are spelled nearly alike.
    private var bySpelling: String? {
        if wanted.contains(UInt8(ascii: "*")) {
            return "the Hub compares whole values: no '*', one publisher for each value"
        }
        guard let got else { return nil }
        if got.map(\.asciiLowercased) == wanted.map(\.asciiLowercased) {
            return "capital and small letters count: enter it exactly as the job has it"
        }
        let isBlank: (UInt8) -> Bool = { $0 == ASCII.space || $0 == ASCII.tab }
        if got.filter({ !isBlank($0) }) == wanted.filter({ !isBlank($0) }) {
            return "a space makes the difference: enter it exactly as the job has it"
        }
        if !wanted.allSatisfy(\.isASCIIVisible), got.allSatisfy(\.isASCIIVisible) {
            return "a character of it only looks like the job's: type it anew at the Hub"
        }
        if String(decoding: got, as: UTF8.self) == expectation.value {
            return "they look the same and are other bytes: type the name in the job and at the Hub in the same way"
        }
        return nil
    }

    private var byClaim: String? {
        switch expectation.claim {
        case "branch": branch
        case "ref": ref
        case "workflow": workflow
        case "sub": claims.meaning.subject?.remedy(expectation.value) { claims[$0] }
        default: byMeaning
        }
    }

    /// The explanation from the meaning that the provider gives the claim.
    private var byMeaning: String? {
        let (claim, meaning) = (expectation.claim, claims.meaning)
        if value == .missing, meaning.declared.contains(claim) {
            return "add `\(claim): \(expectation.value)` to the job, or leave it out at the publisher"
        }
        let names = meaning.workflows
        switch claim {
        case names?.caller: return swapped(with: names?.callee, "the workflow that holds the job")
        case names?.callee: return swapped(with: names?.caller, "the caller's workflow")
        default: return meaning.ownerName(claim).flatMap(renamed) ?? missing
        }
    }

    private var branch: String? {
        guard value == .missing else {
            return "run the job on '\(expectation.value)', or add a publisher for its branch"
        }
        guard let ref = claims["ref"] else { return missing }
        return "this run is on \(Check.refNoun(ref, claims)), which is no branch: run it on '\(expectation.value)',"
            + " or add a publisher that pins ref=\(ref)"
    }

    private var ref: String? {
        guard let ref = claims["ref"], wanted == Array((claims.branch ?? "").utf8), !wanted.isEmpty else { return nil }
        return "`ref` is written in full: enter \(ref), or use the preset `branch`"
    }

    private var workflow: String? {
        guard claims.equals("workflow", expectation.value), let file = claims.workflows?.caller.file else {
            return value == .missing ? missing : nil
        }
        return "'\(expectation.value)' is the workflow's name; the Hub takes the name of its file: \(file)"
    }

    private func swapped(with other: String?, _ noun: String) -> String? {
        guard let other, claims.equals(other, expectation.value) else { return missing }
        return "what is pinned is \(noun): pin it as \(other), or pin the job's own \(expectation.claim)"
    }

    private func renamed(_ owner: RenameableClaim) -> String? {
        guard let got else { return nil }
        let numbers = owner.numbers.compactMap { name in claims[name].map { "\(name)=\($0)" } }
        let tighter = numbers.first.map { ", or pin \($0), which survives a rename" } ?? ""
        let name = String(decoding: got, as: UTF8.self)
        return "a publisher does not follow a rename or a move: enter '\(name)'\(tighter)"
    }

    private var missing: String? {
        value == .missing
            ? "the ID token has no claim '\(expectation.claim)': pin one of those that `claims` lists" : nil
    }
}
