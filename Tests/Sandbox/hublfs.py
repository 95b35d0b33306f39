"""What the stand-in Hub answers to Git LFS: who may put or get which object, and where.

https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md · for `multipart`, what
huggingface_hub's `lfs_upload` does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .hubstorage import Storage
from .wire import Request, Response, json_response

LFS_TYPE = "application/vnd.git-lfs+json"
Json = dict[str, object]


@dataclass
class LargeFiles:
    """The answers to batches, over one storage.

    Settings a test may change at any time: `multipart_from` (the size from which a client that can
    puts an object in parts), `part_size`, `echoes` (whether the address that verifies an upload
    comes with the credential of the batch, or git-lfs is left to ask its helper once more; which of
    the two the Hub does is not documented).
    """

    origin: str
    storage: Storage
    multipart_from: int = 5 << 20
    part_size: int = 2 << 20
    echoes: bool = True

    def batch(self, body: Mapping[str, object], shown: str, resource: str) -> Response:
        """What to do with each object; `shown` is the request's `Authorization`."""
        wanted, transfers = body["objects"], body.get("transfers", ["basic"])
        assert isinstance(wanted, list)
        assert isinstance(transfers, list)
        largest = max((int(item["size"]) for item in wanted), default=0)
        in_parts = "multipart" in transfers and largest >= self.multipart_from
        if body["operation"] == "download":
            objects = [self._download(item) for item in wanted]
        else:
            objects = [self._upload(item, in_parts, shown, resource) for item in wanted]
        return lfs(200, {"transfer": "multipart" if in_parts else "basic", "objects": objects})

    def _download(self, item: Mapping[str, object]) -> Json:
        oid = str(item["oid"])
        answer: Json = {"oid": oid, "size": item["size"], "authenticated": True}
        if oid not in self.storage.objects:
            return answer | {"error": {"code": 404, "message": "Object does not exist"}}
        return answer | {"actions": {"download": {"href": self.storage.object_url(oid)}}}

    def _upload(
        self, item: Mapping[str, object], in_parts: bool, shown: str, resource: str
    ) -> Json:
        oid, size = str(item["oid"]), int(str(item["size"]))
        answer: Json = {"oid": oid, "size": size, "authenticated": self.echoes}
        if oid in self.storage.objects:
            return answer
        upload: Json = {"href": self.storage.object_url(oid)}
        if in_parts:
            count = math.ceil(size / self.part_size)
            parts = {f"{n:05}": self.storage.part_url(oid, n) for n in range(1, count + 1)}
            target = f"/api/complete_multipart?oid={oid}"
            upload = {
                "href": self.storage.signed(target, self.origin),
                "header": {"chunk_size": str(self.part_size), **parts},
            }
        verify: Json = {"href": f"{self.origin}/{resource}.git/info/lfs/objects/verify"}
        if self.echoes:
            verify["header"] = {"Authorization": shown}
        return answer | {"actions": {"upload": upload, "verify": verify}}

    def complete(self, request: Request) -> Response:
        """Put the parts together: the address is signed, and no credential comes with it."""
        body, oid = request.json(), request.query.removeprefix("oid=")[:64]
        assert isinstance(body, dict)
        if not self.storage.holds(request):
            return lfs(403, {"message": "Forbidden"})
        etags = [part["etag"] for part in body["parts"]]
        made = body["oid"] == oid and self.storage.assemble(oid, etags)
        return lfs(200 if made else 400, {} if made else {"message": "parts are missing"})

    def verify(self, body: Mapping[str, object]) -> Response:
        """Whether an object has arrived whole."""
        data = self.storage.objects.get(str(body["oid"]))
        known = data is not None and len(data) == body["size"]
        return lfs(200 if known else 404, {} if known else {"message": "not there"})


def lfs(status: int, value: object) -> Response:
    """An answer of the type that Git LFS reads."""
    answer = json_response(status, value)
    return Response(status, answer.body, (("Content-Type", LFS_TYPE),))
