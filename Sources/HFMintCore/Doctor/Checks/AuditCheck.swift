extension Check {
    static let audit = Check(
        id: "audit", title: "whether what an exchange does can be recorded, as the manifest wants it"
    ) { examination in
        switch examination.audit {
        case nil: return [.skip("no manifest asks for records")]
        case .success: return [.ok("they can, and doctor writes none")]
        case .failure(let error):
            let isRequired = examination.context.audit.settings?.isRequired ?? false
            let next = "put that right, or name another place under `audit` in the manifest"
            return [isRequired ? .fail(error, next: next) : .warn(error.message, next: next)]
        }
    }
}
