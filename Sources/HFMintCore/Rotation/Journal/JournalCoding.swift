/// How a value is written to the journal and read from it.
struct JournalCoding<Value>: Sendable {
    let write: @Sendable (Value) -> JSONValue
    /// Returns nil if this version did not write the value.
    let read: @Sendable (ManifestNode) -> Value?
}

extension JournalCoding {
    /// A word of an enumeration.
    static func word() -> JournalCoding where Value: RawRepresentable<String> & Sendable {
        JournalCoding(write: { .string($0.rawValue) }, read: { $0.string.flatMap { Value(rawValue: $0) } })
    }

    /// A list, without the elements that cannot be read.
    static func list<Element>(_ element: JournalCoding<Element>) -> JournalCoding where Value == [Element] {
        JournalCoding(
            write: { .array($0.map(element.write)) }, read: { $0.elements.compactMap(element.read) })
    }

    /// An object.
    ///
    /// - Parameters:
    ///   - blank: a record whose members have their defaults.
    ///   - fields: its members, in the order of the text.
    static func record(_ blank: Value, _ fields: [JournalField<Value>]) -> JournalCoding where Value: Sendable {
        JournalCoding { record in
            .object(fields.map { .init($0.name, $0.write(record)) })
        } read: { node in
            var record = blank
            for field in fields where !field.read(node[field.name], &record) { return nil }
            return record
        }
    }
}

extension JournalCoding<String> {
    static var text: Self { Self(write: { .string($0) }, read: { $0.string }) }
}

extension JournalCoding<Int> {
    static var number: Self { Self(write: { .integer($0) }, read: { $0.integer }) }
}

extension JournalCoding<Bool> {
    static var flag: Self { Self(write: { .bool($0) }, read: { $0.bool }) }
}

extension JournalCoding<Timestamp> {
    /// Seconds since 1970.
    static var moment: Self {
        Self(write: { .integer($0.secondsSince1970) }, read: { $0.integer.map { Timestamp(secondsSince1970: $0) } })
    }
}

/// A member of an object in the journal: one declaration by which it is written and read.
struct JournalField<Record>: Sendable {
    let name: String
    let write: @Sendable (Record) -> JSONValue
    /// Reads the member into the record, or returns false if this version did not write it.
    let read: @Sendable (_ member: ManifestNode?, inout Record) -> Bool

    /// A member that keeps its default if it is missing, as in the journal of an earlier version.
    ///
    /// - Parameter isRequired: whether the object cannot be read without it.
    static func value<Value>(
        _ name: String, _ path: any WritableKeyPath<Record, Value> & Sendable, _ coding: JournalCoding<Value>,
        isRequired: Bool = false
    ) -> JournalField {
        JournalField(name: name) {
            coding.write($0[keyPath: path])
        } read: { member, record in
            guard let value = member.flatMap(coding.read) else { return !isRequired }
            record[keyPath: path] = value
            return true
        }
    }

    static func required<Value>(
        _ name: String, _ path: any WritableKeyPath<Record, Value> & Sendable, _ coding: JournalCoding<Value>
    ) -> JournalField { value(name, path, coding, isRequired: true) }

    /// A member that is null if there is no value.
    ///
    /// - Parameter isStrict: whether the object cannot be read if the member holds anything else.
    static func optional<Value>(
        _ name: String, _ path: any WritableKeyPath<Record, Value?> & Sendable, _ coding: JournalCoding<Value>,
        isStrict: Bool = false
    ) -> JournalField {
        JournalField(name: name) {
            $0[keyPath: path].map(coding.write) ?? .null
        } read: { member, record in
            let value = member.flatMap(coding.read)
            record[keyPath: path] = value
            return value != nil || !isStrict || member?.isNull ?? true
        }
    }
}
