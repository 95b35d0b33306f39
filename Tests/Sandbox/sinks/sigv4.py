"""AWS Signature Version 4, as a server checks it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time

from ..wire import Request

HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
MUST_SIGN = {"host", "x-amz-date", "x-amz-target"}
SKEW = 300


def fault(
    request: Request, *, keys: dict[str, str], region: str, service: str, now: float
) -> str | None:
    """What is wrong with the signature, as AWS names it; `None` where nothing is."""
    found = HEADER.fullmatch(request.header("Authorization") or "")
    if not found:
        return "MissingAuthenticationTokenException"
    key_id, day, its_region, its_service, names, signature = found.groups()
    if key_id not in keys:
        return "UnrecognizedClientException"
    date = request.header("X-Amz-Date") or ""
    if not re.fullmatch(r"\d{8}T\d{6}Z", date) or not date.startswith(day):
        return "InvalidSignatureException"
    if abs(calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")) - now) > SKEW:
        return "InvalidSignatureException"
    signed = names.split(";")
    present = {name.lower() for name, _ in request.headers}
    must = MUST_SIGN | {n for n in present if n.startswith("x-amz-") or n == "content-type"}
    if signed != sorted(signed) or not must <= set(signed) <= present:
        return "InvalidSignatureException"
    if (its_region, its_service) != (region, service):
        return "InvalidSignatureException"
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{_digest(_canonical(request, signed))}"
    key = b"AWS4" + keys[key_id].encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, text.encode(), "sha256").hex()
    return None if hmac.compare_digest(expected, signature) else "InvalidSignatureException"


def _canonical(request: Request, signed: list[str]) -> bytes:
    headers = "".join(
        f"{name}:{re.sub(' +', ' ', (request.header(name) or '').strip())}\n" for name in signed
    )
    head = f"{request.method}\n{request.path}\n{request.query}\n{headers}\n{';'.join(signed)}\n"
    return (head + hashlib.sha256(request.body).hexdigest()).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
