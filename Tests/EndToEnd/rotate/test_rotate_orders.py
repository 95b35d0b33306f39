"""What a person is told, and what becomes of an order, when the rotation is not where they think.

Every line that names a next step can be typed as it stands.
"""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rotating import DAY, Rotator


@contextmanager
def busy(rotator: Rotator) -> Iterator[None]:
    """Another process works on the rotation."""
    with (rotator.rotations.journal / "chat.journal").open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("order", [["now", "chat"], ["now", "chat", "--leaked"]])
def test_an_order_that_was_not_taken_is_no_success(rotator: Rotator, order: list[str]) -> None:
    """A leaked secret that somebody believes to be rotated is worse than an error."""
    rotator.set_up("okta", ["file"])
    with busy(rotator):
        result = rotator(*order)
    assert result.status == 4
    assert b"another process works on it" in result.stderr
    assert f"hint: in a moment: hfmint rotate {' '.join(order)}\n".encode() in result.stderr
    assert len(rotator.rotations.issuer("okta").live) == 1


def test_a_timer_that_comes_meanwhile_has_nothing_to_complain_of(rotator: Rotator) -> None:
    """The other process does what is due."""
    rotator.set_up("okta", ["file"])
    with busy(rotator):
        assert rotator("run").status == 0


def test_a_secret_that_was_not_taken_is_supplied_again(rotator: Rotator) -> None:
    """Too early, or while another process works: it is in no sink, and that is said."""
    callback = rotator.rotations.receiver.callback() | {"acknowledge": True}
    rotator.set_up("person", ["file"], callbacks=[callback])
    rotator.world.fault("receiver", "status=409 retry-after=600 times=forever")
    early = rotator("supply", "chat", stdin=b"SENTINEL-early")
    assert early.status == 4
    assert b"the secret was not taken" in early.stderr
    assert b"again from" in early.stdout
    with busy(rotator):
        result = rotator("supply", "chat", stdin=b"SENTINEL-early")
    assert result.status == 4
    assert b"the secret was not taken" in result.stderr
    assert b"hint: in a moment: hfmint rotate supply chat < FILE\n" in result.stderr


def test_a_leaked_secret_that_nobody_knows_is_not_retired_and_that_is_no_success(
    rotator: Rotator,
) -> None:
    """Somebody must say which one it is."""
    rotator.write({"chat": rotator.rotations.rotation("entra", ["file"])})
    stand = rotator.rotations.issuer("entra")
    stand.server.store(stand.server.clients[stand.client])
    assert rotator("init").status == 0
    result = rotator("now", "chat", "--leaked")
    assert result.status == 6
    assert b"the leaked one may still work" in result.stderr
    assert b"hfmint rotate adopt chat ID && hfmint rotate now chat --leaked" in result.stderr
    assert len(stand.live) == 3


def test_init_lists_the_secrets_that_are_alive(rotator: Rotator) -> None:
    """One of them is to be adopted; a name that is typed wrong is shown them as well."""
    rotator.write({"chat": rotator.rotations.rotation("entra", ["file"])})
    stand = rotator.rotations.issuer("entra")
    client = stand.server.clients[stand.client]
    stand.server.store(client)
    ids = [stored.id for stored in client.secrets]
    told = rotator("init").stdout.decode()
    for identity in ids:
        assert identity in told
    assert json.loads(rotator("init", "--json").stdout)["rotations"][0]["alive"] == ids
    assert rotator("adopt", "chat", ids[0]).status == 0
    assert f"replaces {ids[0]}" in rotator("init").stdout.decode()
    client.secrets.clear()
    rotator.rotations.journal.joinpath("chat.journal").unlink()
    assert "nothing will be retired, as no secret is alive" in rotator("init").stdout.decode()


def test_what_was_adopted_last_is_what_is_replaced(rotator: Rotator) -> None:
    """Also after a rotation of hfmint's own."""
    rotator.set_up("entra", ["file"], overlap="0s")
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    stand = rotator.rotations.issuer("entra")
    other = stand.server.store(stand.server.clients[stand.client]).id
    assert rotator("adopt", "chat", other).status == 0
    assert f"replaces {other}" in rotator("init").stdout.decode()


def test_a_plan_says_what_is_not_proven(rotator: Rotator) -> None:
    """Without a log-in nobody notices a secret that opens nothing."""
    make = rotator.rotations.rotation
    bare = make("okta", ["file"])
    del bare["verify"]
    rotator.write({"bare": bare, "full": make("entra", ["gitlab"])})
    rows = {row["name"]: row for row in json.loads(rotator("plan", "--json").stdout)["rotations"]}
    assert (len(rows["bare"]["warnings"]), rows["full"]["warnings"]) == (1, [])
    text = rotator("plan").stdout.decode()
    assert text.count("  warning  ") == 1
    assert "no 'verify'" in text


def test_a_run_that_left_the_manifest_is_not_forgotten(rotator: Rotator) -> None:
    """Its old secret lives on, and nobody would retire it."""
    rotator.set_up("okta", ["file"], overlap="24h")
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    kept = rotator.rotations.manifest.read_text()
    rotator.write({"other": rotator.rotations.rotation("entra", ["vault"])})
    assert rotator("init").status == 0
    for operation in ("run", "status"):
        result = rotator(operation)
        assert result.status == 0
        assert b"'chat'" in result.stderr
        assert b"delivered" in result.stderr
    assert json.loads(rotator("status", "--json").stdout)["not_in_manifest"] == ["chat"]
    rotator.rotations.manifest.write_text(kept)
    rotator.pass_time(2 * DAY)
    assert rotator.outcome("run")["outcome"] == "done"
    rotator.write({"other": rotator.rotations.rotation("entra", ["vault"])})
    # One that is done may go.
    assert rotator("run").stderr == b""


def test_status_says_that_a_run_no_longer_is_what_the_manifest_says(rotator: Rotator) -> None:
    """As `rotate run` does, which stops for it."""
    rotator.set_up("okta", ["file"], overlap="24h")
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    rotator.write({"chat": rotator.rotations.rotation("okta", ["vault"], overlap="24h")})
    assert rotator.outcome("run")["attention"] == "definition-changed"
    assert rotator.status()["attention_reason"] == "definition-changed"
    assert b"[definition-changed]" in rotator("status").stdout


def test_why_the_last_try_failed_is_kept(rotator: Rotator) -> None:
    """Who looks at three in the morning sees it."""
    rotator.set_up("okta", ["file"])
    rotator.world.fault("okta", "status=503 retry-after=3600 path=/oauth2 times=forever")
    reason = "client-credentials:app1: POST on 127.0.0.1 answered 503"
    assert rotator.outcome("now", "chat")["reason"] == reason
    assert rotator.outcome("run")["reason"] == reason
    assert rotator.status()["problem"] == reason
    assert reason in rotator("status").stdout.decode()


def test_the_next_step_can_be_typed_where_the_timer_names_its_files(rotator: Rotator) -> None:
    """Not the variables of this shell but the options of the unit say where everything is."""
    rotator.set_up("okta", ["file", "github-repository"], overlap="0s")
    rotator.world.fault("sink-github-repository", "status=403 method=PUT times=1")
    here = rotator.rotations
    odd = here.folder / "a manifest.json5"
    odd.write_text(here.manifest.read_text())
    files = ["--manifest", str(odd), "--journal-dir", str(here.journal)]
    hidden = ("HFMINT_MANIFEST", "HFMINT_JOURNAL_DIR")
    environment = {name: v for name, v in rotator.environment.items() if name not in hidden}
    stopped = rotator("now", "chat", *files, env=environment)
    assert stopped.status == 6
    told = rotator("status", *files, env=environment).stdout.decode()
    (step,) = re.findall(r"then: (hfmint rotate resume .*)", told)
    assert step in stopped.stderr.decode()
    typed = step.replace("hfmint", str(rotator.program), 1)
    done = subprocess.run(
        typed, shell=True, env=environment, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"done       chat\n"), done


def test_a_damaged_journal_hides_no_other_rotation(rotator: Rotator) -> None:
    """And what the runbook says about it works."""
    make = rotator.rotations.rotation
    rotator.write({"chat": make("okta", ["file"], overlap="0s"), "other": make("entra", ["vault"])})
    assert rotator("init").status == 0
    journal = rotator.rotations.journal / "chat.journal"
    journal.write_text("damaged\ndamaged\n")
    for operation in ("status", "run"):
        result = rotator(operation)
        assert result.status == 5
        assert b"other" in result.stdout
        assert b"chat.journal" in result.stderr
        assert b"hfmint help rotate runbook journal" in result.stderr
    journal.rename(journal.with_suffix(".journal.damaged"))
    (alive,) = rotator.rotations.issuer("okta").live
    assert rotator("init").status == 0
    assert rotator("now", "chat").status == 0
    assert alive not in rotator.rotations.issuer("okta").live
