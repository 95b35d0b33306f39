/// Finds the settings of a later level that undo a helper of hfmint's of an earlier level.
///
/// The last `credential` setting that matches counts, even if another names the host more exactly:
/// `credential_apply_config` in <https://github.com/git/git/blob/v2.39.5/credential.c>.
extension GitFindings {
    /// Returns the empty helper that makes git forget hfmint for `origin`, if git then asks no helper at all.
    func resettingHelper(for origin: String) -> Setting? {
        guard helpers(for: origin).isEmpty else { return nil }
        let matching = helpers.filter { GitPattern(ofKey: $0.key)?.matches(origin, isPartial: true) ?? true }
        guard let ours = matching.lastIndex(where: { $0.isHFMint }) else { return nil }
        return matching[ours...].last { $0.value?.isEmpty ?? true }
    }

    /// Returns the setting by which git leaves out the repository for some URL below `origin`, or `nil`.
    func settingHidingPath(for origin: String) -> Setting? {
        guard helpers(for: origin).contains(where: { $0.isHFMint }) else { return nil }
        var hiding: Setting?
        for setting in pathSettings {
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

    /// Reads a word as git does: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-boolean>.
    private static func isTrue(_ value: String?) -> Bool {
        let word = (value ?? "").utf8.map(\.asciiLowercased)
        return !["", "false", "no", "off", "0"].contains { word.equals($0) }
    }

    /// Returns both kinds of settings as obstacles, each setting once.
    func overrulingObstacles(_ origins: [String]) -> [GitObstacle] {
        var found: [Setting] = []
        return origins.flatMap { origin -> [GitObstacle] in
            var obstacles: [GitObstacle] = []
            if let empty = resettingHelper(for: origin), !found.contains(empty) {
                found.append(empty)
                obstacles.append(
                    GitObstacle(
                        isFatal: true,
                        message: "git forgets hfmint for \(origin), and asks nobody: \(empty.key) \(empty.location) is"
                            + " empty", next: empty.fix))
            }
            if let hiding = settingHidingPath(for: origin), !found.contains(hiding) {
                found.append(hiding)
                obstacles.append(
                    GitObstacle(
                        isFatal: false,
                        message: "git does not say which repository of \(origin) it means (\(hiding.key)"
                            + " \(hiding.location)): hfmint then answers for HFMINT_RESOURCE, or for `origin`, alone",
                        next: hiding.fix))
            }
            return obstacles
        }
    }
}
