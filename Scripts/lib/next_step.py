"""Starts a shell line as the next step of a GitHub job: with what GITHUB_ENV says by now."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests"))

from Sandbox.runnerfiles import read_env

os.environ |= read_env(Path(os.environ["GITHUB_ENV"]).read_bytes()).values
os.execvp("sh", ["sh", "-ec", sys.argv[1]])
