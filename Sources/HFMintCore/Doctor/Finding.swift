/// One line of the doctor's report.
package struct Finding: Equatable, Sendable {
    /// How bad a finding is, from good to bad.
    package enum Status: String, CaseIterable, Sendable { case skip, ok, warn, fail }

    package let status: Status
    /// A clause, lower case, without a full stop.
    package let message: String
    /// What to type or to change next; every warning and every failure says it.
    package let next: String?
    /// Lines to print below the message.
    package let details: [String]
    /// What the message says, as names and values for programs.
    package let facts: [Fact]

    package struct Fact: Equatable, Sendable {
        package let name: String
        package let value: String?

        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    private init(_ status: Status, _ message: String, next: String?, details: [String], facts: [Fact]) {
        self.status = status
        // A quoted value may hold a secret that was typed into the wrong field, such as a password in a URL.
        self.message = message.withoutTokens
        self.next = next?.withoutTokens
        self.details = details.map(\.withoutTokens)
        self.facts = facts.map { Fact($0.name, $0.value?.withoutTokens) }
    }

    package static func ok(_ message: String, details: [String] = [], facts: [Fact] = []) -> Finding {
        Finding(.ok, message, next: nil, details: details, facts: facts)
    }

    /// Says why there was nothing to judge.
    package static func skip(_ message: String) -> Finding {
        Finding(.skip, message, next: nil, details: [], facts: [])
    }

    package static func warn(
        _ message: String, next: String, details: [String] = [], facts: [Fact] = []
    ) -> Finding {
        Finding(.warn, message, next: next, details: details, facts: facts)
    }

    package static func fail(
        _ message: String, next: String, details: [String] = [], facts: [Fact] = []
    ) -> Finding {
        Finding(.fail, message, next: next, details: details, facts: facts)
    }

    /// The finding as a warning if it is a failure; any other finding unchanged.
    var loweredToWarning: Finding {
        guard status == .fail else { return self }
        return Finding(.warn, message, next: next, details: details, facts: facts)
    }

    /// Reports an error that stopped what the doctor tried.
    ///
    /// - Parameter next: what to do if the error has no hint.
    package static func fail(_ error: MintError, next: String) -> Finding {
        fail(error.message, next: error.hint ?? next, details: error.facts, facts: [])
    }
}
