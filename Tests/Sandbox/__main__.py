"""Run a command as a CI job's step against a stand-in Hub.

examples:
  Scripts/sandbox -- hfmint exchange acme/model
  Scripts/sandbox --event pull_request_target -- hfmint exchange acme/model
  Scripts/sandbox --fault 'hub:status=503 times=2' -- hfmint exchange acme/model
  Scripts/sandbox --publisher datasets/acme/d=repository:acme/training,branch:main -- sh
  Scripts/sandbox --gitlab -- sh -c 'eval "$(hfmint exchange acme/model)" && env'
  Scripts/sandbox --git -- sh -c 'hfmint setup-git && git clone "$HF_ENDPOINT/acme/model"'
  Scripts/sandbox --rotations -- sh -c 'hfmint rotate init && hfmint rotate now okta'
  Scripts/sandbox --wall=/tmp/wall -- sh -c 'HF_OIDC_RESOURCE=acme/model hf upload acme/model .'
  Scripts/sandbox --fleet=/tmp/fleet -- sh -c 'hfmint fleet plan; hfmint fleet apply'
  Scripts/sandbox --serve    # prints NAME=value lines, serves until its input ends
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .fleethub import FleetHub
from .fleetmachine import FleetMachine
from .frontdoor import enforcing, manifest_of
from .githubjob import GitHubJob
from .gitlab import GitLabJob
from .hub import Hub
from .options import describe, pair
from .world import Job, World

DEFAULT_PUBLISHER = "acme/model=repository:acme/training"
DEFAULT_GITLAB_PUBLISHER = "acme/model=project_path:acme/training"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="Scripts/sandbox",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [OPTION]… -- COMMAND…   |   %(prog)s [OPTION]… --serve",
    )
    parser.add_argument("--gitlab", action="store_true", help="a GitLab job instead of GitHub's")
    parser.add_argument(
        "--publisher",
        action="append",
        metavar="RESOURCE=CLAIM:VALUE,…",
        help=f"whom the Hub trusts (default {DEFAULT_PUBLISHER}); again for more",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="SERVER:FAULT",
        help="what goes wrong on hub, github, gitlab, okta, sink-vault…; the words are in"
        " Tests/Sandbox/faults.py",
    )
    parser.add_argument(
        "--job",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="describe the job: ref=refs/tags/v1, fork=yes, environment=production, claim.X=…",
    )
    parser.add_argument("--event", help="what started the GitHub job (default push)")
    parser.add_argument("--no-id-token", action="store_true", help="without the permission")
    parser.add_argument(
        "--git",
        action="store_true",
        help="with a git repository for each publisher, at HF_ENDPOINT",
    )
    parser.add_argument(
        "--rotations",
        nargs="?",
        const="all",
        choices=["all", "demo"],
        help="with every issuer and sink of client secrets, and a manifest in HFMINT_MANIFEST;"
        " demo: one rotation",
    )
    parser.add_argument(
        "--wall",
        type=Path,
        metavar="FOLDER",
        help="behind nginx and `hfmint serve run`, by the manifest of docs/wall.md; FOLDER, which"
        " is made, is the machine on which they run. HFMINT_BINARY names another hfmint",
    )
    parser.add_argument(
        "--fleet",
        type=Path,
        metavar="FOLDER",
        help="with three Spaces, and their manifests in FOLDER, which is made: the machine of who"
        " applies them; FOLDER/job is the environment of a job",
    )
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="write the requests, secrets as their SHA-256"
    )
    parser.add_argument("--serve", action="store_true", help="print the environment and serve")
    before, command = split(sys.argv[1:])
    options = parser.parse_args(before, argparse.Namespace(command=command))
    if bool(command) == options.serve:
        parser.error("give a COMMAND after --, or --serve")
    if options.wall and options.gitlab:
        parser.error("the manifest of docs/wall.md is for jobs of GitHub")
    if options.fleet and (options.wall or options.gitlab or options.rotations):
        parser.error("--fleet has a machine of its own")
    return options


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first `--`, and the command after it."""
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end + 1 :]


def main() -> int:
    """Build the world, run the command in it, and exit as the command did."""
    options = arguments()
    hub = FleetHub if options.fleet else Hub
    with World(kind_of_hub=hub) as world:
        try:
            environment = prepare(world, options)
        except (ValueError, KeyError) as error:
            print(f"sandbox: {error}", file=sys.stderr)
            return 2
        try:
            return serve(environment) if options.serve else run(options.command, environment)
        finally:
            if options.log:
                write_log(world, options.log)


def prepare(world: World, options: argparse.Namespace) -> dict[str, str]:
    """Describe the job, add publishers and faults; the environment of the job."""
    job: Job = "gitlab" if options.gitlab else "github"
    words = list(options.job)
    words += [f"event={options.event}"] if options.event else []
    words += ["id-token=no"] if options.no_id_token else []
    if options.gitlab:
        world.gitlab.job = describe(GitLabJob(), words)
        default, issuer = DEFAULT_GITLAB_PUBLISHER, world.gitlab.job.issuer
    else:
        world.github.job = describe(GitHubJob(), words)
        default, issuer = DEFAULT_PUBLISHER, world.github.job.issuer
    for text in options.publisher or [default]:
        resource, claims = pair(text)
        world.publish(resource, issuer, dict(pair(claim, ":") for claim in claims.split(",")))
        if options.git:
            world.git.create(resource)
    if options.wall:
        program = shutil.which(os.environ.get("HFMINT_BINARY", "hfmint"))
        if not program:
            raise ValueError("there is no hfmint on PATH")
        page = Path(__file__).parents[2] / "docs/wall.md"
        manifest = enforcing(manifest_of(page))
        world.open_front_door(Path(program), manifest, options.wall.resolve())
    machine = FleetMachine(world, options.fleet.resolve()) if options.fleet else None
    for text in options.fault:
        world.fault(*pair(text, ":"))
    if options.rotations:
        write = {"all": world.rotations.write_all, "demo": world.rotations.write_demo}
        write[options.rotations]()
        # They are remembered on a machine that stays, which a CI job's is not.
        job = "none"
    return machine.environment if machine else world.environment(job)


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command with this environment alone."""
    try:
        status = subprocess.run(command, env=environment, check=False).returncode
    except OSError as error:
        print(f"sandbox: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    except KeyboardInterrupt:
        return 130
    return status if status >= 0 else 128 - status


def serve(environment: Mapping[str, str]) -> int:
    """Print the environment, then serve until standard input ends."""
    # At once, so that whoever finds some of it finds all.
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in environment.items()))
    sys.stdout.flush()
    sys.stdin.read()
    return 0


def write_log(world: World, path: Path) -> None:
    """One JSON object a request; no secret survives."""
    lines = []
    for name in world.servers:
        for request in world.requests(name):
            entry = {
                "server": name,
                "method": request.method,
                "target": request.target,
                "headers": request.headers,
                "body": request.body.decode("utf-8", errors="replace"),
                "time": round(request.time, 3),
                "status": request.status,
                "fault": request.fault,
            }
            lines.append((request.time, json.dumps(entry, ensure_ascii=False)))
    text = "".join(f"{line}\n" for _, line in sorted(lines))
    path.write_text(hide(text, world.secrets))


def hide(text: str, secrets: set[str]) -> str:
    """The text with each secret as `sha256:` and its digest."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, f"sha256:{hashlib.sha256(secret.encode()).hexdigest()}")
    return text


if __name__ == "__main__":
    sys.exit(main())
