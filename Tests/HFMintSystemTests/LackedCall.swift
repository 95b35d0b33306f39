import Foundation
import Glibc
import Synchronization
import Testing

/// A system call that fails as it does if the kernel, the file system or a sandbox lacks it.
struct LackedCall: Sendable {
    private let number: UInt32
    private let failure: CInt
    /// The second argument of the calls that fail, or nil if all of them do.
    private let argument: UInt32?

    private init(_ x86: UInt32, arm: UInt32, _ failure: CInt, argument: UInt32? = nil) {
        #if arch(x86_64)
        number = x86
        #else
        number = arm
        #endif
        self.failure = failure
        self.argument = argument
    }

    // https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl
    static func flock(_ failure: CInt) -> Self { Self(73, arm: 32, failure) }
    /// F_OFD_SETLK.
    static func ownLock(_ failure: CInt) -> Self { Self(72, arm: 25, failure, argument: 37) }
    static func fsync(_ failure: CInt) -> Self { Self(74, arm: 82, failure) }
    static func fdatasync(_ failure: CInt) -> Self { Self(75, arm: 83, failure) }
    static func syncfs(_ failure: CInt) -> Self { Self(306, arm: 267, failure) }
    static func renameat(_ failure: CInt) -> Self { Self(264, arm: 38, failure) }
    static func renameat2(_ failure: CInt) -> Self { Self(316, arm: 276, failure) }
    static func linkat(_ failure: CInt) -> Self { Self(265, arm: 37, failure) }

    /// The filter for seccomp(2) that fails this call.
    ///
    /// <https://docs.kernel.org/userspace-api/seccomp_filter.html>
    private var instructions: [UInt64] {
        let answer = Self.instruction(0x06, 0x0005_0000 | UInt32(failure))
        guard let argument else { return [Self.instruction(0x15, number, otherwise: 1), answer] }
        return [
            Self.instruction(0x15, number, otherwise: 3), Self.instruction(0x20, 24),
            Self.instruction(0x15, argument, otherwise: 1), answer, Self.instruction(0x20, 0),
        ]
    }

    /// A `struct sock_filter`.
    private static func instruction(_ code: UInt64, _ value: UInt32, otherwise: UInt64 = 0) -> UInt64 {
        code | otherwise << 24 | UInt64(value) << 32
    }

    private typealias Prctl = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt

    /// Takes the calls from this thread until it ends, which needs no rights.
    private static func take(away calls: [LackedCall]) -> Bool {
        guard let address = unsafe dlsym(nil, "prctl") else { return false }
        let prctl = unsafe unsafeBitCast(address, to: Prctl.self)
        var filter = [instruction(0x20, 0)] + calls.flatMap(\.instructions) + [instruction(0x06, 0x7FFF_0000)]
        return unsafe filter.withUnsafeMutableBufferPointer { filter in
            var program = [UInt(filter.count), UInt(bitPattern: filter.baseAddress)]
            return unsafe program.withUnsafeMutableBufferPointer { program in
                let (noNewRights, seccomp): (CInt, CInt) = (38, 22)
                return prctl(noNewRights, 1, 0, 0, 0) == 0
                    && prctl(seccomp, 2, UInt(bitPattern: program.baseAddress), 0, 0) == 0
            }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, any Error>?>(nil)
    }

    private struct NoFilters: Error {}

    /// Runs `body` on a thread of its own that lacks `calls`.
    static func without<Value: Sendable>(
        _ calls: [LackedCall], _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let (outcome, isDone) = (Outcome<Value>(), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            let result = Result { () throws -> Value in
                guard take(away: calls) else { throw NoFilters() }
                return try body()
            }
            outcome.value.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        return try #require(outcome.value.withLock { $0 }).get()
    }
}
