"""What `exchange` prints for `eval`, in each shell: it sets what it says, and nothing else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import product
import shells
from jobs import MASK, Ended, Job

SH = {
    "sh": ["sh"],
    "bash": ["bash", "--norc"],
    "bash-posix": ["bash", "--norc", "--posix"],
    "dash": ["dash"],
    "zsh": ["zsh", "-f"],
    "ksh": ["ksh93"],
    "mksh": ["mksh"],
    "busybox": ["busybox", "sh"],
    "yash": ["yash", "--norcfile"],
}
EVERY = [*SH, "fish"]
PATH = "--deliver shell"
VALUE = "--deliver shell --export"

# In front: options, and variables of the caller's.
OPTIONS = {
    "none": ":",
    "errexit": "set -e",
    "nounset": "set -u",
    "xtrace": "set -x",
    "verbose": "set -v",
    "allexport": "set -a",
    "noclobber": "set -C",
    "noglob": "set -f",
    "all of them": "set -euxaCf",
    "IFS of a token's letters": "IFS=_.=hf",
    "IFS empty": "IFS=",
    "IFS of a path's letters": "IFS=/-",
    "another locale": "LC_ALL=tr_TR.UTF-8; export LC_ALL",
    "names like ours": "name=a line=b token=c file=d x=e; readonly name line token file x",
    "positional parameters": "set -- a 'b c' ''",
}
OF_ONE_SHELL = {
    "bash": {
        "nullglob": "shopt -s nullglob failglob extglob",
        "pipefail": "set -o pipefail",
        "trace elsewhere": 'exec 9>"$TRACE"; BASH_XTRACEFD=9; set -x',
        "a trap": """trap 'printf "%s\\n" "$BASH_COMMAND" >&2' DEBUG""",
    },
    "zsh": {
        "warnings": "setopt warn_create_global warn_nested_var no_unset",
        "quotes": "setopt rc_quotes csh_junkie_quotes extended_glob null_glob",
        "words": "setopt sh_word_split glob_subst magic_equal_subst ksh_arrays",
        "history": "setopt bang_hist",
    },
    "ksh": {"pipefail": "set -o pipefail"},
}
# What HF_TOKEN is before; what it is afterwards by path, and by value; whether each line succeeds.
STATES = {
    "not set": (":", ("unset", "new"), (True, True)),
    "set": ("HF_TOKEN=hf_old", ("unset", "new"), (True, True)),
    "exported": ("HF_TOKEN=hf_old; export HF_TOKEN", ("", "new"), (True, True)),
    "exported and empty": ("HF_TOKEN=; export HF_TOKEN", ("", "new"), (True, True)),
    "special": ("HF_TOKEN=\"a 'b' \\\\ \\$c *\"; export HF_TOKEN", ("", "new"), (True, True)),
    "readonly": ("readonly HF_TOKEN=hf_old", ("unset", "unset or hf_old"), (True, False)),
    "readonly and exported": (
        "HF_TOKEN=hf_old; export HF_TOKEN; readonly HF_TOKEN",
        ("hf_old", "hf_old"),
        (False, False),
    ),
}
SCRIPT = """
{before}
before=$- fields="$IFS"
eval "$(hfmint exchange acme/model --quiet {words})"
code=$? after=$-
set +exuvf
[ "$fields" = "$IFS" ] || after="$after, and IFS is '$IFS'"
unset IFS
held=$(printenv HF_TOKEN) || held=unset
[ "$held" != "$(cat "$RUNNER_TEMP"/hfmint/*/token-*)" ] || held=new
[ ! -r "$(printenv HF_TOKEN_PATH)" ] || held="$held by path"
printf '%s\\n' "status $code" "options $before" "options $after" "held $held" "words $*"
"""


def said(job: Job, shell: str, script: str, **variables: str) -> Ended:
    """What a script says, without a secret in a trace or an error."""
    command = SH.get(shell, ["fish", "-N"])
    shells.require(command[0])
    env = job.env | variables
    done = product.run([*command, "-c", script], env, job.work)
    ended = Ended(done.status, done.stdout.decode(), done.stderr.decode())
    job.silent_about_secrets(ended)
    return ended


def rows(shell: str) -> dict[str, str]:
    """The options that this shell has."""
    return OPTIONS | OF_ONE_SHELL.get(shell.removesuffix("-posix"), {})


@pytest.mark.parametrize("shell", SH)
@pytest.mark.parametrize(("words", "held"), [(PATH, "unset by path"), (VALUE, "new")])
def test_options_and_variables_stay_as_they_were(
    job: Job, shell: str, words: str, held: str
) -> None:
    """And no trace shows the token."""
    for name, before in rows(shell).items():
        trace = job.work / "trace"
        ended = said(job, shell, SCRIPT.format(before=before, words=words), TRACE=str(trace))
        lines = ended.out.splitlines()
        assert lines[:1] + lines[3:4] == ["status 0", f"held {held}"], (name, ended)
        assert lines[1] == lines[2], (name, ended)
        assert lines[4:] == ["words a b c " if "--" in before else "words "], (name, ended)
        if trace.exists():
            assert not any(secret in trace.read_text() for secret in job.world.secrets), name


@pytest.mark.parametrize("shell", SH)
@pytest.mark.parametrize(("mode", "words"), list(enumerate([PATH, VALUE])))
def test_a_token_of_old_does_not_win(job: Job, shell: str, mode: int, words: str) -> None:
    """It is blanked where there is one, and stays unset where there is none; or the line fails."""
    for name, (before, held, succeeds) in STATES.items():
        ended = said(job, shell, SCRIPT.format(before=before, words=words))
        lines = ended.out.splitlines()
        if not lines:
            # In some shells an error of `export` ends the script.
            assert not succeeds[mode], (name, ended)
            assert ended.status != 0, (name, ended)
            continue
        assert (lines[0] == "status 0") == succeeds[mode], (name, ended)
        if succeeds[mode]:
            by_path = " by path" if words == PATH else ""
            assert lines[3] == f"held {held[mode]}{by_path}", (name, ended)
        else:
            found = lines[3].removeprefix("held ").removesuffix(" by path")
            assert found in held[mode].split(" or "), (name, ended)
        assert lines[1] == lines[2], (name, ended)


@pytest.mark.parametrize("shell", SH)
@pytest.mark.parametrize("words", [PATH, VALUE])
def test_no_other_variable_is_there_afterwards(job: Job, shell: str, words: str) -> None:
    """Also where the line is evaluated twice."""
    line = f'eval "$(hfmint exchange acme/model --quiet {words})"'
    ended = said(job, shell, f": x; set >before; : x; {line} && {line} || exit 9; set >after; : x")
    assert ended.status == 0, ended
    (job.work / "after").chmod(0o600)
    names = [
        set(re.findall(r"(?m)^([A-Za-z_]\w*)=", (job.work / name).read_text(errors="replace")))
        for name in ("before", "after")
    ]
    for name in ("before", "after"):
        (job.work / name).unlink()
    new = {name for name in names[1] - names[0] if not name.startswith(("BASH_", "."))}
    assert all(re.match(r"HF_TOKEN|HFMINT_", name) for name in new - {"_", "PIPESTATUS"}), new


@pytest.mark.parametrize("shell", SH)
@pytest.mark.parametrize("words", [PATH, VALUE])
def test_a_failure_is_the_status_of_the_line(job: Job, shell: str, words: str) -> None:
    """And ends a script that stops at errors."""
    line = f'eval "$(hfmint exchange acme/other --quiet {words})"'
    script = f'HF_TOKEN=mine; export HF_TOKEN; {line}; echo "$? $HF_TOKEN"; set -e; {line}; echo x'
    ended = said(job, shell, script)
    assert (ended.status, ended.out) == (3, "3 mine\n"), ended


@pytest.mark.parametrize("shell", SH)
def test_a_token_whose_file_is_gone_fails_the_line(job: Job, shell: str) -> None:
    """An older token is not taken for it."""
    line = job.exchange("--quiet", *shlex.split(VALUE)).out
    job.run("forget")
    (job.work / "line").write_text(line)
    script = 'HF_TOKEN=hf_old; export HF_TOKEN; eval "$(cat line)"; echo "$? <$HF_TOKEN>"'
    ended = said(job, shell, script)
    assert re.fullmatch(r"[1-9]\d* <>\n", ended.out), ended


@pytest.mark.parametrize("shell", EVERY)
@pytest.mark.parametrize("words", [PATH, VALUE])
def test_a_path_may_hold_anything(job: Job, shell: str, words: str) -> None:
    """Quotes, backslashes, what a shell expands, and letters of other scripts."""
    for name in ("it's", "a\\b", "ends\\", "$HOME `id` $(id)", 'a"b', "~ * ? # ; & | !", "ä√"):
        folder = job.work / name
        folder.mkdir(mode=0o700)
        env = {"HFMINT_STATE_DIR": str(folder / "state")}
        line = f"hfmint exchange acme/model --quiet {words}"
        call = f"eval ({line})" if shell == "fish" else f'eval "$({line})"'
        script = f"{call} && sh -c {shlex.quote(CHECK)}"
        ended = said(job, shell, script, **env)
        assert (ended.status, ended.out) == (0, "same\n"), (name, ended)


CHECK = (
    '[ "${HF_TOKEN:-$(cat "$HF_TOKEN_PATH")}" = "$(cat "$HFMINT_STATE_DIR"/token-*)" ] && echo same'
)
FISH_STATES = {
    "not set": ("", ("unset", "new")),
    "set": ("set -g HF_TOKEN hf_old", ("unset", "new")),
    "exported": ("set -gx HF_TOKEN hf_old", ("", "new")),
    "exported and empty": ("set -gx HF_TOKEN ''", ("", "new")),
    "a list": ("set -gx HF_TOKEN 'a b' c", ("", "new")),
    "traced": ("set -g fish_trace 1", ("unset", "new")),
    "names like ours": ("set -g name a; set -g line b; set -g token c", ("unset", "new")),
}
FISH = """
{before}
{line}
set -l code $status
set -e fish_trace
sh -c '{check}'
echo "status $code"
"""
FISH_CHECK = """
held=$(printenv HF_TOKEN) || held=unset
[ "$held" != "$(cat "$RUNNER_TEMP"/hfmint/*/token-*)" ] || held=new
[ ! -r "$(printenv HF_TOKEN_PATH)" ] || held="$held by path"
printf "%s\\n" "held $held"
"""


@pytest.mark.parametrize("form", ["eval ({})", "{} | source", 'eval "$({})"'])
@pytest.mark.parametrize(("mode", "words"), list(enumerate([PATH, VALUE])))
def test_fish_takes_it_and_prints_nothing(job: Job, form: str, mode: int, words: str) -> None:
    """It prints neither the token nor the environment, and the token is there."""
    line = form.format(f"hfmint exchange acme/model --quiet {words}")
    for name, (before, held) in FISH_STATES.items():
        script = FISH.format(before=before, line=line, check=FISH_CHECK)
        ended = said(job, "fish", script, DEPLOY_KEY="sentinel-of-another")
        by_path = " by path" if words == PATH else ""
        assert ended.out == f"held {held[mode]}{by_path}\nstatus 0\n", (name, ended)
        assert "sentinel-of-another" not in ended.err, name
        assert MASK.sub("", ended.err).strip() == "" or name == "traced", ended


def test_fish_fails_where_the_exchange_does(job: Job) -> None:
    """With a status of its own."""
    line = "eval (hfmint exchange acme/other --quiet 2>/dev/null)"
    ended = said(job, "fish", f"{line}; or echo failed; {line}; and echo unreached")
    assert ended.out == "failed\n", ended


@pytest.mark.parametrize("words", [PATH, VALUE])
def test_csh_fails_and_shows_nothing(job: Job, words: str) -> None:
    """It is not served, and a script that stops at errors stops."""
    shells.require("tcsh")
    script = f'eval "`hfmint exchange acme/model --quiet {words}`" && echo unreached'
    done = product.run(
        ["tcsh", "-f", "-c", script], job.env | {"DEPLOY_KEY": "sentinel-of-another"}, job.work
    )
    ended = Ended(done.status, done.stdout.decode(), done.stderr.decode())
    assert ended.status != 0
    assert "unreached" not in ended.out
    assert "sentinel-of-another" not in ended.out + ended.err
    job.silent_about_secrets(ended)


def test_later_steps_are_left_alone(job: Job) -> None:
    """GITHUB_ENV blanks what this step has, or the file says, and nothing else."""
    table: list[tuple[dict[str, str], str, set[str]]] = [
        ({}, "", set()),
        ({"HF_TOKEN": ""}, "", set()),
        ({"HF_TOKEN": "hf_old"}, "", {"HF_TOKEN"}),
        ({"HUGGING_FACE_HUB_TOKEN": "hf_old"}, "", {"HUGGING_FACE_HUB_TOKEN"}),
        ({"HF_OIDC_RESOURCE": "acme/model"}, "", {"HF_OIDC_RESOURCE"}),
        ({}, "HF_TOKEN=hf_old\n", {"HF_TOKEN"}),
        ({}, "HF_TOKEN<<E\nhf_old\nE\n", {"HF_TOKEN"}),
        ({}, "MY_HF_TOKEN=hf_old\n", set()),
    ]
    file = Path(job.env["GITHUB_ENV"])
    for variables, before, blanked in table:
        file.write_text(before)
        ended = job.exchange("--deliver", "env", **variables)
        assert ended.status == 0, ended
        written = file.read_text().removeprefix(before)
        assert set(re.findall(r"(?m)^(\w+)<<(\S+)\n\n\2$", written)) == {
            (name, delimiter)
            for name, delimiter in re.findall(r"(?m)^(\w+)<<(\S+)$", written)
            if name in blanked
        }
        assert blanked <= set(re.findall(r"(?m)^(\w+)<<", written))
        rivals = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE"}
        assert rivals & set(re.findall(r"(?m)^(\w+)<<", written)) == blanked, (variables, before)


def test_an_environment_file_blanks_what_is_there(job: Job) -> None:
    """And names nothing that is not."""
    for variables, expected in (({}, False), ({"HF_OIDC_RESOURCE": "acme/model"}, True)):
        file = job.work / f"env-{expected}"
        assert job.exchange("--deliver", f"env-file={file}", **variables).status == 0
        assert ("\nHF_OIDC_RESOURCE=\n" in file.read_text()) == expected
        assert "HF_OIDC_RESOURCE" in file.read_text() or not expected
        file.unlink()
