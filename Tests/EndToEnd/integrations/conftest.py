"""A server of releases, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from releases import Downloads
from tls import Authority


@pytest.fixture
def downloads(authority: Authority) -> Iterator[Downloads]:
    """A server of releases."""
    with Downloads(authority) as downloads:
        yield downloads
