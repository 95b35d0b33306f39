/// What is true, and what to type, when a rotation has stopped for a person.
///
/// The other files of this folder hold the sections, one for each reason. ``page`` is `docs/rotation-runbook.md`, and a
/// test holds the two equal; after a change, type `hfmint rotate runbook > docs/rotation-runbook.md`. Nothing here
/// depends on a manifest or on the state of a rotation.
package enum Runbook {
    /// Every section, in the order of the page.
    package static let sections =
        [refused, targets, endings].joined().map { RunbookSection($0, title: "`\($0)`", $1) }
        + [RunbookSection("journal", title: "A journal that cannot be used", journal)]

    private static let preface = #"""
        # When a rotation needs a person

        A rotation that stops says `attention`, exits 6, and stays so until somebody acts. `hfmint rotate status` lists it with
        its reason in brackets; each reason has a section here: what is true then, and what to type. Where only the program is
        installed, `hfmint help rotate runbook REASON` prints one section, and `hfmint rotate runbook` all of them. An endpoint that
        listens to `rotation.attention` hears of it too.

        Four things hold whatever the reason:

        - While old and new secret may live side by side, every sink holds one that works. Nothing is revoked behind your back.
        - Nothing is removed that hfmint did not make, or was not told to replace.
        - The journal holds no value. A run that was killed while it wrote a file sink may have left a draft beside the target,
          `.NAME.….draft`: the next write removes it. After `abandon`, remove it by hand.
        - `hfmint rotate resume NAME` takes the step that stopped once more, with the manifest as it is now. It never does harm:
          if the cause is still there, it stops again. Credentials, log-ins, schedules and `proof` may be changed in the meantime;
          the client, the sinks and the endpoints may not (see `definition-changed`).

        `hfmint rotate abandon NAME` gives the run up. Before the first sink was written it removes the new secret. After that it
        removes nothing, as a sink may hold it; the next run gives every sink another secret, and then removes the one left over.
        At an issuer that takes two secrets (Okta) the next run has no place for another: it stops with [`no-room`](#no-room). So
        note what `status` shows before you give a run up; afterwards it no longer says which sinks have the new secret.

        In the examples the rotation is called `hub-app`, and `HFMINT_MANIFEST` is set; else add `--manifest`, and `--journal-dir`
        if the timer has one, as `systemctl cat hfmint-rotate` shows.
        """#

    /// The whole runbook, in Markdown.
    package static var page: String {
        ([preface] + sections.map(\.markdown)).joined(separator: "\n\n") + "\n"
    }
}

/// A part of the runbook, about one reason to stop or about a journal that cannot be used.
package struct RunbookSection: Sendable {
    /// The name as it is typed: a reason, or `journal`.
    package let name: String
    private let title: String
    private let text: String

    init(_ name: String, title: String, _ text: String) {
        self.name = name
        self.title = title
        self.text = text
    }

    /// The section with its title, in Markdown.
    package var markdown: String { "## \(title)\n\n\(text)" }
}
