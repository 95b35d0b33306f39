import Glibc
internal import HFMintCore
internal import Synchronization

/// A ``LogFile`` that holds the kernel's lock for as long as this object lives.
final class PosixLogFile: LogFile {
    private let name: String
    private let path: String
    private let directory: Descriptor
    private let file: Mutex<SharedDescriptor>

    private init(_ name: String, path: String, directory: consuming Descriptor, file: consuming Descriptor) {
        self.name = name
        self.path = path
        self.directory = directory
        self.file = Mutex(SharedDescriptor(file))
    }

    /// Opens and locks the log, or returns nil if another process holds it.
    static func open(
        _ name: String, in directory: borrowing Descriptor, path: String
    ) throws(FileFailure) -> PosixLogFile? {
        let whole = "\(path)/\(name)"
        let own = try naming(whole, try directory.openBelow(".", O_RDONLY | O_DIRECTORY))
        while true {
            let file = try naming(whole, try own.openBelow(name, O_RDWR | O_CREAT | O_APPEND, mode: 0o600))
            guard try file.tryLock(whole, orElse: "two that work on it at once could lose a secret") else { return nil }
            // The process that held the lock may have replaced the file, so that another one has its name now.
            let isCurrent = try naming(whole, try own.holds(file.identity(), as: name))
            guard isCurrent else { continue }
            try own.sync(whole)
            return PosixLogFile(name, path: whole, directory: own, file: file)
        }
    }

    func read() throws(FileFailure) -> [UInt8] {
        try naming(path, try directory.openBelow(name, O_RDONLY).readRegular(limit: 64 << 20).reveal { $0.bytes })
    }

    func append(_ line: [UInt8]) throws(FileFailure) {
        let file = file.withLock { $0 }
        try naming(path) { () throws(Errno) in
            let start = try file.descriptor.isBetweenLines() ? [] : [ASCII.lineFeed]
            try file.descriptor.write(Secret(copying: start + line))
        }
        try file.descriptor.sync(path, isDataAlone: true)
    }

    func replace(_ content: [UInt8]) throws(FileFailure) {
        // The new file is locked before it has its name, so no other process can lock it first.
        let bytes = Secret(copying: content)
        let new = try naming(path, try directory.replaceBelow(name, with: bytes, .needed, needsLock: true))
        let shared = SharedDescriptor(new)
        file.withLock { $0 = shared }
    }
}
