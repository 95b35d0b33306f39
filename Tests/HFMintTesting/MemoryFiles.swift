package import HFMintCore
import Synchronization

/// Files that exist only here; a write that was not allowed beforehand is refused.
package final class MemoryFiles: Files {
    /// What was done, in order.
    package enum Act: Equatable, Sendable {
        case openDirectory(String)
        case replaceInDirectory(String, String)
        case replaceUserFile(String, String)
        case replaceSharedFile(String, String, mode: UInt16?)
        case append(String, String, isSecret: Bool)
        case erase(String)
        case lock(String)
    }

    struct State {
        var texts: [String: String]
        var kinds: [String: FileKind]
        var failures: [String: String]
        var acts: [Act] = []
        /// Of the files that were replaced here.
        var inodes: [String: UInt64] = [:]
        var reads: [String] = []
    }

    let state: Mutex<State>
    private let writable: Set<String>
    /// A directory opens if it lies below one of these.
    private let privateBases: [String]
    private let absentBases: Set<String>
    private let onAppendToLog: (@Sendable () -> FileFailure?)?
    package let workingDirectory: String
    package let userID: UInt32 = 1_000

    package func checkForeignWrite(_ path: String) throws(FileFailure) { try refuse(path) }

    package func replacePublicFile(
        _ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) {
        try refuse(path)
        state.withLock { $0.texts[path] = text }
    }

    package func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int { 0 }

    package func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure) { try refuse(path) }

    package func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure) {
        try refuse(path)
    }

    package func isInMemory(_ path: String) -> Bool { false }

    /// - Parameters:
    ///   - writable: where replacing and appending is expected.
    ///   - privateBases: below which private directories are expected.
    ///   - absentBases: where there is nothing in which a private directory could be.
    ///   - failures: paths that cannot be read, written or opened, and why.
    ///   - onAppendToLog: done before each append to a log, which does not take place where it answers a failure.
    package init(
        _ texts: [String: String] = [:], kinds: [String: FileKind] = [:], writable: Set<String> = [],
        privateBases: [String] = [], absentBases: Set<String> = [], failures: [String: String] = [:],
        workingDirectory: String = "/repo", onAppendToLog: (@Sendable () -> FileFailure?)? = nil
    ) {
        state = Mutex(State(texts: texts, kinds: kinds, failures: failures))
        self.writable = writable
        self.privateBases = privateBases
        self.absentBases = absentBases
        self.workingDirectory = workingDirectory
        self.onAppendToLog = onAppendToLog
    }

    package var acts: [Act] { state.withLock { $0.acts } }
    package var reads: [String] { state.withLock { $0.reads } }

    package subscript(path: String) -> String? { state.withLock { $0.texts[path] } }

    /// Writes a file as somebody else would, or takes it away.
    package func put(_ path: String, _ text: String?) { state.withLock { $0.texts[path] = text } }

    package func read(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        let text = state.withLock { state in
            state.reads.append(path)
            return state.texts[path]
        }
        try refuse(path)
        guard let text else { return nil }
        guard text.utf8.count <= limit else { throw FileFailure(path, "it is larger than \(limit >> 10) KiB") }
        // A pipe gives its bytes once.
        if path == "/dev/stdin" { state.withLock { $0.texts[path] = "" } }
        return Secret(text)
    }

    package func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        try read(path, limit: limit)
    }

    package func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        try read("/dev/stdin", limit: limit) ?? Secret(copying: [])
    }

    package func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        let path = candidate.path
        try refuse(path)
        guard !absentBases.contains(candidate.base), making || kind(of: path) == .directory else { return nil }
        guard privateBases.contains(where: { path.hasPrefix($0 + "/") }) else {
            unscripted("the private directory \(path)")
            throw FileFailure(path, "unscripted directory")
        }
        state.withLock { state in
            state.acts.append(.openDirectory(path))
            state.kinds[path] = .directory
        }
        return MemoryDirectory(path: path, files: self)
    }

    package func replaceUserFile(
        _ path: String, with bytes: borrowing Secret, marks: (any FileMarks)?
    ) throws(FileFailure) {
        try allowed(path)
        let text = bytes.revealedText()
        let mark = state.withLock { state in
            state.acts.append(.replaceUserFile(path, text))
            state.texts[path] = text
            let inode = UInt64(state.acts.count)
            state.inodes[path] = inode
            return FileMark(FileIdentity(device: 1, inode: inode), byteCount: text.utf8.count, modifiedAt: inode)
        }
        try marks?.note(mark)
    }

    package func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure) { try allowed(path) }

    package func replaceSharedFile(
        _ path: String, with bytes: borrowing Secret, mode: UInt16?
    ) throws(FileFailure) {
        try allowed(path)
        let text = bytes.revealedText()
        state.withLock { state in
            state.acts.append(.replaceSharedFile(path, text, mode: mode))
            state.texts[path] = text
        }
    }

    package func eraseUserFile(
        _ path: String, _ mark: FileMark, marks: any FileMarks
    ) throws(FileFailure) -> UserFileErasure {
        try refuse(path)
        return state.withLock { state in
            guard let text = state.texts[path] else { return .gone }
            guard state.inodes[path] == mark.identity.inode else { return .another }
            guard text.utf8.count == mark.byteCount else { return .changed }
            state.acts.append(.erase(path))
            state.texts[path] = nil
            return .erased
        }
    }

    package func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool, mayBeAbsent: Bool
    ) throws(FileFailure) {
        try allowed(path)
        let text = bytes.revealedText()
        state.withLock { state in
            state.acts.append(.append(path, text, isSecret: isSecret))
            state.texts[path, default: ""] += text
        }
    }

    package func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure) {
        try allowed(path)
        if let failure = onAppendToLog?() { throw failure }
        let added = String(decoding: try lines(LogText(state.withLock { $0.texts[path] ?? "" })), as: UTF8.self)
        state.withLock { $0.texts[path, default: ""] += added }
    }

    package func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        try allowed(path)
        let changed = try change(LogText(state.withLock { $0.texts[path] ?? "" }))
        state.withLock { $0.texts[path] = changed.map { String(decoding: $0, as: UTF8.self) } ?? $0.texts[path] ?? "" }
    }

    package func checkLog(
        _ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void
    ) throws(FileFailure) {
        try refuse(path)
    }

    package func readLog(
        _ path: String, until deadline: Uptime, clock: any Clock
    ) throws(FileFailure) -> (any LogReader)? {
        try refuse(path)
        return self[path].map { LogText($0) }
    }

    package func kind(of path: String) -> FileKind? {
        state.withLock { $0.kinds[path] ?? ($0.texts[path] == nil ? nil : .regular) }
    }

    package func isLink(_ path: String) -> Bool { kind(of: path) == .link }

    /// Ours alone, and written when time began; what cannot be used cannot be written.
    ///
    /// What has a kind alone is a program or a directory.
    package func facts(of path: String) -> FileFacts? {
        guard let kind = kind(of: path) else { return nil }
        return FileFacts(
            kind: kind, permissions: state.withLock { $0.kinds[path] } == nil ? 0o600 : 0o700,
            modifiedAt: Timestamp(secondsSince1970: 0), writeRefusal: state.withLock { $0.failures[path] })
    }

    package func names(in directory: String) -> [String] {
        state.withLock { state in
            Set(state.texts.keys).union(state.kinds.keys).filter { $0.hasPrefix(directory + "/") }
                .map { String($0.dropFirst(directory.count + 1)) }.filter { !$0.contains("/") }.sorted()
        }
    }

    private func allowed(_ path: String) throws(FileFailure) {
        try refuse(path)
        guard writable.contains(path) else {
            unscripted("a write to \(path)")
            throw FileFailure(path, "unscripted write")
        }
    }

    func refuse(_ path: String) throws(FileFailure) {
        if let reason = state.withLock({ $0.failures[path] }) { throw FileFailure(path, reason) }
    }
}

/// A log that is read in pieces of a few bytes.
private final class LogText: LogEnd, LogReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var byteCount: Int { bytes.count }
    var end: (any LogEnd)? { self }

    func last(_ count: Int) throws(FileFailure) -> [UInt8] { bytes.suffix(count) }

    func skip(_ count: Int) { offset = min(bytes.count, offset + count) }

    func next() throws(FileFailure) -> [UInt8]? {
        let piece = bytes[offset...].prefix(7)
        offset += piece.count
        return piece.isEmpty ? nil : Array(piece)
    }
}
