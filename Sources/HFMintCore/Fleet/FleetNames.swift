/// The names of a fleet, as a manifest writes them.
extension NameRule {
    /// A Space or an endpoint: `owner/name`.
    static func resource(_ noun: String) -> NameRule {
        .matching("^\(repositoryPattern)$") { isRepository($0) ? nil : "is no \(noun): write owner/name" }
    }

    /// A variable or a secret of a Space; not one that the Hub sets itself.
    ///
    /// <https://huggingface.co/docs/hub/spaces-overview#helper-environment-variables>
    static let variable = NameRule.matching("^(?!SPACE_|OAUTH_)\(variablePattern)$") { name in
        if ["SPACE_", "OAUTH_"].contains(where: { name.utf8.starts(with: $0.utf8) }) {
            return "is a name that the Hub keeps for itself: no name may begin with SPACE_ or OAUTH_"
        }
        return variableComplaint(name)
    }

    /// A variable or a secret of an endpoint's container.
    static let environment = NameRule.matching("^\(variablePattern)$", check: variableComplaint)
}

extension StringRule {
    /// `owner/name`.
    static let repository = StringRule.matching("^\(repositoryPattern)$") { text in
        isRepository(text) ? nil : "is no repository: write owner/name"
    }

    /// What `after` names: `owner/name`, with `spaces/` or `endpoints/` in front where one name is both.
    static let predecessor = StringRule.matching("^((spaces|endpoints)/)?\(repositoryPattern)$") { text in
        let name = text.after("spaces/") ?? text.after("endpoints/") ?? text
        return isRepository(name) ? nil : "is no Space and no endpoint: write owner/name"
    }

    static let hardware = StringRule.matching("^[a-z0-9][a-z0-9.-]{0,63}$") { text in
        let isWord =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIIDigit || $0.isASCIILowercase || "-.".utf8.contains($0) }
            && text.utf8.first?.isASCIILetterOrDigit == true
        return isWord ? nil : "is no hardware: write the Hub's word for it, such as cpu-basic"
    }

    static let sleep = StringRule.matching("^(never|0{0,8}[1-9][0-9]{0,8}[smhd])$") { text in
        Sleep(parsing: text) == nil ? "is neither a duration such as 1h nor 'never'" : nil
    }

    static let mountPath = StringRule.matching("^/[^/]") { text in
        let parts = text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        let isFolder =
            parts.count > 1 && parts[0].isEmpty && text.utf8.allSatisfy { !$0.isASCIIControl }
            && parts.dropFirst().allSatisfy { part in
                !part.isEmpty && ![".", ".."].contains { part.elementsEqual($0.utf8) }
            }
        return isFolder ? nil : "is no folder to mount at: write it from the root, such as /data"
    }

    /// The value of a variable.
    static let value = StringRule.custom("value") { text in
        if text.isEmpty { return "must not be empty" }
        if text.utf8.contains(0) { return "has a NUL in it, which ends a variable" }
        guard text.utf8.count <= 64 << 10 else { return "is longer than 64 KiB" }
        return text.looksLikeToken ? "looks like a token, and is no secret here: name it under 'secrets'" : nil
    }

    /// One of `words`, or a name of one of `maps`: `secrets.NAME`.
    static func path(of words: [String], maps: [String]) -> StringRule {
        let (all, named) = (words.joined(separator: "|"), maps.joined(separator: "|"))
        return .matching("^(\(all)|(\(named))\\.\(variablePattern))$") { text in
            let isPath =
                words.contains { $0.utf8.elementsEqual(text.utf8) }
                || maps.contains { text.after("\($0).").map { variableComplaint($0) == nil } ?? false }
            return isPath ? nil : "is nothing to ignore: \(listed(words + maps.map { "\($0).NAME" }))"
        }
    }
}

extension FleetShape {
    /// Returns why a manifest takes no such variable of a Space, or no secret of that name without `value`, as a clause
    /// that follows its name; nil if it takes it.
    package static func complaint(aboutVariable name: String, _ value: String? = nil) -> String? {
        if let complaint = NameRule.variable.complaint(about: name, of: "variable") { return complaint }
        guard let value else { return nil }
        if let complaint = StringRule.value.complaint(about: value) { return complaint }
        // What is shown of it may go into a log, and is not its value.
        return value.withoutTokens.utf8.elementsEqual(value.utf8)
            ? nil : "has a credential in it, and is no secret here: name it under 'secrets'"
    }
}

extension Sleep {
    /// Parses a duration that is longer than nothing, or `never`.
    init?(parsing text: String) {
        if text.utf8.elementsEqual("never".utf8) {
            self = .never
        } else if let seconds = Seconds(parsing: text)?.count, seconds > 0 {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }
}

extension Resource {
    /// Makes the Space of a checked `owner/name`.
    init(space text: String) {
        let parts = text.utf8.split(separator: ASCII.slash).map { String(Substring($0)) }
        self.init(kind: .space, namespace: parts.first ?? "", name: parts.last ?? "")
    }
}

private let variablePattern = "[A-Za-z_][A-Za-z0-9_]{0,127}"

private let repositoryPattern: String = {
    let name = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"
    return "(?!(models|datasets|spaces|kernels|buckets|endpoints)/)\(name)/\(name)"
}()

@Sendable private func variableComplaint(_ name: String) -> String? {
    let isName =
        (1...128).contains(name.utf8.count) && name.utf8.first?.isASCIIDigit == false
        && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.underscore }
    return isName ? nil : "is no name for a variable: letters, digits and '_', no digit in front"
}

private func isRepository(_ text: String) -> Bool {
    let parts = Array(text.utf8).split(separator: ASCII.slash, omittingEmptySubsequences: false)
    // A name in front of which the Hub writes the kind is no owner.
    guard parts.count == 2, !["models", "endpoints"].contains(where: { parts[0].elementsEqual($0.utf8) })
    else { return false }
    return Resource(.model, owner: parts[0], name: parts[1]) != nil
}
