"""Several clients at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def in_parallel(count: int, act: Callable[[int], object]) -> Iterator[list[threading.Thread]]:
    """Let `act(number)` run in threads, which are waited for at the end; one failure is raised."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            act(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]
