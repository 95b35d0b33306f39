internal import HFMintCore

extension Option {
    static let auditing: [Option] = [manifest] + reporting
}

/// The log that a command of `audit` reads.
///
/// `audit show` reads it whole and picks records, `audit verify` follows its chain from the first line, and `audit
/// head` reads only its end. No command of this folder writes a log or trusts it: HFMintCore says what a record means,
/// and whether the chain holds.
struct AuditLog {
    let path: String
    private let reader: any LogReader

    /// Opens the log that the operand names, or else the manifest's `audit.file`.
    init(_ call: Call) throws(MintError) {
        let operands = call.arguments.operands
        guard operands.count <= 1 else { throw .usage("one log at a time; '\(operands[1])' is a second one") }
        let named = operands.first
        path = if let named { named } else { try Self.manifestLog(call) }
        do throws(FileFailure) {
            guard let reader = try call.context.machine.readLog(path) else {
                throw FileFailure(path, "there is no such file")
            }
            self.reader = reader
        } catch {
            throw .unreadable(error)
        }
    }

    private static func manifestLog(_ call: Call) throws(MintError) -> String {
        guard let path = try call.namedManifest() else {
            throw .usage("no log was named", hint: "give its path, or the manifest that names it: --manifest PATH")
        }
        let context = call.context
        let definition = try Manifest(at: path, in: context.machine).audit
        guard let log = try definition?.path(on: Provider.detected(in: context.job), in: context) else {
            throw .usage("'\(path)' names no audit.file", hint: "give the log's path")
        }
        return log
    }

    /// Returns the next piece of the log, or nil at its end.
    func next() throws(MintError) -> [UInt8]? {
        do throws(FileFailure) {
            return try reader.next()
        } catch {
            throw .unreadable(error)
        }
    }

    /// Returns where the log ends, without reading all of it.
    func chain(_ context: Context) throws(MintError) -> AuditChain {
        do throws(FileFailure) {
            guard let end = reader.end else { throw FileFailure(path, "its end is not known before it has come") }
            return try AuditChain(end, path: path, random: context.random)
        } catch {
            throw .unreadable(error)
        }
    }
}

extension MintError {
    fileprivate static func unreadable(_ failure: FileFailure) -> MintError {
        MintError(.stateUnusable, "cannot read the audit log '\(failure.path)': \(failure.reason)")
    }
}
