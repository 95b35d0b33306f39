@testable internal import HFMintCore

/// A list is refused with a printable reason, or is the same list once it is written and read again.
package func fuzzSecretList(_ input: [UInt8]) {
    do throws(Malformed) {
        let list = try SecretList(parsing: Secret(copying: input))
        hold(list.secrets.count <= SecretList.most, "a list is bounded")
        let text = list.text
        let again = try SecretList(parsing: text)
        let isSame = zip(list.secrets, again.secrets).allSatisfy { $0.secret.holdsSameBytes(as: $1.secret) }
        hold(isSame && list.secrets.count == again.secrets.count, "what is written is read again")
        hold(again.text.holdsSameBytes(as: text), "a list has one spelling")
        hold(list.secrets.allSatisfy { $0.secret.byteCount > 0 && list.holds($0.secret) }, "it holds what it lists")
    } catch {
        hold(!error.reason.unicodeScalars.contains(where: isTroublesome), "the reason can be printed")
    }
}
