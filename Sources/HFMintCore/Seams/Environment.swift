/// The environment variables of one run, read once at startup.
///
/// They are a value, so that tests build the environment they need and run in parallel. Names and values are bytes, as
/// the kernel passes them.
///
/// ```swift
/// let environment: Environment = ["HF_ENDPOINT": "https://huggingface.co"]
/// let endpoint = environment[.hfEndpoint]
/// ```
package struct Environment: Sendable {
    private let values: [[UInt8]: [UInt8]]

    /// - Parameter entries: each `NAME=value`; the first entry of a name counts, as in getenv(3).
    package init(entries: [[UInt8]]) {
        var values: [[UInt8]: [UInt8]] = [:]
        for entry in entries {
            guard let separator = entry.firstIndex(of: ASCII.equals), separator > 0 else { continue }
            let name = Array(entry[..<separator])
            if values[name] == nil { values[name] = Array(entry[(separator + 1)...]) }
        }
        self.values = values
    }

    /// The value of `key`, or nil if it is unset or empty, which CI systems do not tell apart.
    ///
    /// Bytes that are not UTF-8 become U+FFFD. Use ``secret(_:)`` if every byte counts.
    package subscript(key: Key) -> String? {
        bytes(key).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the bytes of the value of `key`, or nil if it is unset or empty.
    package func secret(_ key: Key) -> Secret? {
        guard let value = bytes(key) else { return nil }
        return Secret(copying: value)
    }

    /// Returns 32 bits that tell values of `key` apart, from which no credential can be restored.
    package func fingerprint(of key: Key) -> String { String(HFMintCore.fingerprint([bytes(key) ?? []]).prefix(8)) }

    /// Returns whether the value of `key` is UTF-8, so that ``subscript(_:)`` does not change it.
    package func isText(_ key: Key) -> Bool { bytes(key).map { $0.elementsEqual((self[key] ?? "").utf8) } ?? true }

    /// Returns whether `key` is set and not empty.
    package func isSet(_ key: Key) -> Bool { bytes(key) != nil }

    /// Returns whether `key` is set and empty.
    package func isEmpty(_ key: Key) -> Bool { values[Array(key.name.utf8)]?.isEmpty == true }

    private func bytes(_ key: Key) -> [UInt8]? {
        guard let value = values[Array(key.name.utf8)], !value.isEmpty else { return nil }
        return value
    }

    /// Returns all variables without `removed` and with `added`, in the form for a program: `NAME=value` and a NUL.
    package func block(removing removed: [Key], adding added: [Variable]) -> [SharedSecret] {
        let gone = Set((removed.map(\.name) + added.map(\.name)).map { Array($0.utf8) })
        let kept = values.filter { !gone.contains($0.key) }.map { name, value in
            SharedSecret(Secret(copying: name + [ASCII.equals] + value + [0]))
        }
        return kept + added.map { SharedSecret(Secret(joining: [.text("\($0.name)="), $0.value, .text("\0")])) }
    }

    /// Returns the names of the variables whose value passes `test`, sorted.
    package func names(where test: ([UInt8]) -> Bool) -> [String] {
        values.filter { test($0.value) }.map { String(decoding: $0.key, as: UTF8.self) }.sorted()
    }
}

extension Environment {
    /// The name of a variable that hfmint reads.
    package struct Key: Hashable, Sendable, ExpressibleByStringLiteral {
        package let name: String

        package init(_ name: String) {
            self.name = name
        }

        package init(stringLiteral name: String) {
            self.name = name
        }
    }
}

/// The variables of hfmint and of the Hub's own tools.
///
/// The variables of a CI system are named in its provider's file.
/// <https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>
extension Environment.Key {
    package static let hfmintResource: Self = "HFMINT_RESOURCE"
    package static let hfmintAudience: Self = "HFMINT_AUDIENCE"
    package static let hfmintStateDirectory: Self = "HFMINT_STATE_DIR"
    /// The job's ID token, under a name that no other program reads, so that `run` may pass it on.
    package static let hfmintIDToken: Self = "HFMINT_ID_TOKEN"
    package static let hfmintEnvironmentFile: Self = "HFMINT_ENV_FILE"
    package static let hfOIDCResource: Self = "HF_OIDC_RESOURCE"
    package static let hfOIDCIDToken: Self = "HF_OIDC_ID_TOKEN"
    /// The path of a file that holds the ID token, which another program may replace: a kubelet, a spiffe-helper.
    package static let hfmintIDTokenFile: Self = "HFMINT_ID_TOKEN_FILE"
    package static let hfEndpoint: Self = "HF_ENDPOINT"
    package static let hfToken: Self = "HF_TOKEN"
    package static let hfTokenPath: Self = "HF_TOKEN_PATH"
    /// The name that huggingface_hub read before `HF_TOKEN`, and still reads.
    package static let legacyHubToken: Self = "HUGGING_FACE_HUB_TOKEN"
}

extension Environment: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Key, String)...) {
        self.init(entries: elements.map { Array("\($0.name)=\($1)".utf8) })
    }
}

extension Environment: CustomStringConvertible {
    /// The names alone, because a value may be a credential.
    package var description: String { "Environment[\(names { _ in true }.joined(separator: " "))]" }
}
