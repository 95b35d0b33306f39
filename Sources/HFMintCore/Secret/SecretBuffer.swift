/// Collects the bytes of a ``Secret`` that arrives in pieces.
///
/// The capacity is fixed: an array that grows leaves its old storage behind unwiped.
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

    /// Returns `false`, and keeps nothing of `bytes`, if they do not fit.
    package mutating func appendIfRoom(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard unsafe bytes.count <= memory.count - byteCount else { return false }
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[byteCount...]).copyMemory(from: bytes)
        byteCount += bytes.count
        return true
    }

    /// Traps if `text` does not fit: the caller chose the capacity.
    package mutating func append(_ text: String) {
        var text = text
        let fits = text.withUTF8 { unsafe appendIfRoom(UnsafeRawBufferPointer($0)) }
        precondition(fits, "a secret buffer is too small")
    }

    /// Traps if `secret` does not fit: the caller chose the capacity.
    package mutating func append(_ secret: borrowing Secret) {
        let fits = secret.reveal { span in unsafe span.withUnsafeBytes { unsafe appendIfRoom($0) } }
        precondition(fits, "a secret buffer is too small")
    }

    /// Traps if there is no room for one more byte.
    package mutating func append(_ byte: UInt8) {
        unsafe precondition(byteCount < memory.count, "a secret buffer is too small")
        unsafe memory[byteCount] = byte
        byteCount += 1
    }

    /// Lends the room that is left to `read`, which answers how many bytes it put there; a negative answer adds none.
    package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let count = unsafe read(UnsafeMutableRawBufferPointer(rebasing: memory[byteCount...]))
        byteCount += max(0, count)
        return count
    }

    package borrowing func finish() -> Secret {
        unsafe Secret(copying: UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    }
}
