"""A service that logs in with a client's secret, over and over, and counts: `consumer.py COMMAND…`.

It reads the secret anew each time from the file that the manifest's rotation `demo` delivers to,
and logs in at the token endpoint that it verifies with. When COMMAND ends, it says how it went;
it exits as COMMAND did, or with 1 if a log-in failed.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path


def log_in(url: str, client: str, secret: str) -> bool:
    """One log-in with client credentials: RFC 6749, 4.4."""
    pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    body = b"grant_type=client_credentials"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10):
            return True
    except urllib.error.URLError:
        return False


def main(command: list[str]) -> int:
    """Log in until the command ends."""
    manifest = json.loads(Path(os.environ["HFMINT_MANIFEST"]).read_text())
    rotation = manifest["rotations"]["demo"]
    verify, target = rotation["verify"], Path(rotation["sinks"][0]["path"])
    counts, secrets, over = {True: 0, False: 0}, set(), threading.Event()

    def consume() -> None:
        while not over.wait(0.01):
            secret = target.read_text()
            secrets.add(secret)
            counts[log_in(verify["url"], verify["clientId"], secret)] += 1

    service = threading.Thread(target=consume)
    service.start()
    status = subprocess.run(command, check=False).returncode
    over.set()
    service.join()
    worked, failed = counts[True], counts[False]
    print(f"the service: {worked} log-ins with {len(secrets)} secrets, and {failed} that failed")
    return status or int(counts[False] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
