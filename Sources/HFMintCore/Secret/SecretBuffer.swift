/// A buffer for the bytes of a ``Secret`` that arrives in pieces.
///
/// Its capacity is fixed, because an array that grows leaves its old storage unwiped.
@safe
package struct SecretBuffer: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    package private(set) var byteCount = 0

    package init(capacity: Int) {
        unsafe memory = .allocate(byteCount: capacity, alignment: 1)
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

    /// Appends `text`; traps if it does not fit.
    package mutating func append(_ text: String) {
        var text = text
        let fits = text.withUTF8 { unsafe appendIfRoom(UnsafeRawBufferPointer($0)) }
        precondition(fits, "a secret buffer is too small")
    }

    /// Appends `secret`; traps if it does not fit.
    package mutating func append(_ secret: borrowing Secret) {
        let fits = secret.reveal { span in unsafe span.withUnsafeBytes { unsafe appendIfRoom($0) } }
        precondition(fits, "a secret buffer is too small")
    }

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

    package borrowing func finish() -> Secret {
        unsafe Secret(copying: UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    }
}
