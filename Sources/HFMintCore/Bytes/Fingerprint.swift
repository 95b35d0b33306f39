/// Returns a short, stable name for a list of fields: 128 bits of FNV-1a in hexadecimal.
///
/// It names files and directories without a cryptographic library, and so proves nothing: a reader compares the fields
/// that the file itself records. Do not pass a field whose hash must stay secret.
///
/// <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
package func fingerprint(_ fields: [[UInt8]]) -> String {
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    func mix(_ byte: UInt8) { hash = (hash ^ UInt128(byte)) &* prime }
    for field in fields {
        // The length comes first, so that no two lists of fields are the same bytes.
        bigEndianBytes(UInt64(field.count)).forEach(mix)
        field.forEach(mix)
    }
    return bigEndianBytes(hash).hexadecimal
}

func bigEndianBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
}
