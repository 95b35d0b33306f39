/// What a later level of git's configuration takes away from a helper of hfmint's that an earlier one has.
///
/// Of every `credential` setting that matches, the last counts, whichever names the host more exactly:
/// `credential_apply_config` in <https://github.com/git/git/blob/v2.39.5/credential.c>.
extension GitFindings {
    /// The empty helper that makes git forget hfmint for `origin`, where nobody at all is asked then.
    func forgetting(_ origin: String) -> Setting? {
        guard helpers(for: origin).isEmpty else { return nil }
        let matching = helpers.filter { GitPattern(ofKey: $0.key)?.matches(origin, isPartial: true) ?? true }
        guard let ours = matching.lastIndex(where: { $0.isHFMint }) else { return nil }
        return matching[ours...].last { $0.value?.isEmpty ?? true }
    }

    /// The setting by which git does not say which repository it means, for some URL below `origin`.
    func hidingPath(at origin: String) -> Setting? {
        guard helpers(for: origin).contains(where: { $0.isHFMint }) else { return nil }
        var hiding: Setting?
        for setting in paths {
            let pattern = GitPattern(ofKey: setting.key)
            guard pattern?.matches(origin, isPartial: true) ?? true else { continue }
            if !Self.isTrue(setting.value) {
                hiding = setting
            } else if pattern?.isForWholeHost ?? true {
                hiding = nil
            }
        }
        return hiding
    }

    /// As git reads a word: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-boolean>.
    private static func isTrue(_ value: String?) -> Bool {
        let word = (value ?? "").utf8.map(\.asciiLowercased)
        return !["", "false", "no", "off", "0"].contains { word.equals($0) }
    }

    /// Both as obstacles; each setting once.
    func overrulingObstacles(_ origins: [String]) -> [GitObstacle] {
        var found: [Setting] = []
        return origins.flatMap { origin -> [GitObstacle] in
            var obstacles: [GitObstacle] = []
            if let empty = forgetting(origin), !found.contains(empty) {
                found.append(empty)
                obstacles.append(
                    GitObstacle(
                        isFatal: true,
                        message: "git forgets hfmint for \(origin), and asks nobody: \(empty.key) \(empty.place) is"
                            + " empty", next: empty.mending))
            }
            if let hiding = hidingPath(at: origin), !found.contains(hiding) {
                found.append(hiding)
                obstacles.append(
                    GitObstacle(
                        isFatal: false,
                        message: "git does not say which repository of \(origin) it means (\(hiding.key)"
                            + " \(hiding.place)): hfmint then answers for HFMINT_RESOURCE, or for `origin`, alone",
                        next: hiding.mending))
            }
            return obstacles
        }
    }
}
