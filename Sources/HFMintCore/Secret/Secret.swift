#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A credential that exists in one place.
///
/// A `Secret` is not `Copyable`, so that the compiler refuses to interpolate it into a message, to print it, to put it
/// in an array, to compare it with `==`, or to use it after it was given away. Its bytes are overwritten when it goes
/// out of scope. Only ``reveal(_:)`` lends them, as a span that cannot outlive the call; search for that name to find
/// every use.
///
/// ```swift
/// let secret = Secret(copying: bytes)
/// let isToken = secret.reveal { $0.count > 3 && $0.equals("hf_", in: 0..<3) }
/// ```
///
/// ``SecretBuffer`` collects a secret that arrives in pieces, and ``TextOrToken`` joins secrets and texts.
/// ``SharedSecret`` has several owners, and a ``BearerToken`` has bytes that need no escapes. `SecretEncoding.swift`
/// encodes a secret. None of them prints one, and none reaches the copies that libcurl and the kernel make: see
/// `SECURITY.md`.
@safe
package struct Secret: ~Copyable, @unchecked Sendable {
    // `@unchecked`: the memory is written before `init` returns and in `deinit`, and only read in between.
    private let memory: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; the caller must wipe its own copy.
    package init(copying bytes: some Collection<UInt8>) {
        unsafe memory = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe memory.copyBytes(from: bytes)
    }

    package init(copying span: Span<UInt8>) {
        unsafe memory = .allocate(byteCount: span.count, alignment: 1)
        unsafe span.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
    }

    /// Takes over `memory`, which was allocated for this secret and in which nothing else is.
    init(adopting memory: UnsafeMutableRawBufferPointer) { unsafe self.memory = memory }

    deinit {
        unsafe wipe(memory)
        unsafe memory.deallocate()
    }

    package var byteCount: Int { unsafe memory.count }

    /// Lends the bytes to `body` for the length of one call.
    package borrowing func reveal<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeBufferPointer(memory.assumingMemoryBound(to: UInt8.self))
        return try unsafe body(Span(_unsafeElements: bytes))
    }
}

extension Secret {
    /// Returns a secret of `prefix`, this secret and `suffix`.
    package borrowing func enclosed(by prefix: String, and suffix: String) -> Secret {
        var buffer = SecretBuffer(capacity: prefix.utf8.count + byteCount + suffix.utf8.count)
        buffer.append(prefix)
        buffer.append(self)
        buffer.append(suffix)
        return buffer.finish()
    }

    /// Returns whether both hold the same bytes, in a time that depends on their lengths alone.
    package borrowing func holdsSameBytes(as other: borrowing Secret) -> Bool {
        reveal { mine in
            other.reveal { theirs in
                guard mine.count == theirs.count else { return false }
                return mine.indices.reduce(0 as UInt8) { $0 | (mine[$1] ^ theirs[$1]) } == 0
            }
        }
    }

    /// Returns a copy, for an owner that outlives this one.
    package borrowing func duplicate() -> Secret {
        reveal { Secret(copying: $0) }
    }
}

/// A ``Secret`` with several owners, which is wiped when the last one releases it.
package final class SharedSecret: Sendable {
    package let secret: Secret

    package init(_ secret: consuming Secret) {
        self.secret = secret
    }
}

extension SharedSecret: Equatable {
    /// Returns whether both are the same object, without a look at the bytes.
    package static func == (left: SharedSecret, right: SharedSecret) -> Bool { left === right }
}

/// Overwrites `memory` with zeros, in a way that the optimiser may not remove.
func wipe(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    unsafe explicit_bzero(start, memory.count)
}
