extension Runbook {
    /// The sections about what ends a run, or keeps it from its end.
    static let endings: KeyValuePairs = [
        "app-unhealthy": #"""
        A Space whose `health` the manifest asks for got the new secret, and was not seen healthy after it: its stage is an error,
        it did not come up in time, or its page does not answer 200.

        **What is true.** Every sink has the new secret. The old one is not retired: where the issuer keeps both, both log in.

        **What to type.** See the Space's logs, and mend the app; nothing is written again. Then:

            hfmint rotate resume hub-app

        The health is waited for once more, and the rotation goes on when it is seen. To go on without it, take `health` out of the
        manifest before.
        """#,
        "not-acknowledged": #"""
        An endpoint with `acknowledge: true` must agree before the old secret is revoked. It has not within its `deadline`, or it
        said 410 and takes no more events.

        **What is true.** Every sink has the new secret. The old one still works, and stays until somebody decides.

        **What to type.** Ask whoever runs the endpoint. When it answers 2xx:

            hfmint rotate resume hub-app

        To go on without it, which the journal records:

            hfmint rotate resume hub-app --without-ack https://ops.acme.example/hooks
        """#,
        "death-unproven": #"""
        The issuer took the order to retire the old secret, and nothing shows that it is dead: the issuer lists no secrets, and
        the old value cannot be read, so that no log-in can be tried with it.

        **What is true.** Every sink has the new secret, and the overlap has passed. The old secret is probably dead.

        **What to type.** See at the issuer, or with the old secret itself, that it is. If the issuer's yes is proof enough for
        this rotation, say so in the manifest with `proof: "accepted"`. Then:

            hfmint rotate resume hub-app
        """#,
        "definition-changed": #"""
        The client, the sinks or the endpoints in the manifest are not those that the run under way began with. hfmint does not
        guess what a half-done run means for others.

        **What is true.** The run stopped where it was, and `status` shows how far that is. It goes on by itself as soon as the
        definition is what it was.

        **What to type.** Put the definition back, let the run finish, and change it then:

            hfmint rotate run

        Or give the run up, and begin with the new definition:

            hfmint rotate abandon hub-app
            hfmint rotate now hub-app

        At an issuer that takes two secrets, the second command stops with [`no-room`](#no-room) if a sink was written before.

        If the manifest names another client now, the new secret of the run stays at the old one, and `abandon` says its id: remove
        it there by hand.
        """#,
        "callback-unsigned": #"""
        An event for an endpoint cannot be signed: its key is missing, cannot be read, or is not of the kind that its `format`
        and `algorithm` need. The run has not begun.

        **What is true.** Nothing has changed.

        **What to type.** Mend the key that `secret` refers to (`whsec_…` for Standard Webhooks, PEM for RS256 and ES256). Then:

            hfmint rotate resume hub-app
        """#,
        "library-missing": #"""
        A library that hfmint opens at first use is not there: libcrypto computes the digest that proves a secret ours.

        **What is true.** As under `refused`.

        **What to type.** Install what the message names, then:

            hfmint rotate resume hub-app
        """#,
        "clock-was-ahead": #"""
        The journal names a moment that has been, and by this machine's clock has not: the secret was last rotated, a schedule
        began to count, or an overlap began, in the future. The clock was ahead then, or is behind now. What is counted from such
        a moment would come years late. The issuer's clock counts too: where an overlap began more than a day after what that one
        says, or a new secret expires before its run began, one of the two clocks is wrong.

        **What is true.** Nothing was done. The old and the new secret live on as they are. It is said at each run, and ends by
        itself where the clock was behind and is set right; `hfmint_rotation_attention` is 1, and
        `hfmint_rotation_clock_lead_seconds` says by how much. Five minutes are allowed for.

        **What to type.** See whether the clock is right, and set it if it is not. If it is right:

            date -u
            hfmint rotate resume hub-app

        The schedule, the overlap and the grace of a leaked secret count anew from now; an overlap begins anew in full, and
        whoever was told of its end is told again. `hfmint rotate now hub-app` rotates at once instead, where no run is under way.
        """#,
        "journal-incomplete": #"""
        The journal is whole, and lacks what every step before this one has written. That is a bug of hfmint.

        **What is true.** Nothing that works was removed. Which secret is new shows at the issuer.

        **What to type.** Keep a copy of the journal, which holds no secret, for a report. Then:

            hfmint rotate abandon hub-app
            hfmint rotate now hub-app
        """#,
    ]

    /// The section about a journal that cannot be used.
    static let journal = #"""
        This is `hfmint help rotate runbook journal`.

        `rotate run` and `status` exit 5 and name the file. Other rotations are not affected, and this one does nothing. If the
        disk was full, or the file belongs to somebody else, mend that, and type `hfmint rotate run`; a torn last line is no damage.

        **What is true.** A line of the journal is damaged, or a newer hfmint wrote it: then take that hfmint. Nothing was revoked
        since. Which run was under way is no longer known, and the issuer may hold a secret more than it should.

        **What to type.** Put the file aside, and let hfmint list what is alive:

            cd ~/.local/state/hfmint/rotations      # or the --journal-dir
            mv hub-app.journal hub-app.journal.damaged
            hfmint rotate init

        Where several secrets are alive, name the one that the sinks hold. The next run gives every sink another one and retires
        that; what else is alive stays until you remove it at the issuer:

            hfmint rotate adopt hub-app ID
            hfmint rotate now hub-app
        """#
}
