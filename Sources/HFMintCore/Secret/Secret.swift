#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A credential that exists in one place.
///
/// The compiler enforces what a convention would only ask for. A `Secret` is
/// not `Copyable`, so it cannot be interpolated into a message, handed to
/// `print`, put in an array, compared with `==`, or used twice after it was
/// given away. The bytes are overwritten when it goes out of scope.
///
/// The one way out is ``reveal(_:)``, which lends a span that cannot outlive
/// the call. Search for that name to find every place where a credential
/// leaves this type.
///
/// This bounds what *hfmint* keeps. It cannot reach the copies that libcurl
/// and the kernel make; see `SECURITY.md`.
@safe
package struct Secret: ~Copyable, @unchecked Sendable {
    // `@unchecked`: the memory is written before `init` returns and in `deinit`, and only read in between.
    private let memory: UnsafeMutableRawBufferPointer

    /// Copies `bytes` in; the caller's copy is the caller's to wipe.
    package init(copying bytes: some Collection<UInt8>) {
        unsafe memory = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe memory.copyBytes(from: bytes)
    }

    /// Copies the bytes that `span` lends.
    package init(copying span: Span<UInt8>) {
        unsafe memory = .allocate(byteCount: span.count, alignment: 1)
        unsafe span.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
    }

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
    /// A new secret: `prefix`, this one, `suffix`.
    package borrowing func enclosed(by prefix: String, and suffix: String) -> Secret {
        var buffer = SecretBuffer(capacity: prefix.utf8.count + byteCount + suffix.utf8.count)
        buffer.append(prefix)
        buffer.append(self)
        buffer.append(suffix)
        return buffer.finish()
    }

    /// Whether both hold the same bytes, in a time that depends on their lengths alone.
    package borrowing func holdsSameBytes(as other: borrowing Secret) -> Bool {
        reveal { mine in
            other.reveal { theirs in
                guard mine.count == theirs.count else { return false }
                return mine.indices.reduce(0 as UInt8) { $0 | (mine[$1] ^ theirs[$1]) } == 0
            }
        }
    }

    /// Whether the bytes of `other` stand somewhere among these.
    package borrowing func holds(_ other: borrowing Secret) -> Bool {
        reveal { mine in
            other.reveal { part in
                guard part.count > 0, mine.count >= part.count else { return false }
                return (0...mine.count - part.count).contains { start in
                    part.indices.allSatisfy { mine[start + $0] == part[$0] }
                }
            }
        }
    }

    /// A second home for the same bytes, for an owner that outlives this one.
    package borrowing func duplicate() -> Secret {
        reveal { Secret(copying: $0) }
    }
}

/// A ``Secret`` that several owners may read; wiped when the last one lets go.
package final class SharedSecret: Sendable {
    package let secret: Secret

    package init(_ secret: consuming Secret) {
        self.secret = secret
    }
}

extension SharedSecret: Equatable {
    /// Whether both are the same home, never whether two secrets hold the same bytes.
    package static func == (left: SharedSecret, right: SharedSecret) -> Bool { left === right }
}

/// Overwrites `memory` with zeros, in a way the optimiser may not remove.
func wipe(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    unsafe explicit_bzero(start, memory.count)
}
