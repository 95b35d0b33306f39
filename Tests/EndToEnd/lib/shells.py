"""bash, zsh and fish, asked what they would complete a line to, and typed into."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import product

BASH = r"""
source "$SCRIPT"
while IFS= read -r line; do
    read -ra COMP_WORDS <<<"$line"
    [[ $line != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _hfmint 2>/dev/null
    printf '== %s\n' "$line"
    [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
done
"""
FISH = r"""
source "$SCRIPT"
while read -l line
    echo "== $line"
    complete -C "$line" | string replace -r '\t.*' ''
end
"""
# What a completion function offers passes through `compadd`, which here also writes it down.
ZSH = r"""
PS1='' PS2=''
fpath=(${SCRIPT:h} $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a hits
    builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- $hits >>$FOUND
    builtin compadd "$@"
}
_capture() { _main_complete; compstate[insert]='' compstate[list]='' }
zle -C capture list-choices _capture
probe() {
    local line
    while IFS= read -r line; do
        BUFFER=$line CURSOR=$#line
        print -r -- "== $line" >>$FOUND
        zle capture
    done <$LINES_FILE
    BUFFER=''
    print -r -- '<<done>>'
}
zle -N probe
bindkey '^X^P' probe
show() { print -r -- "<<$BUFFER>>"; BUFFER='' }
zle -N show
bindkey '^X^B' show
print -r -- '<<ready>>'
"""
BASH_RC = r"""
PS1=''
bind 'set enable-bracketed-paste off'
source "$SCRIPT"
show() { printf '<<%s>>\n' "$READLINE_LINE"; READLINE_LINE=''; }
bind -x '"\C-x\C-b": show'
echo '<<ready>>'
"""


def environment(folder: Path, script: Path) -> dict[str, str]:
    """Nothing of whoever runs the tests."""
    path = os.environ.get("PATH", "/usr/bin:/bin")
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    return {"PATH": path, "SCRIPT": str(script), "TERM": "dumb", "LC_ALL": "C.UTF-8"} | home


def candidates(
    shell: str, script: Path, lines: Sequence[str], path: Sequence[Path] = ()
) -> dict[str, set[str]]:
    """What may stand in place of each line's last word; of a path, its last part."""
    require(shell)
    folder = script.parent
    env = environment(folder, script)
    env["PATH"] = os.pathsep.join([*map(str, path), env["PATH"]])
    if shell == "zsh":
        text = _zsh(folder, env, lines)
    else:
        program = {"bash": ["bash", "--norc", "-c", BASH], "fish": ["fish", "-N", "-c", FISH]}[
            shell
        ]
        done = subprocess.run(
            program,
            env=env,
            cwd=folder,
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=product.TIMEOUT,
            check=False,
        )
        assert done.stderr == "", done.stderr
        text = done.stdout
    blocks = text.split("== ")[1:]
    assert [block.partition("\n")[0] for block in blocks] == list(lines)
    return {
        line: {_last(word) for word in block.splitlines()[1:] if word}
        for line, block in zip(lines, blocks, strict=True)
    }


def _last(word: str) -> str:
    return word if word.startswith("--") else word.rstrip("/").rpartition("/")[2]


def _zsh(folder: Path, env: Mapping[str, str], lines: Sequence[str]) -> str:
    found, asked, rc = folder / "found", folder / "lines", folder / "rc.zsh"
    found.unlink(missing_ok=True)
    asked.write_text("".join(f"{line}\n" for line in lines))
    rc.write_text(ZSH)
    env = {**env, "FOUND": str(found), "LINES_FILE": str(asked)}
    converse(["zsh", "-f", "-i"], env, folder, [f"source {rc}\r", "\x18\x10"])
    return found.read_text()


def typed(shell: str, script: Path, keys: str) -> str:
    """What stands on the command line after these keys."""
    require(shell)
    folder = script.parent
    env = environment(folder, script)
    rc = folder / f"rc.{shell}"
    rc.write_text({"zsh": ZSH, "bash": BASH_RC}[shell])
    if shell == "zsh":
        return converse(["zsh", "-f", "-i"], env, folder, [f"source {rc}\r", f"{keys}\x18\x02"])
    program = ["bash", "--noprofile", "--rcfile", str(rc), "-i"]
    return converse(program, env, folder, ["", f"{keys}\x18\x02"])


def converse(program: list[str], env: Mapping[str, str], folder: Path, said: Sequence[str]) -> str:
    """Types each text into the program's terminal, and waits for `<<ANSWER>>`; the last answer."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        program,
        env=env,
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        answer = ""
        try:
            for text in said:
                os.write(ours, text.encode())
                answer = _answer(ours)
        finally:
            process.kill()
            os.close(ours)
    return answer


def _answer(terminal: int) -> str:
    seen = b""
    while not (found := re.search(rb"<<([^<>\r\n$]*)>>\r?\n", seen)):
        assert select.select([terminal], [], [], product.TIMEOUT)[0], seen
        seen += os.read(terminal, 65_536)
    return found[1].decode()


def require(shell: str) -> None:
    """Skip where it is not installed."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
