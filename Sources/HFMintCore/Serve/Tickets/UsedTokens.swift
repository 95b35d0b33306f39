internal import Synchronization

/// The ID tokens that were traded for a ticket or a token, so that none is traded more often than it may be.
///
/// A token is known by its issuer and its `jti`; one without a `jti`, by the SHA-256 of what its issuer signed. (Of an
/// ES256 signature anybody can make a second one, so that the signature must not count.) It is remembered until it has
/// expired, in memory, and in a file if there is a directory for it.
///
/// ```swift
/// let used = try UsedTokens(in: directory, context: context)
/// guard try used.use(idToken, for: purpose, limit: 1, until: expiry) else { return }
/// ```
///
/// <https://www.rfc-editor.org/rfc/rfc7519#section-4.1.7>
package final class UsedTokens: Sendable {
    private struct Entry {
        var uses: Int
        /// The digest of what it was traded for.
        let purpose: [UInt8]
        let until: Timestamp
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        /// The number of entries at which the expired ones are looked for.
        var sweepCount = UsedTokens.leastSweep
        /// The number of lines in the file.
        var lineCount = 0
    }

    /// Why a token was not put down as used, or that it was.
    private enum Mark { case used, refused, full }

    private let state = Mutex(State())
    private let log: (any LogFile)?
    private let batches = BatchedWork<[UInt8], FileFailure?>()
    private let context: Context

    package static let fileName = "used-tokens"

    /// How many tokens are remembered at once; more are refused.
    package static let entryLimit = 100_000

    /// How long a token is remembered after it has expired, in seconds, for a clock that is put back.
    private static let grace = 3_600
    private static let leastSweep = 1_024

    /// Reads what another process remembered in `directory`.
    ///
    /// - Parameter directory: the state directory, or nil to remember in memory alone, until the process ends.
    /// - Throws: ``MintError/Code/stateUnusable`` if the file cannot be used, or another process holds it.
    package convenience init(in directory: (any PrivateDirectory)?, context: Context) throws(MintError) {
        do throws(FileFailure) {
            let log = try directory.map { directory throws(FileFailure) -> any LogFile in
                guard let log = try directory.openLog(Self.fileName) else {
                    throw FileFailure("\(directory.path)/\(Self.fileName)", "another process holds it")
                }
                return log
            }
            try self.init(log: log, context: context)
        } catch {
            throw MintError(.stateUnusable, "cannot use '\(error.path)': \(error.reason)")
        }
    }

    init(log: (any LogFile)?, context: Context) throws(FileFailure) {
        self.log = log
        self.context = context
        if let log { read(try log.read()) }
    }

    /// What an ID token is traded for: for another role or resource, it cannot be traded again.
    package struct Purpose: Sendable {
        package let role: String?
        package let resource: Resource?

        package init(role: String?, resource: Resource?) {
            self.role = role
            self.resource = resource
        }
    }

    /// Takes note of one more use of a verified ID token, durably if there is a file.
    ///
    /// - Parameters:
    ///   - limit: how often the token may be used.
    ///   - until: when nobody takes the token any more.
    /// - Returns: false if the token was used as often as it may be, or for something else.
    /// - Throws: ``MintError/Code/serviceUnavailable`` if too many tokens are remembered already;
    ///   ``MintError/Code/stateUnusable`` if the file cannot be written; ``MintError/Code/libraryMissing``.
    package func use(
        _ idToken: borrowing IDToken, for purpose: Purpose, limit: Int, until: Timestamp
    ) throws(MintError) -> Bool {
        let key = try context.digests.sha256(Self.name(of: idToken).span)
        let digest = try context.digests.sha256(Self.text(of: purpose).span)
        switch mark(key, Entry(uses: 1, purpose: digest, until: until), limit: limit) {
        case .refused: return false
        case .full:
            throw MintError(
                .serviceUnavailable,
                "\(Self.entryLimit) ID tokens are remembered until they expire, and no more can be",
                hint: "this is safe to try again", isTransient: true, retryAfterSeconds: 60)
        case .used: break
        }
        guard let log else { return true }
        let line = Self.line(key, Entry(uses: 1, purpose: digest, until: until))
        let failure = batches.take(line, waitingWith: context.workers) { lines in write(lines, to: log) }
        guard let failure else { return true }
        unmark(key)
        throw MintError(.stateUnusable, "cannot write '\(failure.path)': \(failure.reason)", isTransient: true)
    }

    /// Returns bytes that no other ID token has.
    private static func name(of idToken: borrowing IDToken) -> [UInt8] {
        if case .string(let issuer) = idToken.claims.comparable("iss"),
            case .string(let id) = idToken.claims.comparable("jti"), !id.isEmpty
        {
            // The length comes first, so that no two pairs are the same bytes.
            return Array("jti ".utf8) + bigEndianBytes(UInt64(issuer.count)) + issuer + id
        }
        let bytes = idToken.secret.reveal { $0.bytes }
        return Array("signed ".utf8) + bytes[..<(bytes.lastIndex(of: ASCII.dot) ?? bytes.endIndex)]
    }

    /// Returns bytes that no other purpose has: a slash and a line feed stand in no role's name.
    private static func text(of purpose: Purpose) -> [UInt8] {
        Array("\(purpose.role.map { "role \($0)" } ?? "any")\n\(purpose.resource?.canonical ?? "")".utf8)
    }

    private func mark(_ key: [UInt8], _ new: Entry, limit: Int) -> Mark {
        let now = context.clock.now()
        return state.withLock { state in
            if let entry = state.entries[key] {
                guard entry.uses < limit, entry.purpose == new.purpose else { return .refused }
                state.entries[key]?.uses += 1
                return .used
            }
            if state.entries.count >= min(state.sweepCount, Self.entryLimit) {
                state.entries = state.entries.filter { now - $0.value.until <= Self.grace }
                state.sweepCount = max(Self.leastSweep, state.entries.count * 2)
            }
            guard state.entries.count < Self.entryLimit else { return .full }
            guard limit > 0 else { return .refused }
            state.entries[key] = new
            return .used
        }
    }

    /// Takes back a use for which nothing was handed out, until the process ends: the file keeps it.
    package func takeBack(_ idToken: borrowing IDToken) {
        if let key = try? context.digests.sha256(Self.name(of: idToken).span) { unmark(key) }
    }

    /// Takes back a use that was not recorded, and so gave nothing to anybody.
    private func unmark(_ key: [UInt8]) {
        state.withLock { state in
            guard let entry = state.entries[key] else { return }
            if entry.uses > 1 { state.entries[key]?.uses -= 1 } else { state.entries[key] = nil }
        }
    }

    /// Writes the lines of one batch; if most of the file is about what has expired, all of it anew.
    private func write(_ lines: [[UInt8]], to log: any LogFile) -> FileFailure? {
        // The uses of this batch are among the entries already.
        let (content, lineCount) = state.withLock { state -> ([UInt8]?, Int) in
            guard state.lineCount + lines.count > 2 * state.entries.count + Self.leastSweep else {
                return (nil, state.lineCount + lines.count)
            }
            return (state.entries.flatMap { Self.line($0.key, $0.value) }, state.entries.count)
        }
        do throws(FileFailure) {
            if let content { try log.replace(content) } else { try log.append(lines.flatMap(\.self)) }
            state.withLock { $0.lineCount = lineCount }
            return nil
        } catch {
            return error
        }
    }

    private static func line(_ key: [UInt8], _ entry: Entry) -> [UInt8] {
        Array("\(key.hexadecimal) \(entry.purpose.hexadecimal) \(entry.until.secondsSince1970) \(entry.uses)\n".utf8)
    }

    /// Reads the lines of a file, and leaves out one that a crash tore: nobody was given anything for it.
    private func read(_ text: [UInt8]) {
        let now = context.clock.now()
        state.withLock { state in
            for line in text.split(separator: ASCII.lineFeed) {
                state.lineCount += 1
                let parts = line.split(separator: ASCII.space, omittingEmptySubsequences: false)
                guard parts.count == 4, let key = Self.digest(parts[0]), let purpose = Self.digest(parts[1]),
                    let seconds = Int(digits: parts[2]), let uses = Int(digits: parts[3]), uses < 1 << 32
                else { continue }
                let until = Timestamp(secondsSince1970: seconds)
                guard now - until <= Self.grace else { continue }
                state.entries[key, default: Entry(uses: 0, purpose: purpose, until: until)].uses += uses
            }
            state.sweepCount = max(Self.leastSweep, state.entries.count * 2)
        }
    }

    private static func digest(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.isHexadecimal(count: 64) else { return nil }
        let digits = Array(text)
        return stride(from: 0, to: 64, by: 2).map { index in
            (digits[index].hexDigitValue ?? 0) << 4 | (digits[index + 1].hexDigitValue ?? 0)
        }
    }
}
