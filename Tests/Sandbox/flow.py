"""Bodies that are too large to be held: the same bytes each time, made while they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = hashlib.shake_256(b"hfmint's sandbox").digest(251 * 1024)


@dataclass(frozen=True)
class Flow:
    """Bytes from `start` to `end` of a sequence without end, in which no block repeats at 2^n."""

    end: int
    start: int = 0

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, part: slice) -> Flow:
        start, end, _ = part.indices(len(self))
        return Flow(self.start + end, self.start + start)

    def pieces(self) -> Iterator[bytes]:
        """The bytes, in order."""
        position = self.start
        while position < self.end:
            inside = position % len(_BLOCK)
            piece = _BLOCK[inside : inside + self.end - position]
            yield piece
            position += len(piece)

    @property
    def sha256(self) -> str:
        """Of all the bytes."""
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()
