extension Runbook {
    /// The sections about what stands at a sink or an issuer, and about what a person is asked for.
    static let targets: KeyValuePairs = [
        "target-missing": #"""
        Nothing is at the target of a sink: no such file, field, key, variable or secret. A misspelt name looks like this, and
        what hfmint made there nobody would read. The message names each such target.

        **What is true.** Before `created` nothing has changed anywhere. If the target went away while the run was under way, the
        run stopped before it wrote there, and the old secret stays.

        **What to type.** If the name in the manifest is wrong, mend it. If it is right, and the target shall be made, say
        `create: true` in that sink; or make it yourself, with the secret in use now. Then:

            hfmint rotate resume hub-app
        """#,
        "target-unproven": #"""
        What a sink holds before its first rotation does not log in with the client: it is another client's, or something that has
        nothing to do with it. The sink may name the wrong place. `hfmint rotate init` says the same beforehand.

        **What is true.** Nothing has changed: what the sink holds is as it was, and a new secret, which `now` may have made to
        see whether a log-in works at all, is removed again.

        **What to type.** See what is there. If the name in the manifest is wrong, mend it, and type the first line; if what is
        there is of no use any more (a placeholder, an old secret), give your word for it, which the journal and the audit log
        record:

            hfmint rotate resume hub-app
            hfmint rotate resume hub-app --overwrite
        """#,
        "sink-changed": #"""
        Before an old secret is retired, every sink is asked again for what it was given. Somebody else has written one since, and
        to write it again unasked could destroy something good, or would not last: it holds a third value, it was removed, the
        issuer has a new secret that is not ours, or it was overwritten again and again.

        **What is true.** The old secret still works, and stays. The message names the sink; what it holds now was left alone. The
        other sinks have the new secret.

        **What to type.** Find who wrote it: a deploy with a value of its own, a GitOps controller, an administrator. Stop that, or
        have it leave this value out. Then:

            hfmint rotate resume hub-app

        If the sink holds the new secret by then, the run goes on; if it holds the old one, it is written again, and the overlap
        begins anew. If what it holds now may be lost, whatever it is, say so:

            hfmint rotate resume hub-app --overwrite

        A sink that was removed is made again only with `create: true`.
        """#,
        "no-room": #"""
        The issuer takes only so many secrets for one client (Okta: two), and all places are taken. The run has not begun.

        **What is true.** Nothing has changed. One of the secrets at the issuer is in use; the others are left over: from an
        administrator, from another tool, or from an abandoned run.

        **What to type.** Find out which secret nobody uses, remove it at the issuer by hand, and then:

            hfmint rotate resume hub-app

        After an abandoned run, the sinks that had evidence hold the secret whose id `abandon` printed, and the others hold the old
        one. If all of them had evidence, the old one is the one to remove. If only some had, see [`value-lost`](#value-lost).

        If the issuer lists several and none was made by hfmint, name the one in use first; the first line lists their ids:

            hfmint rotate init
            hfmint rotate adopt hub-app ID
        """#,
        "other-rotation": #"""
        A live secret of the client carries the marker of another rotation: two rotations, or two manifests, change one client.
        Each would retire what the other one made. It is also what a rotation says after it was renamed.

        **What is true.** Nothing has changed. The message names the other rotation.

        **What to type.** If both exist, take one out of its manifest. If this one was renamed, take over what is there:

            hfmint rotate adopt hub-app ID
            hfmint rotate resume hub-app
        """#,
        "press-refresh": #"""
        The secret has no API: only a person can make a new one, on the page that the message names. The old one dies at the
        moment in which that button is pressed.

        **What is true.** Nothing has changed yet, or, if you pressed the button before and the run stopped since, the old secret
        is dead and the sinks still hold it.

        **What to type.** Press the button, copy the new secret, and at once:

            hfmint rotate supply hub-app < FILE

        It must log in before any sink is touched. Remove the file afterwards. If the run stops between, supply the same secret
        again.
        """#,
        "log-in-refused": #"""
        The new secret was never accepted at a log-in: for two minutes, or, if a person supplied it, for ten seconds.

        **What is true.** No sink was touched. The new secret was removed, where the issuer removes secrets by id; the old one
        works, except where it died at the moment in which the new one was made.

        **What to type.** See whether `verify` asks the right server, with the right `clientId`, and the way in which the client
        is allowed to log in. Then, for a new secret and a new try:

            hfmint rotate resume hub-app

        For a secret that a person supplies: `hfmint rotate supply hub-app < FILE` with the right one.
        """#,
        "changed-by-others": #"""
        The issuer has one place for the client's secret, and somebody else has put another value there since this run put its
        own: an administrator, or another tool.

        **What is true.** No sink was touched. The secret at the issuer is the other one; what this run made is gone. Sinks hold
        the secret from before, which works only where the issuer keeps old ones.

        **What to type.** Find out who changed it, and whether their secret is in use somewhere. To put one of hfmint's there
        again, and into every sink:

            hfmint rotate resume hub-app

        To leave theirs: `hfmint rotate abandon hub-app`, and put it into the sinks by hand.
        """#,
        "value-lost": #"""
        Some sinks hold a new secret whose value no process and no readable place has any more, and no other may be made: the
        issuer has no room, or this has happened several times in this run. It is also how a run ends of which every readable sink
        was overwritten, by a deploy for instance, after the process that knew the value was gone.

        **What is true.** Old and new secret both work. Sinks that `status` shows with evidence hold the new one, the others the
        old one. Nothing is urgent; nothing was revoked.

        **What to type.** Make room: give up the run, remove at the issuer the secret that `abandon` names once you know which
        sinks hold it, and rotate again:

            hfmint rotate abandon hub-app
            hfmint rotate now hub-app

        Until the second command is done, the sinks that held the removed secret cannot log in: choose the moment. If the issuer
        can hold one more secret, nothing has to be removed first.
        """#,
    ]
}
