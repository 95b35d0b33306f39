/// One line of doctor's report.
package struct Finding: Equatable, Sendable {
    /// From good to bad.
    package enum Status: String, CaseIterable, Sendable { case skip, ok, warn, fail }

    package let status: Status
    /// A clause, lower case, without a full stop.
    package let message: String
    /// What to type or to change next; every warning and every failure has it.
    package let next: String?
    /// Lines that belong to it.
    package let details: [String]
    /// The same for programs: names and values, `nil` where there is none.
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
        // What is quoted may hold what someone typed in the wrong place, such as a password in a URL.
        self.message = message.withoutTokens
        self.next = next?.withoutTokens
        self.details = details.map(\.withoutTokens)
        self.facts = facts.map { Fact($0.name, $0.value?.withoutTokens) }
    }

    package static func ok(_ message: String, details: [String] = [], facts: [Fact] = []) -> Finding {
        Finding(.ok, message, next: nil, details: details, facts: facts)
    }

    /// There was nothing to judge, and why.
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

    /// The same as a warning, where it is a failure.
    var withoutFailure: Finding {
        guard status == .fail else { return self }
        return Finding(.warn, message, next: next, details: details, facts: facts)
    }

    /// An error that stopped what doctor tried.
    package static func fail(_ error: MintError, next: String) -> Finding {
        fail(error.message, next: error.hint ?? next, details: error.facts, facts: [])
    }
}
