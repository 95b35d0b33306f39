/// A buffer for the bytes of a ``Secret`` that arrives in pieces.
///
/// Unlike an array, it never grows by itself, and ``makeRoom(for:)`` wipes the memory that it leaves.
@safe
package struct SecretBuffer: ~Copyable, @unchecked Sendable {
    private var memory: UnsafeMutableRawBufferPointer
    package private(set) var byteCount = 0

    package init(capacity: Int) {
        // Many stay empty, and an allocation of nothing costs as much as another one.
        unsafe memory =
            capacity > 0
            ? .allocate(byteCount: capacity, alignment: 1) : UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    deinit {
        unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount]))
        unsafe memory.deallocate()
    }

    /// Appends `bytes` and returns true, or keeps nothing and returns false if they do not fit.
    package mutating func appendIfRoom(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard unsafe bytes.count <= memory.count - byteCount else { return false }
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[byteCount...]).copyMemory(from: bytes)
        byteCount += bytes.count
        return true
    }

    /// Makes room for `count` more bytes: if they do not fit, moves to a memory at least twice as large.
    package mutating func makeRoom(for count: Int) {
        guard unsafe count > memory.count - byteCount else { return }
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(byteCount + count, memory.count * 2), alignment: 1)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
        unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount]))
        unsafe memory.deallocate()
        unsafe memory = larger
    }

    /// Appends `text`; traps if it does not fit.
    package mutating func append(_ text: String) {
        append(text.utf8Span.span)
    }

    /// Appends `secret`; traps if it does not fit.
    package mutating func append(_ secret: borrowing Secret) {
        let fits = secret.reveal { span in unsafe span.withUnsafeBytes { unsafe appendIfRoom($0) } }
        precondition(fits, "a secret buffer is too small")
    }

    /// Appends `bytes`; traps if they do not fit.
    package mutating func append(_ bytes: Span<UInt8>) {
        let fits = unsafe bytes.withUnsafeBytes { unsafe appendIfRoom($0) }
        precondition(fits, "a secret buffer is too small")
    }

    /// Appends `bytes`; traps if they do not fit.
    package mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

    /// Appends `byte`; traps if it does not fit.
    package mutating func append(_ byte: UInt8) {
        unsafe precondition(byteCount < memory.count, "a secret buffer is too small")
        unsafe memory[byteCount] = byte
        byteCount += 1
    }

    /// Lends the free room to `read`, which returns the number of bytes that it wrote there, or a negative number.
    package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let count = unsafe read(UnsafeMutableRawBufferPointer(rebasing: memory[byteCount...]))
        byteCount += max(0, count)
        return count
    }

    /// Lends the bytes to `body`, wipes them, and keeps the room.
    package mutating func take<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount])
        defer {
            unsafe wipe(bytes)
            byteCount = 0
        }
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(bytes.assumingMemoryBound(to: UInt8.self)))
        return try body(span)
    }

    /// Returns a copy of the bytes.
    package borrowing func finish() -> Secret {
        unsafe Secret(copying: UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    }

    /// Returns the bytes where they are, as the end of this buffer.
    package consuming func seal() -> Secret {
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount])
        discard self
        return unsafe Secret(adopting: bytes)
    }
}
