r"""Plays a transcript's scenario in a world of its own.

What may stand before a `$` line, or between two:

    job github|gitlab|none [KEY=VALUE …]    first; the keys are those of `Sandbox.options.describe`
    publisher RESOURCE CLAIM=VALUE … [issuer=URL] [power=read]
    repo RESOURCE [public|private|gated]
    app CLIENT-ID members=EMAIL,… scopes=SCOPE,…
    hub audience=|expires-in=|array-audience=|jwt-whoami=|revoke-kills=|locked=
    clock SERVER SECONDS                    put a server's clock wrong
    fault SERVER FAULT                      the words of `Sandbox.faults`
    env NAME=VALUE · unset NAME
    write PATH MODE TEXT                    with `\n`, `\t` and `\\`
    next-step                               GITHUB_ENV takes effect, and the step's files are new
    rotation NAME ISSUER SINK,… [KEY=VALUE …]   into the manifest; a value is JSON, or a text
    sink NAME KEY=VALUE …                   before that: what the manifest says of a sink
    put-back SINK ISSUER                    somebody writes the issuer's oldest secret there
    put SINK VALUE                          somebody writes something else there
    callback NAME [KEY=VALUE …]             someone who is told of that rotation
    receiver KIND STATUS …                  answer the next notices of that kind so
    by-hand ISSUER                          an administrator makes a secret there
    press-refresh                           somebody makes a new secret for the issuer `person`
    pass-time SECONDS                       let it be later, everywhere
    space NAME [variables.K=V …] [secrets.K …] [KEY=VALUE …]   a Space; the keys are `Space`'s
    endpoint NAME [env.K=V …] [secrets.K …] an endpoint, at `{endpoints}`
    befall NAME SITUATION                   one of `Sandbox.fleethubsituations`
    on-page NAME KEY=VALUE                  somebody changes a variable on the Hub's page

In jobs, publishers, values, texts, faults and `$` lines these are filled in: `{hub}`, `{hub-host}`,
`{github}`, `{gitlab}`, `{tmp}`, `{home}`, `{runner-temp}`, `{client-secret}`, `{id-token}` (a new
one of this job), `{id-token:AUDIENCE}`, `{issuer}` and `{issued-token:CLAIM=VALUE,…}` (its own),
and with rotations `{rotations}` (the manifest's folder) and every server of `World.servers`:
`{okta}`, `{sink-vault}`, `{receiver}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import cast

import evidence
import fleetwords
import product
from fleetwords import FleetWords
from normal import normalise
from rotationwords import RotationWords
from Sandbox.github import file_commands
from Sandbox.githubjob import GitHubJob
from Sandbox.gitlab import GitLabJob
from Sandbox.hubstate import Power, Visibility
from Sandbox.options import describe, pair, switch
from Sandbox.runnerfiles import read_env
from Sandbox.world import Job, World
from transcript import Command, Directive, Scenario, observed, reconcile

PLACEHOLDER = re.compile(r"(?<!\$)\{([a-z-]+)(?::([^{}]*))?\}")


class Player:
    """One scenario, from its first line to its last."""

    def __init__(self, scenario: Scenario, world: World, program: Path, work: Path) -> None:
        self._scenario = scenario
        self._world = world
        self._program = program
        self._work = work
        self._job: Job = "none"
        self._issuer = world.github.job.issuer
        self._client_secret = ""
        world.bin = product.folder_with(program, world.root / "bin")
        work.mkdir(parents=True)

    def play(self) -> Scenario:
        """Run it; what comes back is the scenario as it was observed."""
        items = [
            self._run(item) if isinstance(item, Command) else self._prepare(item)
            for item in self._scenario.items
        ]
        return replace(self._scenario, items=tuple(items))

    @cached_property
    def _rotations(self) -> RotationWords:
        return RotationWords(self._world)

    @cached_property
    def _fleet(self) -> FleetWords:
        return FleetWords(self._world)

    def _press_refresh(self, _: str) -> None:
        self._client_secret = self._rotations.press_refresh()

    @cached_property
    def _environment(self) -> dict[str, str]:
        return self._world.environment(self._job)

    def _run(self, command: Command) -> Command:
        script = self._fill(command.script)
        result = product.run(["sh", "-c", script], self._environment, self._work)
        streams = (
            normalise(stream.decode("utf-8", errors="backslashreplace"), self._names())
            for stream in (result.stdout, result.stderr)
        )
        expected = reconcile(command.expected, observed(result.status, *streams))
        return replace(command, expected=expected)

    def _prepare(self, directive: Directive) -> Directive:
        verbs: Mapping[str, Callable[[str], None]] = {
            "job": self._set_job,
            "publisher": self._add_publisher,
            "repo": self._add_repo,
            "app": self._add_app,
            "hub": self._set_hub,
            "clock": self._set_clock,
            "fault": self._add_fault,
            "env": self._set_variable,
            "unset": self._unset_variable,
            "write": self._write_file,
            "next-step": self._next_step,
            "rotation": self._rotations.add,
            "sink": self._rotations.change_sink,
            "put-back": self._rotations.put_back,
            "put": self._rotations.put,
            "callback": self._rotations.add_callback,
            "receiver": self._rotations.answer,
            "by-hand": self._rotations.add_by_hand,
            "press-refresh": self._press_refresh,
            "pass-time": self._rotations.pass_time,
            "space": self._fleet.add_space,
            "endpoint": self._fleet.add_endpoint,
            "befall": self._fleet.befall,
            "on-page": self._fleet.set_variable,
        }
        if directive.word not in verbs:
            raise ValueError(f"{self._scenario.path}: unknown word: {directive.word}")
        verbs[directive.word](directive.rest)
        if "rotations" in self._world.__dict__:
            self._environment.update(self._rotations.environment())
        if directive.word in fleetwords.WORDS:
            self._environment.update(self._fleet.environment())
        return directive

    def _set_job(self, text: str) -> None:
        if "_environment" in self.__dict__:
            raise ValueError("`job` comes before what uses its environment")
        kind, *words = self._fill(text).split()
        if kind == "github":
            self._world.github.job = describe(GitHubJob(), words)
            self._issuer = self._world.github.job.issuer
        elif kind == "gitlab":
            self._world.gitlab.job = describe(GitLabJob(), words)
            self._issuer = self._world.gitlab.job.issuer
        elif kind != "none" or words:
            raise ValueError(f"a job is github, gitlab or none: {text}")
        self._job = cast(Job, kind)

    def _add_publisher(self, text: str) -> None:
        resource, *words = self._fill(text).split()
        claims = dict(map(pair, words))
        issuer = claims.pop("issuer", self._issuer)
        power = cast(Power, claims.pop("power", "write"))
        self._world.hub.publish(resource, issuer, claims, power)

    def _add_repo(self, text: str) -> None:
        resource, _, visibility = text.partition(" ")
        self._world.hub.add_repo(resource, cast(Visibility, visibility or "private"))

    def _add_app(self, text: str) -> None:
        client_id, *words = text.split()
        options = {name: value.split(",") for name, value in map(pair, words)}
        app = self._world.hub.add_app(
            client_id, members=options["members"], scopes=options["scopes"]
        )
        self._client_secret = app.client_secret

    def _set_hub(self, text: str) -> None:
        name, value = pair(text)
        hub = self._world.hub
        match name:
            case "audience":
                hub.audience = self._fill(value)
            case "expires-in":
                hub.expires_in = int(value)
            case "array-audience" | "jwt-whoami" | "revoke-kills":
                setattr(hub, name.replace("-", "_"), switch(value))
            case "locked":
                hub.locked.add(value)
            case _:
                raise ValueError(f"the Hub has no setting {name}")

    def _set_clock(self, text: str) -> None:
        name, _, seconds = text.partition(" ")
        self._world.servers[name].clock_offset = float(seconds)

    def _add_fault(self, text: str) -> None:
        server, _, fault = text.partition(" ")
        self._world.fault(server, self._fill(fault))

    def _set_variable(self, text: str) -> None:
        name, value = pair(text)
        self._environment[name] = self._fill(value)

    def _unset_variable(self, text: str) -> None:
        self._environment.pop(text, None)

    def _write_file(self, text: str) -> None:
        name, mode, content = (*text.split(" ", 2), "")[:3]
        path = self._work / self._fill(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unescaped = re.sub(
            r"\\([nt\\])", lambda found: {"n": "\n", "t": "\t"}.get(found[1], "\\"), content
        )
        path.write_text(self._fill(unescaped), encoding="utf-8")
        path.chmod(int(mode, 8))
        evidence.put_there(path)

    def _next_step(self, _: str) -> None:
        environment = self._environment
        environment |= read_env(Path(environment["GITHUB_ENV"]).read_bytes()).values
        environment |= file_commands(Path(environment["RUNNER_TEMP"]))

    def _fill(self, text: str) -> str:
        """The text with its placeholders filled; a `${…}` is the shell's."""
        return PLACEHOLDER.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        name, argument = found[1], found[2]
        if name == "id-token":
            maker = self._world.gitlab if self._job == "gitlab" else self._world.github
            return maker.id_token(argument or self._world.hub.audience)
        if name == "issued-token":
            changes = dict(map(pair, filter(None, (argument or "").split(","))))
            return self._world.issuer.id_token(**changes)
        if name == "issuer":
            return self._world.issuer.origin
        if name == "client-secret":
            return self._client_secret
        values = {place: value for value, place in self._places().items()}
        return values.get(name, found[0])

    def _places(self) -> dict[str, str]:
        """Value to name, for what a scenario may also say itself."""
        world, environment = self._world, self.__dict__.get("_environment", {})
        places = {str(self._work): "tmp", str(world.root / "home"): "home"}
        places |= {str(world.root / "run"): "run", str(world.root / "tmp"): "system-temp"}
        places[str(self._program.resolve())] = "program"
        if "rotations" in world.__dict__:
            places[str(world.rotations.folder)] = "rotations"
        for name, server in world.servers.items():
            places[server.origin] = name
            places[server.origin.removeprefix("http://")] = f"{name}-host"
        for variable in ("RUNNER_TEMP", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
            if variable in environment:
                places[environment[variable]] = variable.lower().replace("_", "-")
        return places

    def _names(self) -> dict[str, str]:
        """Value to name, for all that must not show in a transcript."""
        world = self._world
        names = world.sentinels.kinds | self._places() | {world.github.job.run_id: "run-id"}
        if "gitlab" in world.servers:
            names[world.gitlab.job_id] = "job-id"
        return names
