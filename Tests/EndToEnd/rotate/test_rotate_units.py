"""The units, jobs and lines that `rotate schedule` prints, as their own tools read them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import product

EXAMPLES = product.CHECKOUT / "ci-examples/rotation-timer"


def printed(kind: str, tmp_path: Path) -> str:
    """What `rotate schedule` prints, with the place of the program that packages use."""
    words = [str(product.needed()), "rotate", "schedule", "--for", kind]
    words += ["--manifest", "/etc/hfmint/hfmint.json5"]
    done = product.run(words, {"HOME": str(tmp_path)}, tmp_path)
    assert done.status == 0, done.stderr.decode()
    return re.sub(r"[^\s=]*/hfmint rotate", "/usr/bin/hfmint rotate", done.stdout.decode())


def units(tmp_path: Path) -> dict[str, str]:
    """The two units by their names."""
    parts = re.split(r"^# /etc/systemd/system/(\S+)\n", printed("systemd", tmp_path), flags=re.M)
    return {name: text.strip() + "\n" for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_examples_are_what_is_printed(tmp_path: Path) -> None:
    """`ci-examples/rotation-timer`, file by file, and nothing else there."""
    expected = units(tmp_path)
    expected["crontab"] = printed("cron", tmp_path)
    expected["cronjob.yaml"] = printed("kubernetes", tmp_path)
    assert {path.name: path.read_text() for path in EXAMPLES.iterdir()} == expected


def test_systemd_verifies_the_units(tmp_path: Path) -> None:
    """With a program at the place that they name."""
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd-analyze is not installed")
    for name, text in units(tmp_path).items():
        (tmp_path / name).write_text(text.replace("/usr/bin/hfmint", str(product.needed())))
    files = [str(tmp_path / name) for name in units(tmp_path)]
    done = subprocess.run([tool, "verify", *files], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "hfmint" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_kubernetes_schema_accepts_the_job(tmp_path: Path) -> None:
    """As `kubectl apply` would see it, without a cluster."""
    validate = pytest.importorskip("kubernetes_validate")
    yaml = pytest.importorskip("yaml")
    validate.validate(yaml.safe_load(printed("kubernetes", tmp_path)), "1.33", strict=True)


def test_the_cron_line_is_one(tmp_path: Path) -> None:
    """Five fields that croniter reads, and a command without what cron would change."""
    croniter = pytest.importorskip("croniter").croniter
    lines = printed("cron", tmp_path).splitlines()
    (line,) = [line for line in lines if not line.startswith("#")]
    *fields, command = line.split(" ", 5)
    assert croniter.is_valid(" ".join(fields))
    assert command.startswith("/")
    assert "%" not in command
