/// The journal of one rotation: a locked file of lines, each with a checksum and the whole state.
///
/// The last whole line counts.
///
/// `RotationState` says what is recorded, `RotationState+JSON` how a line is written and read. `RotationState+Clock`
/// finds moments that a wrong clock recorded. The events for callbacks are part of the state, so that no crash can
/// separate them. A line is durable when ``record(_:)`` returns. A damaged line is never guessed at.
final class RotationJournal {
    private let file: any LogFile
    private let audit: RotationAudit?
    private(set) var state: RotationState

    static func fileName(_ rotation: String) -> String { "\(rotation).journal" }

    /// Returns the rotation whose journal has this file name, or nil if it is another file.
    static func rotation(ofFile name: String) -> String? {
        let ending = ".journal"
        guard name.utf8.count > ending.utf8.count, name.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
        else { return nil }
        return String(decoding: name.utf8.dropLast(ending.utf8.count), as: UTF8.self)
    }

    /// Reads the last state from an open file.
    ///
    /// - Parameter path: the path of the file, for messages.
    /// - Throws: a failure if a whole line is damaged, or from another version. Then only a person may go on.
    init(_ file: any LogFile, at path: String = "journal", audit: RotationAudit? = nil) throws(FileFailure) {
        self.file = file
        self.audit = audit
        state = try Self.lastState(in: try file.read(), at: path)
    }

    static func lastState(in bytes: [UInt8], at path: String = "journal") throws(FileFailure) -> RotationState {
        let lines = bytes.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false)
        // A crash may have torn the line after the last line feed.
        let whole = lines.dropLast()
        guard !whole.isEmpty else {
            guard isBeginning(lines.last ?? []) else { throw FileFailure(path, "hfmint did not write what it holds") }
            return RotationState()
        }
        // A process ends a torn line before it writes its own. If it was killed in between, the last line is torn.
        for line in whole.suffix(2).reversed() {
            if let state = state(of: line) { return state }
        }
        // The first line ever may be torn too.
        if whole.allSatisfy({ isTorn($0) }), isBeginning(lines.last ?? []) { return RotationState() }
        throw FileFailure(path, "its last lines are damaged, or another version of hfmint wrote them")
    }

    /// Whether the text begins like a line, or is all zeros, which a power failure leaves.
    private static func isBeginning(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.dropFirst(32)
        let checksum = text.prefix(32)
        let isChecksum = checksum.isHexadecimal(count: checksum.count)
        return text.allSatisfy { $0 == 0 } || isChecksum && rest.prefix(2).elementsEqual(" {".utf8.prefix(rest.count))
    }

    /// Whether the line only begins like a line: its checksum is wrong, and it does not end like a state.
    private static func isTorn(_ line: ArraySlice<UInt8>) -> Bool {
        !line.isEmpty && isBeginning(line) && text(of: line) == nil && line.last != UInt8(ascii: "}")
    }

    /// Returns the text of a line, or nil if its checksum is wrong.
    private static func text(of line: ArraySlice<UInt8>) -> [UInt8]? {
        guard let space = line.firstIndex(of: ASCII.space) else { return nil }
        let text = Array(line[(space + 1)...])
        return fingerprint([text]).utf8.elementsEqual(line[..<space]) ? text : nil
    }

    private static func state(of line: ArraySlice<UInt8>) -> RotationState? {
        guard let text = text(of: line), let json = try? JSONText(text, limits: .event) else { return nil }
        return RotationState(ManifestNode(json))
    }

    /// Appends `state`, waits until it is durable, and makes it the current state.
    func record(_ state: RotationState) throws(FileFailure) {
        try audit?.record(self.state, state)
        try file.append(Self.line(state))
        self.state = state
    }

    /// Sends the required audit records, before an endpoint is told.
    func sendRecordsFirst() throws(FileFailure) { try audit?.sendFirst() }

    /// Replaces the whole file with `state`, as durably as ``record(_:)``.
    func compact(_ state: RotationState) throws(FileFailure) {
        try audit?.record(self.state, state)
        try file.replace(Self.line(state))
        self.state = state
    }

    private static func line(_ state: RotationState) -> [UInt8] {
        let text = state.json.rendered().reveal { $0.bytes }
        return Array(fingerprint([text]).utf8) + [ASCII.space] + text + [ASCII.lineFeed]
    }
}
