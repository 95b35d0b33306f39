"""Doctor and exchange agree: for every broken set-up, both are asked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import product
from agreeing import assert_agreement, failures
from Sandbox.buildkite import Buildkite
from Sandbox.world import World
from scenario import Player
from transcript import Command, Scenario, read

FOLDER = product.CHECKOUT / "Tests/Transcripts"
# Of a fleet's credentials an exchange knows nothing.
FLEET = "hfmint doctor --fleet"
DOCTOR = re.compile(r"hfmint doctor\b([^|;&\n]*).*", re.DOTALL)
# Options that both have; of the others, with a value or without, doctor's own are left out.
BOTH = {
    "--state-dir",
    "--deadline",
    "--id-token-file",
    "--id-token-command",
    "--provider",
    "--endpoint",
    "--audience",
    "--manifest",
    "--role",
}


class Both(Player):
    """Plays a scenario, and has its doctor's set-up judged by an exchange too."""

    judged = 0

    def _run(self, command: Command) -> Command:
        script = self._fill(command.script)
        found = DOCTOR.search(script)
        if not found:
            return super()._run(command)
        words = self._shared(found[1])
        if words is None:
            return command
        self._environment["HFMINT_STATE_DIR"] = str(self._work / "of-its-own")
        if "--state-dir" in words:
            del self._environment["HFMINT_STATE_DIR"]
        before, line = script[: found.start()], shlex.join(words)
        doctor = self._shell(f"{before} hfmint doctor {line} --json")
        exchange = self._shell(f"hfmint exchange {line}")
        assert_agreement(doctor, exchange)
        self.judged += 1
        return command

    def _shell(self, script: str) -> product.Result:
        return product.run(["sh", "-c", script], self._environment, self._work)

    def _shared(self, text: str) -> list[str] | None:
        """The words of the command line that both commands understand."""
        try:
            words = shlex.split(text.replace("2>&1", ""))
        except ValueError:
            return None
        shared: list[str] = []
        resource = "acme/model"
        while words:
            word = words.pop(0)
            name, _, value = word.partition("=")
            if name in BOTH:
                shared += [name, value or words.pop(0)]
            elif word == "--allow-untrusted-event":
                shared.append(word)
            elif name == "--expect" and not value:
                words.pop(0)
            elif not word.startswith("-") and word != ">/dev/null":
                resource = word
        return [resource, *shared]


def scenarios() -> list[object]:
    """Every scenario that asks doctor about a job."""
    return [
        pytest.param(scenario, id=f"{path.stem}: {scenario.title}")
        for path in sorted(FOLDER.rglob("*.txt"))
        for scenario in read(path)
        if path.stem != "usage"
        and not any(FLEET in line for line in scenario.lines)
        and any(line.startswith("$") and "hfmint doctor" in line for line in scenario.lines)
    ]


@pytest.mark.parametrize("scenario", scenarios())
def test_what_a_transcript_breaks(scenario: Scenario, tmp_path: Path) -> None:
    """Is broken for both, or for neither."""
    program = product.needed()
    with World(root=tmp_path / "world") as world:
        both = Both(scenario, world, program, tmp_path / "work")
        both.play()
    assert both.judged


def manifest(world: World, work: Path, audit: str) -> dict[str, str]:
    """One that lets the job through, with records."""
    issuer = world.github.job.issuer
    path = work / "hfmint.json5"
    path.write_text(
        '{ version: 1, organization: "acme", roles: { p: { access: "write", resources:'
        f' ["acme/model"] }} }}, grants: [{{ role: "p", identity: {{ issuer: "{issuer}",'
        ' claims: { repository: "acme/training" } } }], audit: { required: true, '
        f"{audit} }} }}\n"
    )
    path.chmod(0o600)
    return {"HFMINT_MANIFEST": str(path)}


def step_file(kind: str) -> Callable[[World, Path], dict[str, str]]:
    """GITHUB_ENV leads to something else."""

    def make(_: World, work: Path) -> dict[str, str]:
        path = work / "env"
        match kind:
            case "directory":
                path.mkdir()
            case "link":
                (work / "real").touch()
                path.symlink_to("real")
            case "dangling":
                path.symlink_to("nowhere")
            case "hard link":
                path.touch()
                (work / "second").hardlink_to(path)
            case "device":
                path = Path("/dev/null")
            case "writable by all":
                path.touch()
                path.chmod(0o666)
        return {"GITHUB_ENV": str(path)}

    return make


def log(kind: str) -> Callable[[World, Path], dict[str, str]]:
    """The audit log cannot be what the manifest wants."""

    def make(world: World, work: Path) -> dict[str, str]:
        path = work / "log/audit.jsonl"
        path.parent.mkdir()
        match kind:
            case "fine":
                pass
            case "a file without an end":
                path.write_text('{"no": "record"')
                path.chmod(0o600)
            case "no record":
                path.write_text("no record\n")
                path.chmod(0o600)
            case "no folder":
                path.parent.rmdir()
            case "a folder of all":
                path.parent.chmod(0o777)
            case "a link":
                (work / "real").touch()
                path.symlink_to(work / "real")
            case "writable by others":
                path.touch()
                path.chmod(0o666)
            case "a directory":
                path.mkdir()
        return manifest(world, work, f'file: "{path}"')

    return make


def variables(**values: str) -> Callable[[World, Path], dict[str, str]]:
    """Only the environment is broken; `{work}` is filled in."""
    return lambda _, work: {name: v.replace("{work}", str(work)) for name, v in values.items()}


def collector_gone(world: World, work: Path) -> dict[str, str]:
    """Nobody listens where records must be sent."""
    return manifest(world, work, 'url: "http://127.0.0.1:9/v1/logs"')


BROKEN: dict[str, Callable[[World, Path], dict[str, str]]] = {
    "nothing": variables(),
    **{f"GITHUB_ENV: {kind}": step_file(kind) for kind in
       ["absent", "directory", "link", "dangling", "hard link", "device", "writable by all"]},
    **{f"the audit log: {kind}": log(kind) for kind in
       ["fine", "a file without an end", "no record", "no folder", "a folder of all", "a link",
        "writable by others", "a directory"]},
    "the collector is gone": collector_gone,
    "only the token's variables": variables(GITHUB_ACTIONS=""),
    "the state directory is a file": variables(HFMINT_STATE_DIR="/dev/null"),
    "the state directory has no parent": variables(HFMINT_STATE_DIR="{work}/a/b/c"),
    "the state directory holds a line break": variables(HFMINT_STATE_DIR="{work}/a\nb"),
    "RUNNER_TEMP is not there": variables(RUNNER_TEMP="{work}/gone"),
    "SSL_CERT_FILE is not there": variables(SSL_CERT_FILE="{work}/gone"),
    "SSL_CERT_DIR is not there": variables(SSL_CERT_DIR="{work}/gone:{work}/too"),
    "a proxy that is gone": variables(HTTPS_PROXY="http://127.0.0.1:9"),
    "another audience": variables(HFMINT_AUDIENCE="https://other.example"),
    "an endpoint that is none": variables(HF_ENDPOINT="huggingface.co"),
    "an endpoint where nobody listens": variables(HF_ENDPOINT="http://127.0.0.1:9"),
    "a given token that is none": variables(HF_OIDC_ID_TOKEN="x"),
    "no token may be asked for": variables(ACTIONS_ID_TOKEN_REQUEST_URL=""),
    "an event of strangers": variables(GITHUB_EVENT_NAME="issue_comment"),
    "no such manifest": variables(HFMINT_MANIFEST="{work}/gone.json5"),
    "libraries that are not there": variables(LD_LIBRARY_PATH="{work}"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_for_one(
    world: World, hfmint: Callable[..., product.Result], name: str, tmp_path: Path
) -> None:
    """Is broken for the other; and doctor, which is asked first, changes nothing."""
    world.publish("acme/model", claims={"repository": "acme/training"})
    work = tmp_path / "broken"
    work.mkdir()
    env = world.environment()
    env |= {"HFMINT_STATE_DIR": str(work / "state")} | BROKEN[name](world, work)
    env = {key: value for key, value in env.items() if value}
    before = {path: path.lstat().st_mtime_ns for path in work.rglob("*")}
    doctor = hfmint("doctor", "acme/model", "--json", "--deadline", "10", env=env)
    assert {path: path.lstat().st_mtime_ns for path in work.rglob("*")} == before
    exchange = hfmint("exchange", "acme/model", "--deadline", "10", env=env)
    assert_agreement(doctor, exchange)
    assert name != "nothing" or not failures(doctor)
    if name == "GITHUB_ENV: absent":
        assert b"which is not here: later steps learn nothing" in exchange.stderr


def test_a_hub_whose_front_page_is_closed(
    world: World, hfmint: Callable[..., product.Result]
) -> None:
    """A token that was given shows that the Hub can be reached."""
    world.publish("acme/model", claims={"repository": "acme/training"})
    world.fault("hub", "drop times=forever path=/ method=HEAD")
    doctor = hfmint("doctor", "acme/model", "--json")
    assert_agreement(doctor, hfmint("exchange", "acme/model"))


def test_a_token_endpoint_that_is_slow(world: World, hfmint: Callable[..., product.Result]) -> None:
    """Doctor asks twice, and each time has the time that an exchange has."""
    world.publish("acme/model", claims={"repository": "acme/training"})
    world.fault("github", "delay=2 times=forever")
    doctor = hfmint("doctor", "acme/model", "--json", "--deadline", "3")
    assert_agreement(doctor, hfmint("exchange", "acme/model", "--deadline", "3"))


AGENTS: dict[str, tuple[str, dict[str, str | None]]] = {
    "takes it": ("", {}),
    "refuses the environment": ("status=500 times=forever path=/api/current-job/v0/env", {}),
    "refuses to redact": ("status=500 times=forever path=/api/current-job/v0/redactions", {}),
    "is gone in the midst": ("drop times=forever", {}),
    "wants another token": ("", {"BUILDKITE_AGENT_JOB_API_TOKEN": "of-another-job"}),
    "passed on no token": ("", {"BUILDKITE_AGENT_JOB_API_TOKEN": None}),
    "passed on no socket": ("", {"BUILDKITE_AGENT_JOB_API_SOCKET": None}),
    "is not mounted": ("", {"BUILDKITE_AGENT_JOB_API_SOCKET": "/nowhere/job.sock"}),
    "left a file": ("", {"BUILDKITE_AGENT_JOB_API_SOCKET": "/etc/hostname"}),
}


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_that_hands_on_variables(
    world: World, hfmint: Callable[..., product.Result], name: str
) -> None:
    """Buildkite's, asked by doctor with nothing to set."""
    fault, changes = AGENTS[name]
    provider = Buildkite(world.sentinels, world.root / "provider")
    try:
        world.hub.trust(provider.issuer.url, provider.issuer.key.jwks)
        claims = {"sub": str(provider.issuer.claims["sub"])}
        world.hub.publish("acme/model", provider.issuer.url, claims, "write")
        env = world.environment("none") | provider.environment() | changes
        env = {key: value for key, value in env.items() if value is not None}
        if fault:
            provider.jobs.faults.add(fault)
        doctor = hfmint("doctor", "acme/model", "--json", env=env)
        assert provider.jobs.variables == {}
        assert_agreement(doctor, hfmint("exchange", "acme/model", env=env))
    finally:
        provider.stop()
