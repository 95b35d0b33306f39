/// The secrets of one place, a line each: the first is in use, and whoever reads the list accepts all of them.
///
/// A rotation adds a new secret at the end, later moves it to the front, and takes the old one out when nobody can need
/// it any more. A person does the same with an editor that replaces the file whole.
package struct SecretList: Sendable {
    /// The most secrets that a list may hold.
    package static let most = 16

    /// The secrets, of which the first is in use; no two are the same.
    package private(set) var secrets: [SharedSecret] = []

    package init() {}

    /// Reads a list; blank lines are no part of it.
    ///
    /// - Throws: ``Malformed`` for a line that no secret can be, such as one with a control character or with a blank
    ///   at its end, and for more than ``most`` secrets.
    package init(parsing text: borrowing Secret) throws(Malformed) {
        try text.reveal { (span) throws(Malformed) in
            var start = 0
            var number = 0
            while start < span.count {
                var end = start
                while end < span.count, span[end] != ASCII.lineFeed { end += 1 }
                number += 1
                let next = end + 1
                while end > start, span[end - 1] == ASCII.carriageReturn { end -= 1 }
                let line = span.extracting(start..<end)
                start = next
                guard line.count > 0 else { continue }
                if let complaint = SecretReference.complaint(about: line, as: .line) {
                    throw Malformed("line \(number) \(complaint)")
                }
                add(SharedSecret(Secret(copying: line)))
            }
        }
        guard secrets.count <= Self.most else {
            throw Malformed("it holds \(secrets.count) secrets, more than \(Self.most)")
        }
    }

    /// The list as ``init(parsing:)`` reads it, with a line feed after each secret.
    package var text: Secret { Secret(joining: secrets.flatMap { [.secret($0), .text("\n")] }) }

    package func holds(_ secret: borrowing Secret) -> Bool {
        secrets.contains { $0.secret.holdsSameBytes(as: secret) }
    }

    /// Adds a secret at the end, unless the list holds it.
    package mutating func add(_ secret: SharedSecret) {
        if !holds(secret.secret) { secrets.append(secret) }
    }

    /// Puts a secret in front of all others, so that it is in use.
    package mutating func putFirst(_ secret: SharedSecret) {
        secrets = [secret] + secrets.filter { !$0.secret.holdsSameBytes(as: secret.secret) }
    }

    /// Takes a secret out.
    package mutating func remove(_ secret: SharedSecret) {
        secrets.removeAll { $0.secret.holdsSameBytes(as: secret.secret) }
    }
}
