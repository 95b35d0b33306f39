extension Check {
    static let audit = Check(
        id: "audit", title: "whether what an exchange does can be recorded, as the manifest wants it"
    ) { examination in
        switch examination.audit {
        case nil: return [.skip("no manifest asks for records")]
        case .success: return [.ok("they can, and doctor writes none")] + waiting(examination)
        case .failure(let error):
            let isRequired = examination.recording?.isRequired ?? false
            let next = "put that right, or name another place under `audit` in the manifest"
            return [isRequired ? .fail(error, next: next) : .warn(error.message, next: next)] + waiting(examination)
        }
    }

    private static func waiting(_ examination: Examination) -> [Finding] {
        guard examination.waitingRecords != 0, let url = examination.recording?.url else { return [] }
        let count = examination.waitingRecords.map { "\($0)" } ?? "more than can be counted in a moment"
        return [
            .warn(
                "records that \(url.origin.host) has not taken: \(count)",
                next: "nothing: the next command of this job that records something sends them first")
        ]
    }
}
