/// The names of hfmint's own files and runs in a job's directory.
package enum JobFileName {
    private static let kinds = ["copy-", "env-", "lock-", "record-", "rejected-", "told-", "token-"]
    private static let runPrefix = "run-"
    private static let namesInRun = ["lock", "mark", "token"]
    private static let draftSuffix = ".draft"

    /// Returns the name of the file of a token for `resource`, or of `member`; no two tokens of a job share a file.
    package static func token(for resource: Resource?, of member: OrganizationMember?) -> String {
        let fields = [resource?.canonical ?? ""] + (member.map { [$0.email] + $0.scopes } ?? [])
        return "token-" + fingerprint(fields.map { Array($0.utf8) })
    }

    /// Whether hfmint gives files such a name in `directory`: a kind and a fingerprint, or a draft of one.
    package static func isOurs(_ name: String, in directory: String) -> Bool {
        let bytes = Array(name.utf8)
        let isInRun = isRun(directory.utf8.split(separator: ASCII.slash).last.map { Array($0) } ?? [])
        guard bytes.first == ASCII.dot else { return isFinal(bytes[...], isInRun) || isRun(bytes) }
        guard bytes.suffix(draftSuffix.utf8.count).elementsEqual(draftSuffix.utf8) else { return false }
        return isFinal(bytes.dropFirst().prefix { $0 != ASCII.dot }, isInRun)
    }

    /// Whether hfmint keeps this name for itself, also as a directory's note or for records that wait.
    package static func isKept(_ name: String, in directory: String) -> Bool {
        isOurs(name, in: directory) || ["made-", "audit-unsent-"].contains { name.utf8.starts(with: $0.utf8) }
    }

    private static func isFinal(_ name: ArraySlice<UInt8>, _ isInRun: Bool) -> Bool {
        if isInRun && namesInRun.contains(where: { name.elementsEqual($0.utf8) }) { return true }
        guard let kind = kinds.first(where: { name.starts(with: $0.utf8) }) else { return false }
        let digits = name.dropFirst(kind.utf8.count)
        return digits.count == 32 && digits.allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0) }
    }

    /// Whether `name` is `run-` and a random number in base 36.
    private static func isRun(_ name: [UInt8]) -> Bool {
        name.starts(with: runPrefix.utf8)
            && name.dropFirst(runPrefix.utf8.count).allSatisfy { $0.isASCIIDigit || $0.isASCIILowercase }
    }
}
