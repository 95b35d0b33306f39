/// A variable that a delivery sets.
package struct Variable: Sendable {
    package let name: String
    package let value: TextOrToken

    package init(_ name: String, _ text: String) {
        self.name = name
        value = .text(text)
    }

    package init(_ name: String, _ secret: SharedSecret) {
        self.name = name
        value = .secret(secret)
    }

    package init(_ name: String, _ token: BearerToken) {
        self.name = name
        value = .token(token)
    }
}
