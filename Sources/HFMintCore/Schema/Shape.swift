/// What a value in the manifest may be: one declaration for the checks, the messages and the JSON Schema.
///
/// This room says what a manifest may hold, and knows none of its keys: the rooms above declare those as shapes.
/// ``ManifestDocument`` reads a file, ``ManifestCheck`` compares it with its shape, and ``ManifestNode`` gives the
/// values to their readers. `JSONSchema.swift` prints a shape for editors. ``TextPlace`` says where a mistake stands.
/// ``SecretReference`` reads a secret that the manifest points at. No message of this room quotes a secret.
///
/// ```swift
/// let shape = Shape.object(
///     ObjectShape([
///         .required("file", .string(.path), "where the records are"),
///         .optional("keep", .string(.duration), "how long they are kept"),
///     ]))
/// ```
package indirect enum Shape: Sendable {
    case object(ObjectShape)
    /// An object whose member `kind` decides which other members it may have.
    case variants([Variant])
    /// An object whose names the user chooses.
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

        /// The shape, with the member that chooses it.
        var object: ObjectShape {
            ObjectShape(
                [.required("kind", .string(.word([kind])), help)] + shape.fields, rule: shape.rule,
                alsoInSchema: shape.alsoInSchema)
        }
    }
}

/// The fields of an object, and a rule about all of them.
package struct ObjectShape: Sendable {
    package let fields: [Field]
    /// Returns a complaint about fields that do not fit each other, as a clause, or nil.
    package let rule: (@Sendable (ManifestNode) -> String?)?
    /// The same rule in the JSON Schema, as far as a schema can say it.
    package let alsoInSchema: [JSONValue.Member]

    package init(
        _ fields: [Field], rule: (@Sendable (ManifestNode) -> String?)? = nil, alsoInSchema: [JSONValue.Member] = []
    ) {
        self.fields = fields
        self.rule = rule
        self.alsoInSchema = alsoInSchema
    }
}

/// What a name may be that the user chooses.
package enum NameRule: Sendable {
    /// Letters, digits, `-`, `_` and `.`; at most 64.
    case identifier
    /// A claim of an ID token, such as `oidc.circleci.com/project-id`. `iss` has a key of its own.
    case claim
    /// The name of a server: lower case, without a port.
    case host
    /// An issuer of ID tokens.
    case issuer
    /// A name with a check of its own, and a regular expression for the JSON Schema.
    case matching(String, check: @Sendable (String) -> String?)

    /// Returns what is wrong with `name`, as a clause, or nil.
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
        case .host:
            let isHost = Origin("https://\(name)".utf8).map { $0.host.utf8.elementsEqual(name.utf8) } ?? false
            return isHost ? nil : "is no name of a host: lower case, without a port"
        case .issuer: return StringRule.url.complaint(about: name)
        case .matching(_, let check): return check(name)
        }
    }

    var schema: JSONValue {
        switch self {
        case .identifier: ["pattern": "^[A-Za-z0-9_.-]{1,64}$"]
        case .claim: ["minLength": .integer(1), "not": ["const": "iss"]]
        case .host: ["pattern": "^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]+\\])$"]
        case .issuer: ["pattern": "^https?://[^/]"]
        case .matching(let pattern, _): ["pattern": .string(pattern)]
        }
    }
}

/// A member of an object: its name, its shape, and whether it must be there.
package struct Field: Sendable {
    package let name: String
    package let shape: Shape
    package let isRequired: Bool
    /// One clause for the schema and the documentation.
    package let help: String
    /// What must be on this machine for the value to be of use, beside a secret that it refers to.
    package var need: Need?

    package enum Need: Sendable {
        /// The program of a list of words, by its absolute path.
        case program
        /// A file of certificates.
        case certificates
        /// A key, which a secret reference names.
        case key
        /// The secret, if the text is a reference to one.
        case referredSecret
    }

    /// Returns the field with what must be on this machine.
    package func needing(_ need: Need) -> Field {
        var field = self
        field.need = need
        return field
    }

    package static func required(_ name: String, _ shape: Shape, _ help: String) -> Field {
        Field(name: name, shape: shape, isRequired: true, help: help)
    }

    package static func optional(_ name: String, _ shape: Shape, _ help: String) -> Field {
        Field(name: name, shape: shape, isRequired: false, help: help)
    }

    /// The field by which editors find the schema of a file, and which hfmint does not read.
    ///
    /// <https://code.visualstudio.com/docs/languages/json#_mapping-in-the-json>
    static let jsonSchema = optional("$schema", .string(.any), "where an editor finds this schema; nothing to hfmint")
}

/// What a string in the manifest must look like.
package enum StringRule: Sendable {
    case any
    case word([String])
    /// `30s 5m 2h 24h 30d`.
    case duration
    /// `https://…`, or `http://` to this machine.
    case url
    /// A path. A relative path starts at the manifest's folder.
    case path
    /// A name that keeps to ``NameRule/identifier``.
    case name(of: String)
    /// A text with a check of its own, which returns what is wrong, or nil.
    case custom(String, check: @Sendable (String) -> String?)
    /// The same, with a regular expression for the JSON Schema.
    case matching(String, check: @Sendable (String) -> String?)

    /// Returns what is wrong with `text`, as a clause, or nil.
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
            // On a command line it means stdin or stdout.
            return text == "-" ? "is not a path: write './-' for a file of that name" : nil
        case .name(let noun): return NameRule.identifier.complaint(about: text, of: noun)
        case .custom(_, let check), .matching(_, let check): return check(text)
        }
    }
}

/// A length of time in the manifest.
package struct Seconds: Equatable, Sendable {
    package let count: Int

    /// Parses a whole number and one of `s m h d`, at most ten years.
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

    /// - Parameter count: in seconds.
    package init(count: Int) {
        self.count = count
    }
}
