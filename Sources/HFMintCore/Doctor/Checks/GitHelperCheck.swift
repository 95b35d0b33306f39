extension Check {
    static let gitHelper = Check(
        id: "git-helper", title: "who answers git when it asks for the Hub's credential"
    ) { examination in
        guard let git = examination.git else { return [.skip("there is no git here")] }
        guard let origin = examination.gitOrigin else { return [.skip("the endpoint is not usable")] }
        let helpers = git.helpers(for: origin)
        guard let first = helpers.first else {
            return [.ok("nobody: a push over https would ask for a password; `hfmint setup-git` changes that")]
        }
        if first.isHFMint { return [.ok("hfmint (\(first.place))")] }
        return [
            .warn(
                "\(first.program) (\(first.key) \(first.place)) answers git for \(origin)"
                    + (helpers.contains { $0.isHFMint } ? ", before hfmint is asked" : ", and hfmint is not asked"),
                next:
                    "run `hfmint setup-git` after whatever set it: for the Hub's hosts, git then forgets other helpers")
        ]
    }
}

extension Examination {
    /// The origin that git would talk to.
    fileprivate var gitOrigin: String? { endpoint?.description }
}

extension GitFindings {
    /// Those that git asks for a URL below `origin`, in this order; an empty one makes git forget those before it.
    func helpers(for origin: String) -> [Setting] {
        var helpers: [Setting] = []
        for setting in self.helpers where setting.pattern.map({ gitPattern($0, matches: origin) }) ?? true {
            if setting.value?.isEmpty ?? true { helpers = [] } else { helpers.append(setting) }
        }
        return helpers
    }
}

extension GitFindings.Setting {
    /// The URL in the key: `credential.https://hf.co.helper` → `https://hf.co`.
    var pattern: String? {
        let bytes = Array(key.utf8)
        guard let first = bytes.firstIndex(of: ASCII.dot), let last = bytes.lastIndex(of: ASCII.dot), first < last
        else {
            return nil
        }
        return String(decoding: bytes[(first + 1)..<last], as: UTF8.self)
    }

    var isHFMint: Bool {
        let words = (value ?? "").utf8.split(separator: ASCII.space)
        return words.contains { $0.elementsEqual("git-credential".utf8) } && (value ?? "").contains("hfmint")
    }

    /// The file that it stands in, for a message.
    var place: String {
        file.map { "in '\($0)'" } ?? "from GIT_CONFIG_COUNT, GIT_CONFIG_PARAMETERS or `git -c`"
    }

    /// `nil` for what no file holds.
    var file: String? {
        let prefix = "file:"
        guard origin.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: origin.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// Its name for a message: the program alone, because the rest of the line may hold a secret.
    fileprivate var program: String {
        guard let value, value.utf8.first != UInt8(ascii: "!") else { return "a shell command" }
        let word = value.utf8.prefix { $0 != ASCII.space }
        let name = word.split(separator: ASCII.slash).last ?? word
        let isPlain = name.allSatisfy { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) } && name.count <= 40
        return isPlain ? "'\(String(decoding: name, as: UTF8.self))'" : "another program"
    }
}
