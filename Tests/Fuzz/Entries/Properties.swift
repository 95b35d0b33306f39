/// Stops the process unless `property` holds.
///
/// `fatalError` and not `precondition`, whose message an optimised build drops.
func hold(
    _ property: Bool, _ name: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    guard property else { fatalError("broken property: \(name())", file: file, line: line) }
}

/// The parts of an input that holds several, with a zero byte between each two, as in `/proc/self/environ`.
func fields(_ input: [UInt8]) -> [[UInt8]] {
    input.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Equality as bytes: never equivalence of characters.
func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

extension Array where Element == UInt8 {
    func contains(text needle: String) -> Bool { contains(sequence: Array(needle.utf8)) }

    func contains(sequence needle: [UInt8]) -> Bool {
        needle.isEmpty || indices.contains { self[$0...].starts(with: needle) }
    }
}

/// Scalars that would break a line, steer a terminal, or hide text; by value, not by Unicode's tables.
func isTroublesome(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2064,
        0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE000...0xF8FF, 0xE0001, 0xE0020...0xE007F:
        true
    default: false
    }
}

/// The bytes that a POSIX shell, `docker --env-file` and systemd all take as they stand in a value.
func isPlain(_ value: some Collection<UInt8>) -> Bool {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~+/=:-_".utf8)
    return value.first != UInt8(ascii: "~") && value.allSatisfy(plain.contains)
}

/// `[A-Z][A-Z0-9_]*`.
func isVariableName(_ name: some Collection<UInt8>) -> Bool {
    guard let first = name.first, (65...90).contains(first) else { return false }
    return name.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
}
