/// The memory of one rotation: a file of lines, each a checksum and the whole state, the last whole one counts.
///
/// Journal, lock and outbox are this one file, so no crash can tear them apart. A line is durable when ``record(_:)``
/// returns.
package final class RotationJournal {
    private let file: any LogFile
    private let audit: RotationAudit?
    package private(set) var state: RotationState

    package static func fileName(_ rotation: String) -> String { "\(rotation).journal" }

    /// The rotation whose journal has this name; `nil` for any other file.
    static func rotation(ofFile name: String) -> String? {
        let ending = ".journal"
        guard name.utf8.count > ending.utf8.count, name.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
        else { return nil }
        return String(decoding: name.utf8.dropLast(ending.utf8.count), as: UTF8.self)
    }

    /// - Parameter path: of the file, for messages.
    /// - Throws: a failure if a whole line is damaged, or from another version: then only a person may go on.
    package init(
        _ file: any LogFile, at path: String = "journal", audit: RotationAudit? = nil
    ) throws(FileFailure) {
        self.file = file
        self.audit = audit
        state = try Self.lastState(in: try file.read(), at: path)
    }

    static func lastState(in bytes: [UInt8], at path: String = "journal") throws(FileFailure) -> RotationState {
        let lines = bytes.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false)
        // What follows the last line feed is a line that a crash tore.
        let whole = lines.dropLast()
        guard !whole.isEmpty else {
            guard isBeginning(lines.last ?? []) else { throw FileFailure(path, "hfmint did not write what it holds") }
            return RotationState()
        }
        // One torn line may have been ended by a process that was killed before it wrote its own.
        for line in whole.suffix(2).reversed() {
            if let state = state(of: line) { return state }
        }
        // The same before anything was ever recorded.
        if whole.allSatisfy({ isTorn($0) }), isBeginning(lines.last ?? []) { return RotationState() }
        throw FileFailure(path, "its last lines are damaged, or another version of hfmint wrote them")
    }

    /// Whether a line may have been torn here: a checksum, and what it is of; or zeros, as a power failure leaves them.
    private static func isBeginning(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.dropFirst(32)
        let checksum = text.prefix(32)
        let isChecksum = checksum.isHexadecimal(count: checksum.count)
        return text.allSatisfy { $0 == 0 } || isChecksum && rest.prefix(2).elementsEqual(" {".utf8.prefix(rest.count))
    }

    /// Whether it is such a beginning, and not a whole line: not by its checksum, nor, where it was damaged, by its end,
    /// which is that of every state.
    private static func isTorn(_ line: ArraySlice<UInt8>) -> Bool {
        !line.isEmpty && isBeginning(line) && text(of: line) == nil && line.last != UInt8(ascii: "}")
    }

    /// `nil` where the checksum is another one's.
    private static func text(of line: ArraySlice<UInt8>) -> [UInt8]? {
        guard let space = line.firstIndex(of: ASCII.space) else { return nil }
        let text = Array(line[(space + 1)...])
        return fingerprint([text]).utf8.elementsEqual(line[..<space]) ? text : nil
    }

    private static func state(of line: ArraySlice<UInt8>) -> RotationState? {
        guard let text = text(of: line), let json = try? JSONText(text, limits: .event) else { return nil }
        return RotationState(ManifestNode(json))
    }

    /// Makes `state` durable, and only then the one that counts.
    package func record(_ state: RotationState) throws(FileFailure) {
        try audit?.record(self.state, state)
        try file.append(Self.line(state))
        self.state = state
    }

    /// Before those are told who depend on a secret.
    func sendRecordsFirst() throws(FileFailure) { try audit?.sendFirst() }

    /// The same, in place of everything that was recorded before.
    package func compact(_ state: RotationState) throws(FileFailure) {
        try audit?.record(self.state, state)
        try file.replace(Self.line(state))
        self.state = state
    }

    private static func line(_ state: RotationState) -> [UInt8] {
        let text = state.json.rendered().reveal { $0.bytes }
        return Array(fingerprint([text]).utf8) + [ASCII.space] + text + [ASCII.lineFeed]
    }
}
