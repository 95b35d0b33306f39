internal import CLinux
import Glibc
internal import HFMintCore

extension Descriptor {
    /// Returns the mark of this file as it is now.
    func mark() throws(Errno) -> FileMark {
        let status = try status()
        return FileMark(try identity(), byteCount: status.byteCount, modifiedAt: status.modifiedAt)
    }

    /// Returns the mark that the file system keeps with this file, or nil.
    func keptMark(device: UInt64) -> FileMark? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            unsafe hfmint_linux_mark(number, room.baseAddress, room.count)
        }
        return count > 0 ? FileMark(attribute: Array(bytes[..<count]), device: device) : nil
    }

    /// Keeps the mark as an attribute of this file, if the file system can.
    func keep(_ mark: FileMark) {
        let bytes = mark.attribute
        _ = unsafe bytes.withUnsafeBytes { unsafe hfmint_linux_set_mark(number, $0.baseAddress, $0.count) }
    }

    /// Returns whether the file is as hfmint left it.
    ///
    /// Empty or filled with zeros also counts: a process that was killed while it erased the file leaves it so.
    func isUntouched(since made: FileMark, _ found: FileMark) throws(Errno) -> Bool {
        if made.holds(of: found) { return true }
        guard found.byteCount <= 1 << 20 else { return false }
        return try readRegular(limit: 1 << 20).reveal { bytes in bytes.indices.allSatisfy { bytes[$0] == 0 } }
    }
}
