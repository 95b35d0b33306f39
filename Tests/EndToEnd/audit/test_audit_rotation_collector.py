"""A rotation and a collector that takes a record, does not, or not yet."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import product
import tracing
from auditing import Record
from rotating import DAY, Rotator
from Sandbox.collector import Collector
from Sandbox.wire import Request, Response, json_response

SAMPLE = 8
DEAD = -9


class Choosy(Collector):
    """Takes the first `takes` requests of a run, and then does what `refusal` says."""

    def __init__(self) -> None:
        super().__init__()
        self.takes = 10**6
        self.refusal = "400"
        self.taken: list[Record] = []
        self.asked = 0

    def _take(self, request: Request) -> Response:
        self.asked += 1
        if self.asked > self.takes:
            if self.refusal == "partial":
                count = len(super()._take(request).body)
                self.bodies.pop()
                rejected = {"rejectedLogRecords": str(max(1, count))}
                return json_response(200, {"partialSuccess": rejected})
            return json_response(int(self.refusal), {})
        answer = super()._take(request)
        known = {record["head"] for record in self.taken}
        body = self.bodies[-1]["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        for record in body:
            told = {pair["key"]: pair["value"]["stringValue"] for pair in record["attributes"]}
            if told["hfmint.audit.head"] not in known:
                line = record["body"]["stringValue"]
                self.taken.append({"head": told["hfmint.audit.head"], "line": line})
        return answer

    @property
    def reasons(self) -> list[str]:
        """Those of the records, each once, in the order in which they were taken first."""
        return [json.loads(record["line"])["reason"] or "" for record in self.taken]


@dataclass
class Audited:
    """A rotation from Okta to two sinks, with a collector, and a file or none."""

    rotator: Rotator
    collector: Choosy
    log: Path | None

    def order(self, *arguments: str) -> product.Result:
        """One command, whose requests are counted anew."""
        self.collector.asked = 0
        return self.rotator(*arguments)

    @property
    def acts(self) -> list[str]:
        """What was changed at the issuer and the sinks."""
        return [
            f"{request.method} {request.path}"
            for server in self.rotator.world.servers.values()
            for request in server.requests
            if request.method not in ("GET", "HEAD")
            # Questions that are asked by POST.
            and not request.path.endswith(("/token", "/sys/capabilities-self"))
        ]

    def check(self) -> None:
        """Nothing was done that was not announced, and the collector has the whole chain once."""
        announced = [reason for reason in self.collector.reasons if reason.startswith("about to")]
        assert len(self.acts) <= len(announced), (self.acts, announced)
        if self.log:
            lines = self.log.read_text().splitlines()
            assert [record["line"] for record in self.collector.taken] == lines
            assert self.rotator("verify", str(self.log), group="audit").status == 0


@pytest.fixture(params=["file", "collector alone"])
def audited(rotator: Rotator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Audited]:
    """Required."""
    with Choosy() as collector:
        log = tmp_path / "audit.jsonl" if request.param == "file" else None
        made = Audited(rotator, collector, log)
        rotator.set_up("okta", ["vault", "file"], overlap="1s")
        configure(made, required=True)
        yield made
        assert collector.errors == []


def configure(audited: Audited, **settings: object) -> None:
    """Write what the manifest says under `audit`."""
    path = audited.rotator.rotations.manifest
    manifest = json.loads(path.read_text())
    file = {"file": str(audited.log)} if audited.log else {}
    manifest["audit"] = {"url": audited.collector.origin} | file | settings
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("takes", range(7))
@pytest.mark.parametrize("refusal", ["400", "partial"])
def test_no_act_comes_before_its_record(audited: Audited, takes: int, refusal: str) -> None:
    """Whichever request is refused: that act waits, and nothing after it is done."""
    audited.collector.takes, audited.collector.refusal = takes, refusal
    before = len(audited.acts)
    ended = audited.order("now", "chat")
    announced = [r for r in audited.collector.reasons if r.startswith("about to")]
    assert len(audited.acts) - before <= len(announced)
    if audited.collector.asked > takes:
        assert ended.status == 5, ended
        assert b"audit-unavailable" in ended.stderr
        assert b"nothing is done" not in ended.stderr
        assert b"did not take the records" in ended.stderr
    audited.collector.takes = 10**6
    audited.rotator.pass_time(60)
    outcome = audited.order("run")
    assert outcome.status == 0, outcome
    assert audited.rotator.status()["phase"] == "done"
    assert len(audited.rotator.rotations.issuer("okta").live) == 1
    audited.check()


def test_a_collector_that_is_away_holds_a_rotation_back(audited: Audited) -> None:
    """Each of the orders of a person, and of the timer."""
    audited.collector.takes = 0
    audited.collector.refusal = "400"
    for order in (["now", "chat"], ["now", "chat", "--leaked"], ["run"]):
        ended = audited.order(*order)
        assert ended.status == 5, (order, ended)
        assert b"done " not in ended.stdout
    assert [act for act in audited.acts if "secrets" in act] == []
    assert len(audited.rotator.rotations.issuer("okta").live) == 1
    audited.collector.takes = 10**6
    assert audited.order("run").status == 0
    audited.rotator.pass_time(60)
    assert audited.order("run").status == 0
    audited.check()


def test_a_run_is_not_given_up_without_its_record(audited: Audited) -> None:
    """Neither is the new secret removed."""
    audited.collector.takes = 2
    assert audited.order("now", "chat").status == 5
    held = audited.rotator.rotations.issuer("okta").held
    assert held == 2
    audited.collector.takes = 0
    ended = audited.order("abandon", "chat")
    assert (ended.status, b"audit-unavailable" in ended.stderr) == (5, True), ended
    assert audited.rotator.rotations.issuer("okta").held == held
    audited.collector.takes = 10**6
    assert audited.order("abandon", "chat").status == 0
    assert audited.rotator.rotations.issuer("okta").held == 1
    audited.check()


def test_what_was_not_taken_is_sent_by_the_next_run(audited: Audited) -> None:
    """Not required: the rotation goes on, and nothing recorded is lost, whoever runs next."""
    configure(audited)
    audited.collector.takes = 0
    audited.collector.refusal = "400"
    ended = audited.order("now", "chat")
    assert ended.status == 0, ended
    assert ended.stderr.count(b"did not take the records") == 1
    audited.rotator.pass_time(60)
    assert audited.order("run").status == 0
    assert audited.rotator.status()["phase"] == "done"
    assert audited.collector.taken == []
    audited.collector.takes = 10**6
    # Nothing is due, and yet the collector hears of what was.
    assert audited.order("run").status == 0
    steps = [reason for reason in audited.collector.reasons if "→" in reason]
    phases = ("planned", "created", "verified", "delivered", "announced", "retired", "done")
    assert [step.split("→ ")[1].split(",")[0] for step in steps] == list(phases)
    seqs = [json.loads(record["line"])["seq"] for record in audited.collector.taken]
    assert seqs == list(range(1, len(seqs) + 1))
    audited.check()
    asked = audited.collector.asked
    assert audited.order("run").status == 0
    assert audited.collector.asked == 0, asked


def test_a_log_that_was_renamed_meanwhile_is_sent_to_its_end(
    rotator: Rotator, tmp_path: Path
) -> None:
    """Then the new one."""
    with Choosy() as collector:
        audited = Audited(rotator, collector, tmp_path / "audit.jsonl")
        rotator.set_up("okta", ["file"], overlap="1s", schedule={"every": "30d"})
        configure(audited)
        assert audited.order("now", "chat").status == 0
        collector.takes, collector.refusal = 0, "400"
        rotator.pass_time(60)
        assert audited.order("run").status == 0
        assert audited.log
        audited.log.rename(tmp_path / "audit.jsonl.1")
        rotator.pass_time(31 * DAY)
        assert audited.order("run").status == 0
        collector.takes = 10**6
        assert audited.order("run").status == 0
        old = (tmp_path / "audit.jsonl.1").read_text().splitlines()
        new = audited.log.read_text().splitlines()
        assert [record["line"] for record in collector.taken] == old + new


def test_the_log_before_there_was_a_collector_is_not_sent(rotator: Rotator, tmp_path: Path) -> None:
    """It may be years of it."""
    with Choosy() as collector:
        audited = Audited(rotator, collector, tmp_path / "audit.jsonl")
        rotator.set_up("okta", ["file"], overlap="1h")
        configure(audited)
        path = rotator.rotations.manifest
        manifest = json.loads(path.read_text())
        del manifest["audit"]["url"]
        path.write_text(json.dumps(manifest))
        assert audited.order("now", "chat").status == 0
        assert audited.log
        before = audited.log.read_text().splitlines()
        configure(audited)
        rotator.pass_time(3_700)
        assert audited.order("run").status == 0
        after = audited.log.read_text().splitlines()[len(before) :]
        assert [record["line"] for record in collector.taken] == after != []


@pytest.mark.parametrize("with_file", [True, False])
def test_killed_at_any_call(
    rotator: Rotator,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    *,
    with_file: bool,
) -> None:
    """No act is without its record at the collector, and in the end the collector has them all."""
    tracing.require()
    log = tmp_path / "calls"
    with Choosy() as collector:
        audited = Audited(rotator, collector, tmp_path / "audit.jsonl" if with_file else None)
        rotator.set_up("okta", ["file"], overlap="1s")
        configure(audited, required=True)

        def run(through: list[str], *arguments: str) -> product.Result:
            words = [*tracing.alone(through), str(rotator.program), "rotate", *arguments]
            return product.run(words, rotator.environment, tmp_path, b"")

        assert run(tracing.recording(log), "now", "chat").status == 0
        found = tracing.points(log, may_hide=True)
        seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
        everything = os.environ.get("HFMINT_ALL") == "1"
        chosen = random.Random(seed).sample(found, len(found) if everything else SAMPLE)
        record_property("told", f"killed at {len(chosen)} of {len(found)} points, seed {seed}")
        for call, number in chosen:
            where = f"killed at {call} {number}, seed {seed}"
            run(tracing.injecting(log, call, "signal=SIGKILL", number), "now", "chat")
            announced = [r for r in collector.reasons if r.startswith("about to")]
            made = [
                act for act in audited.acts if act.startswith("POST") and act.endswith("secrets")
            ]
            assert len(made) <= len([r for r in announced if "create" in r]), where
            assert len(audited.acts) <= len(announced), where
            rotator.pass_time(60)
            again = rotator("run")
            assert again.status in (0, 6), (where, again)
        rotator.pass_time(60)
        rotator("run")
        audited.check()
