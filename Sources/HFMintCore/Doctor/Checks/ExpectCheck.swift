extension Check {
    static let expect = Check(
        id: "expect", title: "whether the claims are what the Trusted Publisher pins, byte by byte"
    ) { examination in
        let expectations = examination.question.expectations
        guard !expectations.isEmpty else {
            return [.skip("say what the publisher pins: --expect repository=acme/training --expect branch=main")]
        }
        guard let claims = examination.knownClaims else { return [.skip("there is no ID token to look at")] }
        return expectations.map { Comparison($0, claims, examination).finding }
    }
}

/// A comparison of one claim with the value that is expected of it.
private struct Comparison {
    let expectation: Expectation
    let claims: Claims
    let value: PinnedValue
    let page: String

    init(_ expectation: Expectation, _ claims: Claims, _ examination: Examination) {
        self.expectation = expectation
        self.claims = claims
        value = claims.value(pinned: expectation.claim)
        page = examination.settingsURL ?? "the Hub's Trusted Publishers page"
    }

    var finding: Finding {
        let wanted = Array(expectation.value.utf8)
        switch value {
        case .string(wanted): return matched
        case .strings(let values) where values.contains(wanted):
            return warning("one of several: \(shown)", next: "have the issuer give '\(expectation.value)' alone")
        case .other(let text) where text.utf8.elementsEqual(wanted):
            return warning(
                "\(shown) is no string, and the Hub compares strings", next: "pin another claim beside it, to be sure")
        case .either(wanted, _):
            return warning(
                "'\(expectation.value)' is the caller; the job is in \(shownCallee), and the Hub may mean either",
                next: "pin \(claims.workflows?.caller.pin ?? "") instead")
        case .either(_, wanted):
            return warning(
                "'\(expectation.value)' holds the job; the workflow that was started is \(shownCaller), and the Hub may"
                    + " mean either",
                next: "pin \(claims.workflows?.callee.pin ?? "") instead")
        default: return differing
        }
    }

    private var matched: Finding { .ok("\(expectation.claim) is '\(expectation.value)'", facts: facts) }

    private func warning(_ message: String, next: String) -> Finding {
        .warn("\(expectation.claim): \(message)", next: next, facts: facts)
    }

    private var differing: Finding {
        let got = shown
        let wanted =
            Array(got.utf8).span.holds("\\u{") || !expectation.value.utf8.allSatisfy(\.isASCIIVisible)
            ? expectation.value.spelledOut : expectation.value
        return .fail(
            "\(expectation.claim): expected '\(wanted)', got \(got)",
            next: Remedy(expectation: expectation, claims: claims, value: value).sentence
                ?? "enter what the job has at \(page), or change the job", facts: facts)
    }

    private var facts: [Finding.Fact] {
        [
            Finding.Fact("claim", expectation.claim), Finding.Fact("expected", expectation.value),
            Finding.Fact("got", plain),
        ]
    }

    /// The value for programs.
    private var plain: String? {
        switch value {
        case .missing: nil
        case .unusable: ""
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .strings(let values): values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        case .other(let text): text
        case .either(let caller, let callee):
            "\(String(decoding: caller, as: UTF8.self)) \(String(decoding: callee, as: UTF8.self))"
        }
    }

    /// The value for a message, with look-alike characters spelled out.
    private var shown: String {
        switch value {
        case .missing: "nothing"
        case .unusable: "a value that is no text"
        case .string(let bytes): quoted(bytes)
        case .strings(let values): "[\(values.map(quoted).joined(separator: ", "))]"
        case .other(let text): text
        case .either: "\(shownCaller) (caller) and \(shownCallee) (holds the job)"
        }
    }

    private var shownCaller: String { claims.workflows.map { "'\($0.caller.file)'" } ?? "" }
    private var shownCallee: String { claims.workflows.map { "'\($0.callee.file)'" } ?? "" }

    private func quoted(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let isPlain = bytes.allSatisfy(\.isASCIIVisible) && expectation.value.utf8.allSatisfy(\.isASCIIVisible)
        return "'\(isPlain ? text : text.spelledOut)'"
    }
}

extension String {
    /// The text in which visible ASCII and spaces stand as they are, and every other character as its number.
    fileprivate var spelledOut: String {
        unicodeScalars.map { $0 == " " ? " " : $0.escaped(asASCII: true) }.joined()
    }
}
