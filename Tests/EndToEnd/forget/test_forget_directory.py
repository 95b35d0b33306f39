"""What `hfmint forget` leaves of a directory that a user named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jobs import Job, forget


def test_other_files_in_a_named_directory_are_the_users(job: Job) -> None:
    """Whatever they are called, and the directory stays with them."""
    state = job.work / "hfmint/0123456789abcdef"
    state.mkdir(mode=0o700, parents=True)
    names = ["notes", ".profile", "token-1", "env-file", ".x.draft", "a-directory/below"]
    for name in names:
        (state / name).parent.mkdir(exist_ok=True)
        (state / name).write_text("mine\n")
    job.delivered(job.exchange("--state-dir", str(state)))
    removed, _, _ = forget(job, "--state-dir", str(state))
    assert len(removed) == 4
    assert {path.name for path in state.iterdir()} == {Path(name).parts[0] for name in names}


CALLED_ALIKE = {
    "token-{hash}": "mine\n",
    "env-{hash}": "PATH=/bin\n",
    "record-{hash}": '{{"mine": 1}}\n',
    "rejected-{hash}": "mine\n",
    "copy-{hash}": '{{"path": "/"}}\n',
    "told-{hash}": "[]\n",
    "lock-{hash}": "mine\n",
    "run-tests/token": "mine\n",
    "run-1a2b/mark": "mine\n",
    "run-empty/": "",
}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every path below the folder, with what it holds."""
    paths = sorted(folder.rglob("*"))
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in paths
    }


@pytest.mark.parametrize("made", [True, False], ids=["made by hfmint", "the user's"])
def test_the_users_files_that_are_called_alike_stay(job: Job, made: bool) -> None:
    """Those of a directory that a user named; each is told. All that is hfmint's goes."""
    state = job.work / "state"
    if not made:
        state.mkdir(mode=0o700)
    words = ("--state-dir", str(state))
    job.delivered(job.exchange(*words))
    for name, text in CALLED_ALIKE.items():
        path = state / name.format(hash="0123456789abcdef" * 2)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(mode=0o700)
        else:
            path.write_text(text.format())
    theirs = tree(state)
    assert job.run("run", "acme/model", *words, "--", "true").status == 0
    job.delivered(job.exchange(*words))
    removed, remaining, _ = forget(job, *words)
    left = {name: text for name, text in tree(state).items() if not name.startswith("made-")}
    assert left.items() <= theirs.items()
    assert {name.split("/")[0] for name in left} == {
        name.format(hash="0123456789abcdef" * 2).split("/")[0] for name in CALLED_ALIKE
    }
    assert len(removed) >= 4
    assert len(remaining) == len(CALLED_ALIKE)
    assert all("nothing but its name shows that hfmint made it" in line for line in remaining)


@pytest.mark.parametrize("made", [True, False], ids=["made by hfmint", "the user's"])
def test_a_directory_goes_if_hfmint_made_it(job: Job, made: bool) -> None:
    """And there is nothing else in it; a copy of it is another one."""
    state = job.work / "state"
    if not made:
        state.mkdir(mode=0o700)
    words = ("--state-dir", str(state))
    for _ in range(2):
        job.delivered(job.exchange(*words))
        assert forget(job, *words)[1] == []
        assert state.exists() != made
    job.delivered(job.exchange(*words))
    copy = job.work / "copy"
    shutil.copytree(state, copy, copy_function=shutil.copy2)
    assert forget(job, "--state-dir", str(copy))[1] == []
    assert copy.exists()
