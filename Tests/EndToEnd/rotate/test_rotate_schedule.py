"""The timers that `rotate schedule` prints are ones that their schedulers take."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import yaml

from rotating import Json, Rotator

FOLDER = re.compile(r"(?m)^# /etc/systemd/system/(\S+)\n")


def printed(rotator: Rotator, scheduler: str) -> str:
    """For the world's own manifest and journal."""
    manifest, journal = rotator.rotations.manifest, rotator.rotations.journal
    places = ["--manifest", str(manifest), "--journal-dir", str(journal)]
    result = rotator("schedule", "--for", scheduler, *places)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout.decode()


def run_line(rotator: Rotator, command: str) -> None:
    """The command of a timer, as it stands there, and the `init` that its comment names."""
    words = shlex.split(command)
    assert words[1:3] == ["rotate", "run"]
    once = subprocess.run(
        [*words[:2], "init", *words[3:]], env=rotator.environment, capture_output=True, check=False
    )
    assert once.returncode == 0, once.stderr
    done = subprocess.run(words, env=rotator.environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout[:7]) == (0, b"not due"), done.stderr


def test_systemd_takes_both_units(rotator: Rotator, tmp_path: Path) -> None:
    """As `systemd-analyze verify` reads them."""
    schedule = {"every": "30d"}
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"], schedule=schedule)})
    advice, *rest = FOLDER.split(printed(rotator, "systemd"))
    units = dict(zip(rest[::2], rest[1::2], strict=True))
    assert sorted(units) == ["hfmint-rotate.service", "hfmint-rotate.timer"]
    assert advice.startswith("# Once, before the first run: ")
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    analyze = shutil.which("systemd-analyze")
    assert analyze, "systemd is not installed: Scripts/setup"
    names = [str(tmp_path / name) for name in units]
    checked = subprocess.run(
        [analyze, "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    # Whatever it says of the machine's own units is none of ours.
    ours = [line for line in checked.stderr.splitlines() if "hfmint" in line]
    assert (checked.returncode, ours) == (0, [])
    found = re.search(r"(?m)^ExecStart=(.+)$", units["hfmint-rotate.service"])
    assert found
    run_line(rotator, found[1])


def test_cron_takes_the_line(rotator: Rotator) -> None:
    """Five fields, and a command that needs no other."""
    schedule = {"every": "30d"}
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"], schedule=schedule)})
    advice, line = printed(rotator, "cron").splitlines()
    assert advice.startswith("# Once, before the first run: ")
    *fields, command = line.split(" ", 5)
    assert fields == ["*/15", "*", "*", "*", "*"]
    assert "%" not in command
    run_line(rotator, command)


def test_kubernetes_gets_a_cron_job_whose_volumes_are_mounted(rotator: Rotator) -> None:
    """One at a time, never again by itself, as nobody's root."""
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"])})
    job: Json = yaml.safe_load(printed(rotator, "kubernetes"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    spec = job["spec"]
    assert isinstance(spec, dict)
    assert (spec["schedule"], spec["concurrencyPolicy"]) == ("*/15 * * * *", "Forbid")
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert (pod["restartPolicy"], pod["securityContext"]["runAsNonRoot"]) == ("Never", True)
    (container,) = pod["containers"]
    assert container["command"][:3] == ["hfmint", "rotate", "run"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert set(mounts) == {volume["name"] for volume in pod["volumes"]}
    command = container["command"]
    manifest, journal = (
        Path(command[command.index(option) + 1]) for option in ("--manifest", "--journal-dir")
    )
    assert (mounts["manifest"], mounts["journal"]) == (str(manifest), str(journal.parent))
