"""A machine whose clock was once years ahead: nothing stands still in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rotating import DAY, Rotator

YEARS = 3_650 * DAY


def told(rotator: Rotator, tmp_path: Path) -> tuple[str, dict[str, float], dict[str, object]]:
    """What `status` says: to a person, to an alarm, and to a program."""
    metrics = tmp_path / "hfmint.prom"
    ended = rotator("status", "--prometheus", str(metrics))
    assert ended.status == 0
    samples = {
        sample.name.removeprefix("hfmint_rotation_"): sample.value
        for family in text_string_to_metric_families(metrics.read_text())
        for sample in family.samples
    }
    return ended.stdout.decode(), samples, rotator.status()


def stands_and_goes_on(rotator: Rotator, tmp_path: Path, what: str) -> None:
    """It is said everywhere, and what is to be typed works."""
    outcome = rotator.outcome("run")
    assert (outcome["exit"], outcome["attention"]) == (6, "clock-was-ahead"), outcome
    assert what in str(outcome["reason"])
    text, samples, row = told(rotator, tmp_path)
    assert "clock-was-ahead" in text
    assert "hfmint rotate resume chat" in text
    assert "-" not in text.split("chat: ")[1].split("\n")[0]
    assert samples["attention"] == 1
    assert samples["clock_lead_seconds"] > YEARS - 100 * DAY
    assert row["age_seconds"] in (None, 0)
    assert row["next_due_at"] is None
    assert b"clock" in rotator("plan").stdout
    ended = rotator("resume", "chat")
    assert ended.status in (0, 4), ended.stderr
    _, samples, row = told(rotator, tmp_path)
    assert (samples["attention"], samples["clock_lead_seconds"]) == (0, 0)


def test_a_schedule_that_began_to_count_ahead(rotator: Rotator, tmp_path: Path) -> None:
    """`init` with the clock ahead."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s", schedule={"every": "30d"})
    rotator.write({"chat": entry})
    rotator.ahead(YEARS, "init")
    for _ in range(2):
        rotator.pass_time(40 * DAY)
        assert rotator("run").status == 6
    stands_and_goes_on(rotator, tmp_path, "the schedule began to count")
    rotator.pass_time(31 * DAY)
    assert rotator.outcome("run")["outcome"] == "done"


def test_a_rotation_that_was_done_ahead(rotator: Rotator, tmp_path: Path) -> None:
    """The next one comes in time."""
    rotator.set_up("okta", ["file"], overlap="1s", schedule={"every": "30d"})
    rotator.pass_time(YEARS)
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    rotator.pass_time(-YEARS)
    stands_and_goes_on(rotator, tmp_path, "the secret was last rotated")
    rotator.pass_time(31 * DAY)
    assert rotator.outcome("run")["outcome"] == "done"


def test_an_overlap_that_was_set_ahead(rotator: Rotator, tmp_path: Path) -> None:
    """It begins anew, in full."""
    rotator.set_up("okta", ["file"], overlap="24h")
    rotator.ahead(YEARS, "now", "chat")
    stands_and_goes_on(rotator, tmp_path, "the end of the overlap was set")
    rotator.pass_time(DAY - 60)
    assert rotator.outcome("run")["outcome"] == "waiting"
    rotator.pass_time(120)
    assert rotator.outcome("run")["outcome"] == "done"


def test_a_try_that_was_put_off_ahead(rotator: Rotator) -> None:
    """A day is the longest that a try waits: this one is made now."""
    rotator.set_up("okta", ["file"], overlap="1s")
    server = rotator.world.servers["okta"]
    server.faults.add("status=429 retry-after=3600 times=forever")
    rotator.ahead(YEARS, "now", "chat")
    server.faults.clear()
    assert rotator.status()["retry_at"] is None
    assert rotator.outcome("run")["outcome"] == "done"


@pytest.mark.parametrize("lead", [60, 240])
def test_what_two_clocks_may_differ_by_needs_nobody(rotator: Rotator, lead: int) -> None:
    """A clock that NTP has set back by a little."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s", schedule={"every": "30d"})
    rotator.write({"chat": entry})
    rotator.ahead(lead, "init")
    assert rotator.outcome("run")["exit"] == 0


ENDING = ("entra", "keycloak-policy")


@pytest.mark.parametrize("issuer", [*ENDING, "okta", "hydra", "auth0"])
def test_a_clock_that_stays_ahead_of_the_issuers(rotator: Rotator, issuer: str) -> None:
    """It is said, and not waited for until the issuer's clock has come so far."""
    rotator.set_up(issuer, ["file"], overlap="24h")
    stand = rotator.rotations.issuer(issuer)
    old = stand.live
    rotator.ahead(YEARS, "now", "chat")
    done = rotator.ahead(YEARS + 2 * DAY, "run")
    assert done.status == 6, done
    assert b"clock-was-ahead" in done.stdout
    # Some say when the new secret expires: that is found before any sink has it.
    sign = "says that its new secret expires at" if issuer in ENDING else "the clock of "
    assert sign in done.stderr.decode()
    assert set(old) <= set(stand.live)
    assert rotator.ahead(YEARS + 2 * DAY, "resume", "chat").status == 6
    assert set(old) <= set(stand.live)
    # The clock is set right.
    for words in (["resume", "chat"], ["run"], ["run"]):
        outcome = rotator.outcome(*words)
        assert outcome["exit"] == 0, outcome
        rotator.pass_time(DAY + 60)
    assert rotator.status()["phase"] == "done"
    assert len(stand.live) == 1


@pytest.mark.parametrize("end", [1, 1_000_000_000])
def test_a_new_secret_that_is_over_already(rotator: Rotator, end: int) -> None:
    """By the issuer's word: no sink gets it, and a schedule does not make another at each run."""
    rotator.set_up("hydra", ["file"], overlap="0s", schedule={"every": "30d"})
    stand, place = rotator.rotations.issuer("hydra"), rotator.rotations.sink("file")
    old = place.value()
    body = (
        f'{{"client_id":"{stand.client}","client_secret":"{old}","client_secret_expires_at":{end}}}'
    )
    rotator.world.fault("hydra", f"method=POST path=/admin/ body={body}")
    outcome = rotator.outcome("now", "chat")
    assert (outcome["exit"], outcome["attention"]) == (6, "clock-was-ahead"), outcome
    assert "expires at" in str(outcome["reason"])
    assert place.value() == old


def test_a_secret_that_lives_for_ever(rotator: Rotator) -> None:
    """No number of seconds is too large."""
    rotator.set_up("hydra", ["file"], overlap="0s", schedule={"every": "30d"})
    stand, place = rotator.rotations.issuer("hydra"), rotator.rotations.sink("file")
    old = place.value()
    for end in (2**63 - 1, 67_768_036_191_676_799, 10**30):
        answer = f'"client_id":"{stand.client}","client_secret":"{old}"'
        body = f'{{{answer},"client_secret_expires_at":{end}}}'
        rotator.world.fault("hydra", f"method=POST path=/admin/ body={body}")
        assert rotator.outcome("now", "chat")["outcome"] in ("done", "waiting")
        assert rotator("status").status == 0
        assert rotator("plan").status == 0
