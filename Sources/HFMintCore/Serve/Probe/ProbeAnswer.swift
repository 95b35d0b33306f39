/// What a front door answered, without the answer's own words.
package struct ProbeAnswer: Equatable, Sendable {
    package let end: End
    /// Whether hfmint refused, by the error code that it adds.
    package let isOwnRefusal: Bool
    /// What shows that the Hub answered, as a clause, or nil.
    package let hubMark: String?
    /// Which credential the answer holds, as a clause, or nil.
    package let leak: String?
    /// The names of its headers, in lower case.
    package let names: Set<String>

    package enum End: Equatable, Sendable {
        case status(Int)
        /// The connection was closed without an answer.
        case closed
        /// The answer is longer than any refusal.
        case long
        /// Nothing came, for this reason.
        case none(String)
    }

    init(_ end: End) {
        self.end = end
        isOwnRefusal = false
        hubMark = nil
        leak = nil
        names = []
    }

    /// Reads the head and the body of an answer.
    ///
    /// - Parameter ticket: what was sent, and must not come back.
    package init(_ response: borrowing HTTPResponse, ticket: SharedSecret?) {
        let headers = response.head.reveal { Self.headers($0) }
        end = .status(response.status)
        names = Set(headers.map(\.name))
        let code = headers.first { $0.name == "x-error-code" }?.value
        isOwnRefusal = response.status >= 400 && code.map(Self.isOwnCode) == true
        hubMark = Self.hubMark(headers, code)
        let holdsTicket = ticket.map { response.head.holds($0.secret) || response.body.holds($0.secret) } ?? false
        let holdsHubToken = response.head.reveal(Self.holdsHubToken) || response.body.reveal(Self.holdsHubToken)
        if let name = headers.first(where: { $0.name.hasStart("x-hfmint-") })?.name {
            leak = "the header \(name), which is for the server alone"
        } else {
            leak = holdsHubToken ? "a token of the Hub" : holdsTicket ? "the ticket" : nil
        }
    }

    /// The status for reports, or nil if none came.
    package var status: Int? { if case .status(let status) = end { status } else { nil } }
}

extension ProbeAnswer {
    private struct Header {
        let name: String
        /// The beginning of the value where it tells who answered; else empty, as a value may be a secret.
        let value: String
    }

    private static func headers(_ head: Span<UInt8>) -> [Header] {
        var found: [Header] = []
        var start = 0
        while start < head.count {
            let end = (start..<head.count).first { head[$0] == ASCII.lineFeed } ?? head.count
            if let colon = (start..<end).first(where: { head[$0] == ASCII.colon }) {
                let name = String(decoding: head.bytes(in: start..<colon).map(\.asciiLowercased), as: UTF8.self)
                let value = telling.contains(name) ? head.bytes(in: colon + 1..<min(end, colon + 80)) : []
                found.append(Header(name: name, value: String(decoding: value, as: UTF8.self).withoutBlanksAround))
            }
            start = end + 1
        }
        return found
    }

    private static let telling = ["x-error-code", "x-powered-by", "x-request-id"]

    /// hfmint's codes are words in lower case, those of the Hub begin in upper case.
    ///
    /// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_http.py>
    private static func isOwnCode(_ code: String) -> Bool {
        !code.isEmpty && code.utf8.allSatisfy { $0.isASCIILowercase || $0 == ASCII.minus }
    }

    private static func hubMark(_ headers: [Header], _ code: String?) -> String? {
        if let code, !code.isEmpty, !isOwnCode(code) { return "its error code is one of the Hub's" }
        for header in headers {
            if header.name == "x-powered-by", header.value.hasStart("huggingface") { return "it says so" }
            if header.name == "x-request-id", header.value.hasStart("Root=") {
                return "its request id is one of the Hub's"
            }
        }
        return nil
    }

    /// The headers that the Hub alone sends.
    ///
    /// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/constants.py>
    static let hubNames: Set<String> = [
        "x-repo-commit", "x-linked-etag", "x-linked-size", "x-xet-hash", "x-xet-refresh-route", "x-xet-access-token",
        "x-xet-cas-url",
    ]

    /// Whether a token of the Hub stands in `text` that is not the prober's own.
    private static func holdsHubToken(_ text: Span<UInt8>) -> Bool {
        var start = 0
        while let found = text.range(of: "hf_", from: start) {
            start = found.upperBound
            let end =
                (start..<text.count).first { !text[$0].isASCIILetterOrDigit && !"_-.".utf8.contains(text[$0]) }
                ?? text.count
            let word = text.extracting(start..<end)
            if isHubToken(word), !word.holds(ForgedTokens.mark) { return true }
        }
        return false
    }

    /// - Parameter word: what follows `hf_`.
    private static func isHubToken(_ word: Span<UInt8>) -> Bool {
        for form in ["jwt_", "oauth_"] where word.count >= form.utf8.count + 8 {
            if word.equals(form, in: 0..<form.utf8.count) { return true }
        }
        // A user's own token is 34 letters and digits.
        return word.count >= 24 && (0..<24).allSatisfy { word[$0].isASCIILetterOrDigit }
    }
}
