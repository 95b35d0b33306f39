internal import HFMintCore

/// The options by which somebody named the manifest and the journal.
///
/// What hfmint tells them to type next must mean the same ones, or at three in the morning it means none.
struct TypedOptions {
    private let words: [UInt8]

    init(_ arguments: Arguments) {
        let typed = [("manifest", arguments.value(.manifest)), ("journal-dir", arguments.value(.journalDirectory))]
        words = typed.flatMap { name, value in value.map { Array(" --\(name) \(shellQuoted($0))".utf8) } ?? [] }
    }

    /// `text` with these options in each `hfmint rotate …` that it holds, right after the operation.
    func completing(_ text: String) -> String {
        guard !words.isEmpty else { return text }
        let start = Array("hfmint rotate ".utf8)
        var (done, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.first {
            guard rest.starts(with: start) else {
                done.append(byte)
                rest.removeFirst()
                continue
            }
            let operation = rest.dropFirst(start.count).prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            done += start + operation + (operation.isEmpty ? [] : words)
            rest = rest[operation.endIndex...]
        }
        return String(decoding: done, as: UTF8.self)
    }

    func completing(_ error: MintError) -> MintError {
        MintError(
            error.code, completing(error.message), requestID: error.requestID,
            details: error.details.map(completing), publisher: error.publisher, hint: error.hint.map(completing))
    }

    /// What a command says to people; what it says to machines stays.
    func completing(_ report: Report) -> Report {
        var report = report
        report.text = report.text.map { piece in
            if case .text(let text) = piece { .text(completing(text)) } else { piece }
        }
        report.failures = report.failures.map(completing)
        return report
    }
}

/// The body of a `rotate` command, whose advice can be typed as it stands.
func typeable(
    _ body: @escaping @Sendable (Call) throws(MintError) -> Report
) -> @Sendable (Call) throws(MintError) -> Report {
    { call throws(MintError) in
        let options = TypedOptions(call.arguments)
        do throws(MintError) {
            return options.completing(try body(call))
        } catch {
            throw options.completing(error)
        }
    }
}
