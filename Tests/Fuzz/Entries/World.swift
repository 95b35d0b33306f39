internal import HFMintCore
internal import HFMintTesting
internal import Synchronization

/// A machine that exists in memory, for one run: a Hub with one answer, and everything written kept.
final class World: Sendable {
    struct State {
        var written: [OutputStream: [UInt8]] = [.out: [], .err: []]
        var files: [String: [UInt8]] = [:]
        var bodies: [Sent] = []
        var uptime = Uptime(sinceStart: .zero)
    }

    struct Sent {
        let url: HTTPURL
        let route: Route
        let bytes: [UInt8]
    }

    /// What the Hub and the job's token endpoint answer.
    struct Answer {
        var status = 200
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
    }

    private let state = Mutex(State())
    private let answer: Answer
    /// What every path reads as.
    private let file: [UInt8]
    /// What every name in a private directory reads as, until it is replaced.
    fileprivate let record: [UInt8]?

    init(answer: Answer = Answer(), file: [UInt8] = [], record: [UInt8]? = nil) {
        self.answer = answer
        self.file = file
        self.record = record
    }

    /// What the run left behind.
    var traces: State { state.withLock { $0 } }

    /// What no entry uses is the tests' stand-in.
    func context(_ environment: Environment) -> Context {
        var context = FakeMachine(environment, random: { 0x1234_5678_9ABC_DEF0 }).context
        context.machine.transport = self
        context.machine.clock = self
        context.machine.files = self
        context.machine.processes = self
        context.speaker.output = self
        return context
    }
}

extension World: HTTPTransport {
    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let staysHere = if case .unixSocket = request.route { true } else { request.route == .metadataServer }
        hold(request.url.isConfidential || staysHere, "no request travels in the clear")
        switch body {
        case .content(let content):
            let bytes = content.bytes.reveal { $0.bytes }
            state.withLock { $0.bodies.append(Sent(url: request.url, route: request.route, bytes: bytes)) }
        case .none: break
        }
        return HTTPResponse(status: answer.status, headers: answer.headers, body: Secret(copying: answer.body))
    }

    func closeIdleConnections() {}
}

extension World: Clock {
    func now() -> Timestamp { Timestamp(secondsSince1970: 1_800_000_000) }
    func uptime() -> Uptime { state.withLock { $0.uptime } }
    func sleep(for duration: Duration) { state.withLock { $0.uptime = $0.uptime + duration } }
}

extension World: Files {
    func read(_ path: String, limit: Int) throws(FileFailure) -> Secret? {
        guard file.count <= limit else { throw FileFailure(path, "it is too large") }
        return Secret(copying: file)
    }

    func readTrusted(_ path: String, limit: Int) throws(FileFailure) -> Secret? { try read(path, limit: limit) }

    func readStandardInput(_ extent: StandardInputExtent, limit: Int) throws(FileFailure) -> Secret {
        try read("/dev/stdin", limit: limit) ?? Secret(copying: [])
    }

    func openPrivateDirectory(
        _ candidate: DirectoryCandidate, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        directory(candidate.path)
    }

    func directory(_ path: String) -> any PrivateDirectory { Directory(path: path, world: self) }

    func replaceUserFile(
        _ path: String, with bytes: borrowing Secret, marks: (any FileMarks)?
    ) throws(FileFailure) { keep(path, bytes) }

    func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int { 0 }

    func eraseUserFile(
        _ path: String, _ mark: FileMark, marks: any FileMarks
    ) throws(FileFailure) -> UserFileErasure { .erased }

    func appendToStepFile(
        _ path: String, _ bytes: borrowing Secret, isSecret: Bool, mayBeAbsent: Bool
    ) throws(FileFailure) { keep(path, bytes) }

    fileprivate func keep(_ path: String, _ bytes: borrowing Secret) {
        let bytes = bytes.reveal { $0.bytes }
        state.withLock { $0.files[path] = bytes }
    }

    func replacePublicFile(
        _ path: String, with text: String, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) {}
    func checkForeignWrite(_ path: String) throws(FileFailure) {}
    func checkUserFile(_ path: String, marks: (any FileMarks)?) throws(FileFailure) {}
    func checkSharedFile(_ path: String, mode: UInt16?) throws(FileFailure) {}

    func replaceSharedFile(_ path: String, with bytes: borrowing Secret, mode: UInt16?) throws(FileFailure) {
        keep(path, bytes)
    }

    func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure) {}

    func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure) {
        throw FileFailure(path, "nothing is written here")
    }

    func readLog(
        _ path: String, until deadline: Uptime, clock: any Clock
    ) throws(FileFailure) -> (any LogReader)? { nil }

    func checkLog(_ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void) throws(FileFailure) {}

    func checkStepFile(_ path: String, isSecret: Bool, mayBeAbsent: Bool) throws(FileFailure) {}
    func facts(of path: String) -> FileFacts? { nil }
    func kind(of path: String) -> FileKind? { nil }
    func isLink(_ path: String) -> Bool { false }
    func isInMemory(_ path: String) -> Bool { false }
    func names(in directory: String) -> [String] { [] }
    var workingDirectory: String { "/repo" }
    var userID: UInt32 { 1_000 }
}

private struct Directory: PrivateDirectory {
    let path: String
    let world: World

    let lockRefusal: String? = nil

    func listed() throws(FileFailure) -> [String] { [] }

    func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure) {
        world.keep("\(path)/\(name)", bytes)
    }

    func read(_ name: String, limit: Int) throws(FileFailure) -> Secret? {
        guard let bytes = world.traces.files["\(path)/\(name)"] ?? world.record, bytes.count <= limit else {
            return nil
        }
        return Secret(copying: bytes)
    }

    func lock(
        _ name: String, until deadline: Uptime, clock: any Clock
    ) throws(FileFailure) -> any DirectoryLock { NoLock() }

    func subdirectory(_ name: String) throws(FileFailure) -> any PrivateDirectory {
        world.directory("\(path)/\(name)")
    }

    func checkRoom(for name: String, byteCount: Int) throws(FileFailure) {}
    func openLog(_ name: String) throws(FileFailure) -> (any LogFile)? { nil }

    func drop(_ name: String) { try? remove(name) }

    func remove(_ name: String) throws(FileFailure) {}
    func erase(keeping isKept: (String) -> Bool, leaving: (FileFailure) -> Void) throws(FileFailure) -> [String] { [] }
}

private struct NoLock: DirectoryLock {
    let weakness: String? = nil

    func release() {}
}

extension World: Processes {
    func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult {
        ChildResult(status: 0, output: Secret(copying: file))
    }
}

extension World: Output {
    var failure: String? { nil }

    func write(_ text: borrowing Secret, to stream: OutputStream) {
        let bytes = text.reveal { $0.bytes }
        state.withLock { $0.written[stream, default: []] += bytes }
    }

    func kind(of stream: OutputStream) -> StreamKind { .other }
}
