/// A token whose bytes no syntax gives a meaning to, so that it can stand between quotes, and on a line, as it is.
///
/// Whoever makes one has checked its bytes: no space, no line break, no quote.
package final class BearerToken: Sendable {
    package let secret: Secret

    package init(_ secret: consuming Secret) {
        self.secret = secret
    }
}
