"""`hfmint doctor` beside `hfmint exchange`: what one calls broken, the other meets."""

from __future__ import annotations

import json

import product

# What uses a token, whatever an exchange says; and what doctor was given to compare.
NOT_OF_AN_EXCHANGE = {
    "ambient-token",
    "token-files",
    "git-helper",
    "git-header",
    "git-login",
    "expect",
}


def failures(doctor: product.Result) -> list[str]:
    """The checks about an exchange that fail, or the usage error that ended doctor."""
    if doctor.status not in (0, 3) or not doctor.stdout:
        return [f"exit {doctor.status}"] if doctor.status else []
    checks = json.loads(doctor.stdout)["checks"]
    failed = [check["id"] for check in checks if check["status"] == "fail"]
    return [name for name in failed if name not in NOT_OF_AN_EXCHANGE]


def assert_agreement(doctor: product.Result, exchange: product.Result) -> None:
    """Both say yes, or both say no."""
    found = failures(doctor)
    told = (exchange.status, exchange.stderr.decode(), found, doctor.stderr.decode())
    assert (exchange.status == 0) == (not found), told
