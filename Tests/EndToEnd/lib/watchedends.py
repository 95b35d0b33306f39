"""What must be true of a rotation at every instant, and at its end."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jobs import Ended
from watched import Watched


def undamaged(watched: Watched, story: list[str]) -> None:
    """What holds at every instant."""
    assert not watched.outages, (watched.outages[:3], story)
    assert not watched.early, (watched.early, story)
    assert not watched.values_on_disk, (watched.values_on_disk, story)


def ended(
    watched: Watched, last: Ended, story: list[str], reasons: Sequence[str], others: int = 0
) -> None:
    """One live secret, in every sink, and no other one; or all that an `attention` promises.

    `reasons` are what may be said when only a person can go on; `others` are secrets of theirs.
    """
    undamaged(watched, story)
    assert not watched.strangers, (watched.strangers, story)
    if last.status == 6:
        outcome = json.loads(last.out)["rotations"][0]
        assert any(reason in outcome["reason"] for reason in reasons), story
        kinds = {"rotation.started", "rotation.attention"}
    else:
        assert last.status == 0, story
        assert watched.issuer.held == 1 + others, (watched.issuer.live, story)
        assert not watched.drafts, (watched.drafts, story)
        kinds = {"rotation.started", "secret.created", "secret.delivered", "secret.revoking"}
        kinds.add("rotation.attention" if watched.is_person else "secret.revoked")
    if watched.is_told:
        told = [n for n in watched.rotations.receiver.notices if n.status < 300]
        assert {each.kind for each in told} >= kinds, (kinds, told, story)
        # The same event always has the same id. Each stop is an event of its own; so is each
        # secret, also where its issuer gives all of them one name.
        ids = {(each.kind, each.secret_id): each.id for each in told}
        twice = [each for each in told if ids[each.kind, each.secret_id] != each.id]
        has_ids = watched.kind not in ("person", "auth0")
        own = {"rotation.attention"} | (set() if has_ids else {"secret.created"})
        assert {each.kind for each in twice} <= own, (twice, story)
