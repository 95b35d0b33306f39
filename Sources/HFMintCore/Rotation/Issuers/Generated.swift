extension Generated {
    static let kind = Kind<any Issuer>(
        "generated", help: "a secret that hfmint makes itself, and that the sinks alone hold",
        schema: ObjectShape([
            .optional("bytes", .integer(32...64), "how many random bytes it has (48)"),
            .optional(
                "encoding", .string(.word(Encoding.allCases.map(\.rawValue))),
                "how the bytes are written: base64url (the default), hex, or whsec as Standard Webhooks has it"),
        ])
    ) { settings in
        Generated(
            rotation: settings.surroundings.name, byteCount: settings.integer("bytes") ?? 48,
            encoding: settings["encoding"].flatMap(Encoding.init(rawValue:)) ?? .base64URL, context: settings.context)
    }
}

/// Secrets that hfmint makes itself, such as the key of tickets: no server knows them, and the sinks alone hold them.
///
/// A value that was lost before a sink had it is made again. Which secrets live is what the lists among the sinks hold:
/// a list holds the old secret beside the new one. Without a list, a sink's old secret is overwritten by the new one.
struct Generated: Issuer {
    enum Encoding: String, CaseIterable {
        case base64URL = "base64url"
        case hex
        /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme>
        case whsec
    }

    let rotation: String
    let byteCount: Int
    let encoding: Encoding
    let context: Context
    /// The sinks of the rotation that hold several secrets.
    var lists: [SecretListSink] = []

    var succession: Succession { lists.isEmpty ? .replacing : .separate(limit: SecretList.most) }
    var target: String { "generated:\(rotation)" }
    var isReadable: Bool { !lists.isEmpty }
    var livesInSinks: Bool { true }

    func survey() throws(StepFailure) -> IssuerSurvey {
        var secrets: [ListedSecret] = []
        var failure: StepFailure?
        for list in lists {
            do throws(StepFailure) {
                for secret in try list.list().secrets {
                    let id = try id(of: secret)
                    guard !secrets.contains(where: { $0.id == id }) else { continue }
                    secrets.append(ListedSecret(id: id, sha256: try context.sha256(secret.secret)))
                }
            } catch {
                failure = failure ?? error
            }
        }
        // A list that is out of reach may hold more. It matters where a leaked secret waits no longer for that list.
        if let failure, secrets.isEmpty { throw failure }
        return IssuerSurvey(secrets: secrets, date: nil, showsDeath: failure == nil)
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        let value = SharedSecret(makeValue())
        return CreatedSecret(id: try id(of: value), value: value)
    }

    private func makeValue() -> Secret {
        var buffer = SecretBuffer(capacity: byteCount)
        while buffer.byteCount < byteCount {
            let bits = context.random()
            for shift in stride(from: 0 as UInt64, to: 64, by: 8) where buffer.byteCount < byteCount {
                buffer.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
        let bytes = buffer.finish()
        return switch encoding {
        case .base64URL: bytes.base64URLEncoded()
        case .hex: bytes.hexEncoded()
        case .whsec: bytes.base64Encoded().enclosed(by: "whsec_", and: "")
        }
    }

    func read(_ id: String) throws(StepFailure) -> Secret? { try held(id)?.secret.duplicate() }

    private func held(_ id: String) throws(StepFailure) -> SharedSecret? {
        for list in lists {
            for secret in try list.list().secrets where try self.id(of: secret) == id { return secret }
        }
        return nil
    }

    /// Takes a secret out of every list, also if one of them fails.
    func delete(_ id: String) throws(StepFailure) {
        var failure: StepFailure?
        for list in lists {
            do throws(StepFailure) {
                try list.remove { (secret) throws(StepFailure) in try self.id(of: secret) == id }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func id(of secret: SharedSecret) throws(StepFailure) -> String {
        do throws(MintError) {
            return try context.signatures.keyID(of: secret.secret)
        } catch {
            throw .needsPerson(.libraryMissing, error.message)
        }
    }
}
