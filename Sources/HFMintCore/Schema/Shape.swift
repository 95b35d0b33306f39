/// What a place in the manifest may hold: one declaration for the checks, the messages, and the JSON Schema.
package indirect enum Shape: Sendable {
    case object(ObjectShape)
    /// An object whose member `kind` decides which members the others may be.
    case variants([Variant])
    /// An object with names of the user's choosing.
    case map(Shape, of: String, names: NameRule = .identifier, counts: ClosedRange<Int> = 0...10_000)
    case array(Shape, atLeast: Int, atMost: Int = 100_000)
    case string(StringRule)
    case integer(ClosedRange<Int>)
    case bool
    /// `env:NAME`, `file:PATH`, or a command; never the secret itself.
    case secretReference

    package struct Variant: Sendable {
        package let kind: String
        package let help: String
        package let shape: ObjectShape

        /// With the member that chooses it.
        var object: ObjectShape {
            ObjectShape(
                [.required("kind", .string(.word([kind])), help)] + shape.fields, rule: shape.rule,
                alsoInSchema: shape.alsoInSchema)
        }
    }
}

package struct ObjectShape: Sendable {
    package let fields: [Field]
    /// What the fields cannot say by themselves; a clause for the message, or `nil` where all is well.
    package let rule: (@Sendable (ManifestNode) -> String?)?
    /// The same for the JSON Schema, as far as that can say it.
    package let alsoInSchema: [JSONValue.Member]

    package init(
        _ fields: [Field], rule: (@Sendable (ManifestNode) -> String?)? = nil, alsoInSchema: [JSONValue.Member] = []
    ) {
        self.fields = fields
        self.rule = rule
        self.alsoInSchema = alsoInSchema
    }
}

/// What a name of the user's choosing may be.
package enum NameRule: Sendable {
    /// Letters, digits, `-`, `_` and `.`; at most 64.
    case identifier
    /// A claim of an ID token, such as `oidc.circleci.com/project-id`; `iss` has a key of its own.
    case claim

    func complaint(about name: String, of noun: String) -> String? {
        switch self {
        case .identifier:
            let isName =
                (1...64).contains(name.utf8.count)
                && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) }
            return isName ? nil : "is no name for a \(noun): letters, digits, '-', '_' and '.'"
        case .claim:
            guard !name.utf8.elementsEqual("iss".utf8) else { return "is not said here: name the 'issuer' beside it" }
            return name.isEmpty ? "is empty, and names no claim" : nil
        }
    }

    var schema: JSONValue {
        switch self {
        case .identifier: ["pattern": "^[A-Za-z0-9_.-]{1,64}$"]
        case .claim: ["minLength": .integer(1), "not": ["const": "iss"]]
        }
    }
}

package struct Field: Sendable {
    package let name: String
    package let shape: Shape
    package let isRequired: Bool
    /// One clause for the schema and the documentation.
    package let help: String

    package static func required(_ name: String, _ shape: Shape, _ help: String) -> Field {
        Field(name: name, shape: shape, isRequired: true, help: help)
    }

    package static func optional(_ name: String, _ shape: Shape, _ help: String) -> Field {
        Field(name: name, shape: shape, isRequired: false, help: help)
    }

    /// By which editors find the schema of a file: hfmint reads nothing there.
    ///
    /// <https://code.visualstudio.com/docs/languages/json#_mapping-in-the-json>
    static let jsonSchema = optional("$schema", .string(.any), "where an editor finds this schema; nothing to hfmint")
}

/// What a string in the manifest must look like.
package enum StringRule: Sendable {
    case any
    /// One of these words.
    case word([String])
    /// `30s 5m 2h 24h 30d`.
    case duration
    /// `https://…`, or `http://` to this machine.
    case url
    /// A path; relative ones are relative to the manifest.
    case path
    /// A name as ``NameRule/identifier`` has it.
    case name(of: String)
    /// Something that a check of its own reads; the check answers what is wrong with it.
    case custom(String, check: @Sendable (String) -> String?)
    /// The same, and the JSON Schema knows it by a regular expression.
    case matching(String, check: @Sendable (String) -> String?)

    /// What is wrong with `text`, as a clause; `nil` if nothing is.
    package func complaint(about text: String) -> String? {
        switch self {
        case .any: return text.isEmpty ? "must not be empty" : nil
        case .word(let words):
            guard !words.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { return nil }
            return "must be one of \(words.joined(separator: ", "))"
        case .duration:
            return Seconds(parsing: text) == nil ? "is not a duration such as 30s, 5m, 2h or 30d" : nil
        case .url:
            guard let url = HTTPURL(text) else { return Origin.complaint(about: text) ?? "is not a URL" }
            return url.isConfidential ? nil : "must be https (http is for this machine alone)"
        case .path:
            let isPath = !text.isEmpty && text.utf8.allSatisfy { !$0.isASCIIControl }
            guard isPath else { return "is not a path" }
            // Elsewhere it is stdin or stdout.
            return text == "-" ? "is not a path: write './-' for a file of that name" : nil
        case .name(let noun): return NameRule.identifier.complaint(about: text, of: noun)
        case .custom(_, let check), .matching(_, let check): return check(text)
        }
    }
}

/// A length of time as the manifest writes it.
package struct Seconds: Equatable, Sendable {
    package let count: Int

    /// A whole number and one of `s m h d`; at most ten years.
    package init?(parsing text: String) {
        let units: [UInt8: Int] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3_600, UInt8(ascii: "d"): 86_400,
        ]
        let digits = text.utf8.dropLast()
        guard let last = text.utf8.last, let unit = units[last], (1...9).contains(digits.count),
            digits.allSatisfy(\.isASCIIDigit), let number = Int(String(Substring(digits)))
        else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        guard !overflows, product <= 315_360_000 else { return nil }
        count = product
    }
}
