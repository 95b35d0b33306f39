/// A token that can stand in quotes and on a line as it is, because no syntax gives its bytes a meaning.
///
/// Before you make one, check its bytes: no space, no line break, no quote.
package final class BearerToken: Sendable {
    package let secret: Secret

    package init(_ secret: consuming Secret) {
        self.secret = secret
    }
}
