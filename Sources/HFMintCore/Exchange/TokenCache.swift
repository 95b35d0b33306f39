/// The Hub tokens that this job already has, in the job's own directory.
///
/// Each token has one record there, which is replaced whole: the fields of its ``TokenKey``, its times, and the token.
package struct TokenCache: Sendable {
    private let directory: any PrivateDirectory
    private let context: Context

    package init(_ directory: any PrivateDirectory, context: Context) {
        self.directory = directory
        self.context = context
    }

    /// Why a cached token is not used, so that the caller asks the Hub.
    package enum Miss: Error, Equatable {
        case absent
        case unreadable(FileFailure)
        /// The record has not the form that this version writes.
        case damaged
        /// The record's fields are not those of the caller's key, although both keys give the file the same name.
        case otherKey
        /// The record was written after the present time, so the clock has been set back.
        case fromFuture
        /// Less than five minutes of the token's life are left, and less than a quarter of it.
        case aged
        /// A manifest decides now, and none did when the token was given.
        case withoutClaims
        /// The ID token that the caller shows is not the one for which the token was given.
        case otherIDToken

        /// The reason for a trace; `nil` if there is no token at all.
        var reason: String? {
            switch self {
            case .absent: nil
            case .unreadable(let failure): "its record cannot be read: \(failure.reason)"
            case .damaged: "its record is damaged"
            case .otherKey: "its record is for another request"
            case .fromFuture: "it is from the future by this machine's clock"
            case .aged: "it expires soon"
            case .withoutClaims: "no manifest decided when it was given"
            case .otherIDToken: "it was given for another ID token"
            }
        }
    }

    package func token(for key: TokenKey) -> Result<HubToken, Miss> {
        do throws(Miss) {
            let record = try record(for: key)
            if let miss = record.miss(at: context.clock.now(), uptime: context.clock.uptime()) { throw miss }
            return .success(record.token)
        } catch {
            return .failure(error)
        }
    }

    private func record(for key: TokenKey) throws(Miss) -> Record {
        let text: Secret?
        do throws(FileFailure) {
            text = try directory.read(recordName(key), limit: JSONLimits.record.byteCount)
        } catch {
            throw .unreadable(error)
        }
        guard let text else { throw .absent }
        return try text.reveal { bytes throws(Miss) in try Record(bytes, for: key) }
    }

    func traceUse() {
        context.trace("using the token that this job already has, in '\(directory.path)'")
    }

    /// Locks `key`, so that fifty calls at once make one exchange.
    ///
    /// The caller that holds the lock looks for the token once more, as the call before may have cached it.
    ///
    /// - Throws: ``MintError/Code/serviceUnavailable`` if the lock is not free by `deadline`.
    package func lock(_ key: TokenKey, until deadline: Uptime) throws(MintError) -> any DirectoryLock {
        do throws(FileFailure) {
            let lock = try directory.lock(
                JobFileKind.lock.name(fingerprint: key.fingerprint), until: deadline, clock: context.clock)
            if let weakness = lock.weakness {
                context.note(
                    "no locks in '\(directory.path)' (\(weakness)): calls at the same time each ask for a token")
            }
            return lock
        } catch {
            guard context.clock.uptime() < deadline else {
                throw MintError(
                    .serviceUnavailable,
                    "other calls of this job were still asking for the same token at the deadline"
                        + " (they hold '\(error.path)')",
                    hint: "this is safe to try again")
            }
            throw MintError(
                .stateUnusable, "cannot use '\(error.path)': \(error.reason)",
                hint: "name another directory with --state-dir")
        }
    }

    /// Drops the token for `key` if it is the one that a server has just rejected, and notes the time.
    ///
    /// The next call asks for a new token. ``checkRejections(of:)`` ends that after a second rejection, since every git
    /// command would make an exchange otherwise.
    package func drop(_ rejected: borrowing Secret, for key: TokenKey) throws(FileFailure) {
        guard case .success(let kept) = token(for: key), kept.bearer.secret.holdsSameBytes(as: rejected) else { return }
        try directory.remove(recordName(key))
        let rejections = recentRejections(of: key) + [context.clock.now()]
        let record: JSONValue = .array(rejections.map { .integer($0.secondsSince1970) })
        try directory.replace(rejectionsName(key), with: record.rendered())
    }

    /// Removes `token` if it is the one for `key`, so that the job's next calls do not find it.
    func withdraw(_ token: HubToken, for key: TokenKey) {
        guard case .success(let kept) = self.token(for: key), kept.sha256 == token.sha256 else { return }
        do throws(FileFailure) {
            try directory.remove(recordName(key))
        } catch {
            context.note("cannot remove '\(error.path)': \(error.reason)")
        }
    }

    private func rejectionsName(_ key: TokenKey) -> String { JobFileKind.rejections.name(fingerprint: key.fingerprint) }

    private func recentRejections(of key: TokenKey) -> [Timestamp] {
        guard let text = try? directory.read(rejectionsName(key), limit: 4_096) else { return [] }
        let now = context.clock.now()
        return text.reveal { span in
            let moments = (try? readJSON(span, limits: .answer))?.elements?.compactMap { $0.integer(in: span) } ?? []
            return moments.filter { (0...Timestamp.lastSecond).contains($0) }.map { Timestamp(secondsSince1970: $0) }
                .filter { abs(now - $0) < 300 }
        }
    }

    /// - Throws: ``MintError/Code/exchangeRejected`` if servers rejected two fresh tokens within five minutes.
    package func checkRejections(of key: TokenKey) throws(MintError) {
        guard recentRejections(of: key).count >= 2 else { return }
        throw MintError(
            .exchangeRejected, "two fresh tokens were rejected within five minutes; no third is asked for",
            hint: "see what the token may do: `hfmint doctor`")
    }

    /// Caches `token` for `key`; notes a failure, as the token is delivered all the same.
    package func keep(_ token: HubToken, for key: TokenKey) {
        let record: JSONValue = [
            "fields": .array(
                key.fields.map { .array([.string($0.name), .string(String(decoding: $0.value, as: UTF8.self))]) }),
            "obtained_at": .integer(context.clock.now().secondsSince1970),
            "obtained_uptime": .integer(Int(context.clock.uptime().sinceStart.components.seconds)),
            "expires_at": .integer(token.expiresAt.secondsSince1970),
            "sha256": .string(token.sha256),
            "claims": .string(token.claimsText.map { String(decoding: $0.bytes, as: UTF8.self) }),
            "token": .token(token.bearer),
        ]
        do throws(FileFailure) {
            try directory.replace(recordName(key), with: record.rendered())
        } catch {
            context.note("the token is not kept for the next call: '\(error.path)': \(error.reason)")
        }
    }

    private func recordName(_ key: TokenKey) -> String { JobFileKind.record.name(fingerprint: key.fingerprint) }
}

/// A record, read back from the cache.
private struct Record {
    let token: HubToken
    private let obtainedAt: Timestamp
    /// By this machine's uptime, or by another's.
    private let obtainedUptime: Uptime?

    init(_ text: Span<UInt8>, for key: TokenKey) throws(TokenCache.Miss) {
        guard let root = try? readJSON(text, limits: .record), let fields = Self.fields(root["fields"], text) else {
            throw .damaged
        }
        guard fields == key.fields else { throw .otherKey }
        guard let obtained = root["obtained_at"]?.integer(in: text),
            let expires = root["expires_at"]?.integer(in: text),
            // The times lie within the years 1970 to 9999, so that arithmetic on them is safe.
            [obtained, expires].allSatisfy({ (0...Timestamp.lastSecond).contains($0) }),
            let digest = root["sha256"]?.string(in: text), let secret = root["token"]?.secret(in: text),
            secret.reveal({ HubToken.isWellFormed($0) })
        else { throw .damaged }
        obtainedAt = Timestamp(secondsSince1970: obtained)
        obtainedUptime = root["obtained_uptime"]?.integer(in: text).flatMap {
            (0...Timestamp.lastSecond).contains($0) ? Uptime(sinceStart: .seconds($0)) : nil
        }
        token = HubToken(
            secret: secret, expiresAt: Timestamp(secondsSince1970: expires),
            sha256: String(decoding: digest, as: UTF8.self),
            claimsText: root["claims"]?.string(in: text).flatMap { try? JSONText($0) })
    }

    private static func fields(_ node: JSONNode?, _ text: Span<UInt8>) -> [TokenKey.Field]? {
        guard let pairs = node?.elements else { return nil }
        var fields: [TokenKey.Field] = []
        for pair in pairs {
            guard let parts = pair.elements, parts.count == 2, let name = parts[0].string(in: text),
                let value = parts[1].string(in: text)
            else { return nil }
            fields.append(TokenKey.Field(name: String(decoding: name, as: UTF8.self), value: value))
        }
        return fields
    }

    /// Returns why the token's times forbid its use, or `nil`.
    ///
    /// If the clock was ahead when the token was cached and has been set right since, the token looks younger than it
    /// is. The machine's uptime shows its age too.
    func miss(at now: Timestamp, uptime: Uptime) -> TokenCache.Miss? {
        guard obtainedAt <= now else { return .fromFuture }
        let life = token.expiresAt - obtainedAt
        let age = max(now - obtainedAt, obtainedUptime.map { Int((uptime - $0).components.seconds) } ?? 0)
        return life - age >= max(1, min(300, life / 4)) ? nil : .aged
    }
}
