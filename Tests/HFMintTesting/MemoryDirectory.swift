internal import HFMintCore
internal import Synchronization

/// A private directory of ``MemoryFiles``.
struct MemoryDirectory: PrivateDirectory {
    let path: String
    let files: MemoryFiles
    let lockRefusal: String? = nil

    func replace(_ name: String, with bytes: borrowing Secret) throws(FileFailure) {
        let full = "\(path)/\(name)"
        try files.refuse(full)
        let text = bytes.revealedText()
        files.state.withLock { state in
            state.acts.append(.replaceInDirectory(full, text))
            state.texts[full] = text
        }
    }

    func listed() throws(FileFailure) -> [String] { files.names(in: path) }

    func read(_ name: String, limit: Int) throws(FileFailure) -> Secret? {
        try files.read("\(path)/\(name)", limit: limit)
    }

    func subdirectory(_ name: String) throws(FileFailure) -> any PrivateDirectory {
        let full = "\(path)/\(name)"
        try files.refuse(full)
        files.state.withLock { state in
            state.acts.append(.openDirectory(full))
            state.kinds[full] = .directory
        }
        return MemoryDirectory(path: full, files: files)
    }

    func checkRoom(for name: String, byteCount: Int) throws(FileFailure) { try files.refuse("\(path)/a new file") }

    func openLog(_ name: String) throws(FileFailure) -> (any LogFile)? {
        let full = "\(path)/\(name)"
        try files.refuse(full)
        return Log(path: full, files: files)
    }

    func drop(_ name: String) { try? remove(name) }

    func remove(_ name: String) throws(FileFailure) {
        let full = "\(path)/\(name)"
        try files.refuse(full)
        files.state.withLock { state in
            guard state.texts[full] != nil else { return }
            state.acts.append(.erase(full))
            state.texts[full] = nil
        }
    }

    func lock(_ name: String, until deadline: Uptime, clock: any Clock) throws(FileFailure) -> any DirectoryLock {
        let full = "\(path)/\(name)"
        try files.refuse(full)
        files.state.withLock { $0.acts.append(.lock(full)) }
        return Lock()
    }

    func erase(keeping isKept: (String) -> Bool, leaving: (FileFailure) -> Void) throws(FileFailure) -> [String] {
        let paths = names.filter { !isKept($0) }.map { "\(path)/\($0)" }
        for path in paths {
            try files.refuse(path)
            files.state.withLock { state in
                state.acts.append(.erase(path))
                state.texts[path] = nil
            }
        }
        if names.isEmpty { files.state.withLock { $0.kinds[path] = nil } }
        return paths
    }

    private struct Log: LogFile {
        let path: String
        let files: MemoryFiles

        func read() throws(FileFailure) -> [UInt8] {
            files.state.withLock { Array(($0.texts[path] ?? "").utf8) }
        }

        func append(_ line: [UInt8]) throws(FileFailure) {
            try files.refuse(path)
            files.state.withLock { $0.texts[path, default: ""] += String(decoding: line, as: UTF8.self) }
        }

        func replace(_ content: [UInt8]) throws(FileFailure) {
            try files.refuse(path)
            files.state.withLock { $0.texts[path] = String(decoding: content, as: UTF8.self) }
        }
    }

    private struct Lock: DirectoryLock {
        let weakness: String? = nil

        func release() {}
    }
}
