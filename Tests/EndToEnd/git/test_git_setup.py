"""`hfmint setup-git`: what it writes where, that twice is once, and that undoing is complete."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

import product
from gitjob import GitJob, answer, description
from Sandbox.world import World

OURS = ("https://huggingface.co", "https://hf.co")


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job whose git knows nothing yet."""
    program = product.needed()
    return GitJob(world, program, tmp_path / "work")


def helpers(job: GitJob, url: str, cwd: Path | None = None) -> list[str]:
    """Those that git would ask for a URL, in order."""
    query = ("config", "--null", "--get-regexp", r"^credential\..*helper$")
    listed = job.git(*query, cwd=cwd).stdout.decode()
    found: list[str] = []
    for entry in listed.split("\0")[:-1]:
        key, _, value = entry.partition("\n")
        pattern = key.removeprefix("credential.").removesuffix("helper").rstrip("./")
        if pattern in ("", url):
            found = [*found, value] if value else []
    return found


def test_in_a_job_for_the_user(world: World, job: GitJob) -> None:
    """Every one of the Hub's hosts, and nothing else."""
    result = job.hfmint("setup-git")
    assert (result.status, result.stdout) == (0, b"")
    assert result.stderr == b"hfmint: git asks hfmint for the Hub's repositories (--global)\n"
    for origin in (*OURS, world.hub.origin):
        assert helpers(job, origin) == [f"{job.program} git-credential"]
        for key, value in (("usehttppath", "true"), ("helper", f"{job.program} git-credential")):
            found = job.good("config", "--get-urlmatch", f"credential.{key}", f"{origin}/a/b")
            assert found == value
    assert helpers(job, "https://github.com") == []
    assert job.git("config", "--get-urlmatch", "credential", "https://github.com/a/b").status == 1


def test_elsewhere_for_the_work_tree(world: World, job: GitJob) -> None:
    """A developer's own configuration is not for a program to change unasked."""
    clone = job.work / "clone"
    job.good("init", "--quiet", str(clone))
    job.environment = {k: v for k, v in job.environment.items() if not k.startswith("GITHUB_")}
    result = job.hfmint("setup-git", cwd=clone)
    assert b"(--local)" in result.stderr
    assert "hfmint" in (clone / ".git/config").read_text()
    assert not (world.root / "home/.gitconfig").exists()
    outside = job.hfmint("setup-git")
    assert outside.status == 5
    assert b"inside a work tree" in outside.stderr


CONFIGURATIONS = {
    "nothing": "",
    "a name": "[user]\n\tname = Ada\n",
    "another helper": "[credential]\n\thelper = store\n",
    "a helper of the Hub's": '[credential "https://huggingface.co"]\n\thelper = store\n',
    "a reset of the user's": (
        '[credential "https://huggingface.co"]\n\thelper =\n\thelper = store\n'
        "\tuseHttpPath = true\n[user]\n\tname = Ada\n"
    ),
    "comments and odd spacing": (
        '# mine\n[credential  "https://hf.co"]\n  # here\nhelper=store ; there\n\n[core]\n'
        "    editor = vi\n"
    ),
    "the same section twice": (
        '[credential "https://hf.co"]\n\thelper = a\n[user]\n\tname = Ada\n'
        '[credential "https://hf.co"]\n\thelper = b\n'
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
@pytest.mark.parametrize("times", [1, 2])
def test_undo_restores_every_byte(world: World, job: GitJob, name: str, times: int) -> None:
    """However often it was set up."""
    config = world.root / "home/.gitconfig"
    config.write_text(CONFIGURATIONS[name])
    for _ in range(times):
        assert job.hfmint("setup-git").status == 0
        for origin in OURS:
            assert helpers(job, origin) == [f"{job.program} git-credential"]
    result = job.hfmint("setup-git", "--undo")
    assert result.stderr == b"hfmint: git does not ask hfmint any more (--global)\n"
    assert config.read_text() == CONFIGURATIONS[name]


def test_setting_up_twice_writes_nothing_more(world: World, job: GitJob) -> None:
    """The second time nothing is written at all."""
    config = world.root / "home/.gitconfig"
    job.hfmint("setup-git")
    before, inode = config.read_bytes(), config.stat().st_ino
    assert job.hfmint("setup-git").status == 0
    assert (config.read_bytes(), config.stat().st_ino) == (before, inode)


def test_a_helper_that_was_set_later_is_forgotten(world: World, job: GitJob) -> None:
    """By setting up once more."""
    job.hfmint("setup-git")
    job.good("config", "--global", "--add", "credential.helper", "store")
    assert helpers(job, OURS[0])[1:] == ["store"]
    job.hfmint("setup-git")
    assert helpers(job, OURS[0]) == [f"{job.program} git-credential"]
    assert helpers(job, "https://github.com") == ["store"]
    job.hfmint("setup-git", "--undo")
    assert helpers(job, OURS[0]) == ["store"]


def test_undo_without_setup(world: World, job: GitJob) -> None:
    """Changes nothing, not even what looks alike."""
    config = world.root / "home/.gitconfig"
    config.write_text('[credential "https://hf.co"]\n\thelper =\n\tuseHttpPath = true\n')
    before = config.read_bytes()
    assert job.hfmint("setup-git", "--undo").status == 0
    assert config.read_bytes() == before


def test_each_scope_on_its_own(world: World, job: GitJob) -> None:
    """What was written for one is not undone for the other."""
    clone = job.work / "clone"
    job.good("init", "--quiet", str(clone))
    for scope in ("--local", "--global"):
        assert job.hfmint("setup-git", scope, cwd=clone).status == 0
    assert job.hfmint("setup-git", "--global", "--undo", cwd=clone).status == 0
    assert helpers(job, OURS[0], clone) == [f"{job.program} git-credential"]
    assert helpers(job, OURS[0]) == []
    both = job.hfmint("setup-git", "--local", "--global", cwd=clone)
    assert both.status == 2
    assert b"--local and --global exclude each other" in both.stderr
    undone = job.hfmint("setup-git", "--environment", "--undo", cwd=clone)
    assert undone.status == 2


def test_a_program_in_a_folder_with_a_space(world: World, job: GitJob) -> None:
    """And a quote: git runs helpers through the shell."""
    world.publish("acme/model")
    url = world.git.create("acme/model")
    folder = job.work / "my 'tools' $HOME"
    folder.mkdir()
    copy = folder / "hfmint"
    copy.write_bytes(job.program.read_bytes())
    copy.chmod(0o755)
    job.program = copy
    assert job.hfmint("setup-git").status == 0
    job.clone(url, "clone")
    assert job.hfmint("setup-git", "--undo").status == 0
    assert (world.root / "home/.gitconfig").read_bytes() == b""


def test_through_a_link_of_another_name(world: World, job: GitJob) -> None:
    """The program's own path is written, so that the helper is not taken for its own protocol."""
    link = job.work / "git-credential-hfmint"
    link.symlink_to(job.program)
    asked = product.run([str(link), "get"], job.environment, job.work, b"protocol=https\n")
    assert (asked.status, asked.stdout) == (0, b"")
    assert product.run([str(link)], job.environment, job.work).status == 2


def test_the_command_lines_endpoint_is_the_helpers(world: World, job: GitJob) -> None:
    """No variable would tell it."""
    world.publish("acme/model")
    url = world.git.create("acme/model")
    for name in ("HF_ENDPOINT", "HFMINT_AUDIENCE"):
        del job.environment[name]
    options = ("--endpoint", world.hub.origin, "--audience", world.hub.audience)
    for _ in range(2):
        assert job.hfmint("setup-git", *options).status == 0
    job.clone(url, "clone")
    assert job.hfmint("setup-git", *options, "--undo").status == 0
    assert (world.root / "home/.gitconfig").read_bytes() == b""


def test_setting_up_goes_well_beside_other_gits(world: World, job: GitJob) -> None:
    """Which hold the lock of the same file again and again."""
    config = world.root / "home/.gitconfig"
    stop = threading.Event()

    def disturb() -> None:
        while not stop.is_set():
            command = ["git", "config", "--global", "user.name", "Ada"]
            subprocess.run(command, env=job.environment, capture_output=True, check=False)

    others = [threading.Thread(target=disturb) for _ in range(2)]
    for other in others:
        other.start()
    try:
        results = [job.hfmint("setup-git", *undo) for undo in ([], ["--undo"], [], ["--undo"], [])]
    finally:
        stop.set()
        for other in others:
            other.join()
    assert [(result.status, result.stderr.count(b"lock")) for result in results] == [(0, 0)] * 5
    assert config.read_text().count("git-credential") == 3


def test_a_lock_that_stays(world: World, job: GitJob) -> None:
    """Is told in git's words, and named."""
    (world.root / "home/.gitconfig.lock").touch()
    result = job.hfmint("setup-git")
    assert result.status == 5
    assert b"could not lock config file" in result.stderr
    assert b"hfmint: error: another git writes its configuration" in result.stderr
    assert b".gitconfig.lock'; or change no file" in result.stderr
    assert b"--environment" in result.stderr


def test_setting_up_in_the_environment_comes_behind_what_others_put_there(
    world: World, job: GitJob
) -> None:
    """Behind what others put there, and through `eval` whatever the path."""
    world.publish("acme/model")
    before = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "credential.helper",
        "GIT_CONFIG_VALUE_0": "store",
    }
    job.environment |= before
    script = 'eval "$(hfmint setup-git --environment)" && git config --null --get-regexp "^cred"'
    result = product.run(["sh", "-c", script], job.environment, job.work)
    assert (result.status, result.stderr) == (0, b"")
    entries = result.stdout.decode().split("\0")[:-1]
    assert entries[0] == "credential.helper\nstore"
    assert entries[1:3] == [
        "credential.https://huggingface.co/.helper\n",
        f"credential.https://huggingface.co/.helper\n{job.program} git-credential",
    ]
    assert len(entries) == 10
    assert not (world.root / "home/.gitconfig").exists()


def test_setting_up_as_json_tells_the_entries(world: World, job: GitJob) -> None:
    """The entries, for whoever writes them by other means."""
    result = job.hfmint("setup-git", "--environment", "--json")
    assert b'"scope":"--environment"' in result.stdout
    assert b'{"key":"credential.https://hf.co/.helper","value":""}' in result.stdout


def test_without_git_it_is_said_as_it_is(world: World, job: GitJob, tmp_path: Path) -> None:
    """Said as it is."""
    job.environment["PATH"] = str(tmp_path / "nothing")
    result = job.hfmint("setup-git")
    assert result.status == 5
    assert b"git could not be run" in result.stderr


def test_a_question_after_setup(world: World, job: GitJob) -> None:
    """`git credential fill` is what other programs ask through."""
    world.publish("datasets/acme/data")
    job.hfmint("setup-git")
    text = description(url=f"{world.hub.origin}/datasets/acme/data.git")
    result = product.run(["git", "credential", "fill"], job.environment, job.work, text)
    token = answer(result.stdout)["password"]
    assert str(world.hub.token(token).resource) == "datasets/acme/data"
