"""Attacks on the socket itself: bytes that no web server should send, and some that must work.

https://fastcgi-archives.github.io/FastCGI_Specification.html
"""

from __future__ import annotations

import contextlib
import os
import select
import struct
import time

import pytest

from attacks import READ
from fastcgiclient import (
    ABORT,
    AUTHORIZER,
    BEGIN,
    CANNOT_MULTIPLEX,
    DATA,
    FILTER,
    GET_VALUES,
    PARAMS,
    STDIN,
    UNKNOWN,
    UNKNOWN_ROLE,
    VALUES,
    Closed,
    FastCGIClient,
    begin,
    decide,
    encode,
    record,
    request_bytes,
)
from wall import Wall


def good(wall: Wall) -> list[tuple[str, str | bytes]]:
    """A question whose answer is yes."""
    return decide(READ, wall.whole)


def is_cut_off(wall: Wall, data: bytes) -> None:
    """Whoever sends this gets no answer, a closed connection, and a line in the log."""
    logged = wall.stderr.stat().st_size
    with FastCGIClient(wall.socket) as client:
        client.send(data)
        with pytest.raises(Closed):
            client.read_answer()
    wall.wait_until(lambda: wall.stderr.stat().st_size > logged, "no line is in the log")
    works(wall)


def works(wall: Wall, **how: int) -> None:
    """Hfmint still answers others."""
    with FastCGIClient(wall.socket) as client:
        answer = client.ask(good(wall), **how)
    assert (answer.status, answer.token) == (200, f"Bearer {wall.reads}")


def begun(content: bytes) -> bytes:
    """A request with these bytes as its parameters."""
    return begin() + record(PARAMS, 1, content) + record(PARAMS, 1) + record(STDIN, 1)


@pytest.mark.parametrize(
    "pair",
    [
        struct.pack(">II", 1 << 31 | 0x7FFFFFFF, 1 << 31 | 0x7FFFFFFF) + b"x" * 64,
        struct.pack(">II", 1 << 31 | 0x7FFFFFFF, 1 << 31 | 3) + b"x" * 64,
        struct.pack(">II", 1 << 31 | 4, 1 << 31 | 0x7FFFFFFC) + b"x" * 64,
        b"\x01" + struct.pack(">I", 1 << 31 | 0x7FFFFFFE) + b"x" * 64,
    ],
    ids=["both", "name", "sum", "value"],
)
def test_26_lengths_of_31_bits(bare: Wall, pair: bytes) -> None:
    """Also if their sum overflows."""
    is_cut_off(bare, begun(encode(good(bare)) + pair))


def test_27_a_pair_cut_at_the_end(bare: Wall) -> None:
    """At each byte of the last pair."""
    whole = encode(good(bare))
    for missing in (1, 2, 20, 40, len("Bearer ") + len(bare.whole)):
        is_cut_off(bare, begun(whole[:-missing]))


def test_28_pairs_split_anywhere_work(bare: Wall) -> None:
    """A pair may be split over records at any byte, and arrive a byte at a time."""
    works(bare, piece=1)
    works(bare, piece=7)
    data = request_bytes(good(bare))
    with FastCGIClient(bare.socket) as client:
        for place in range(0, len(data), 3):
            client.send(data[place : place + 3])
        assert client.read_answer().status == 200


def test_29_the_largest_record(bare: Wall) -> None:
    """65,535 bytes and 255 of padding are one record, and too much for parameters."""
    pairs = [*good(bare), ("HTTP_X", b"x" * 60_000)]
    filled = encode(pairs)
    filled += encode([("HTTP_Y", b"y" * (65_535 - len(filled) - 11))])
    assert len(filled) == 65_535
    with FastCGIClient(bare.socket) as client:
        client.send(begin() + record(PARAMS, 1, filled, 255) + record(PARAMS, 1, b"", 255))
        client.send(record(STDIN, 1))
        assert client.read_answer().status == 200
    more = begin() + record(PARAMS, 1, filled) + record(PARAMS, 1, encode([("A", "1"), ("B", "2")]))
    is_cut_off(bare, more + record(PARAMS, 1) + record(STDIN, 1))


@pytest.mark.parametrize("type_", [BEGIN, PARAMS, STDIN, ABORT, DATA])
def test_30_the_id_0(bare: Wall, type_: int) -> None:
    """Is for management alone."""
    content = struct.pack(">HB5x", 1, 0) if type_ == BEGIN else b""
    is_cut_off(bare, record(type_, 0, content))


def test_31_a_second_request_within_the_first(bare: Wall) -> None:
    """Smuggled into the parameters' stream, or into a body that the server counted wrong."""
    first = begin() + record(PARAMS, 1, encode(decide("/other/secret/raw/main/x")))
    is_cut_off(bare, first + request_bytes(good(bare)))
    token = decide("/oauth/token", method="POST", route="token", CONTENT_LENGTH="60000")
    inside = begin() + record(PARAMS, 1, encode(token)) + record(PARAMS, 1)
    is_cut_off(bare, inside + record(STDIN, 1, b"x") + request_bytes(good(bare)))


def test_31_a_request_after_an_answer_without_an_end(bare: Wall) -> None:
    """The body of the first has not ended, so what follows may be the client's bytes."""
    with FastCGIClient(bare.socket) as client:
        client.send(request_bytes(decide(READ), None, flags=1))
        assert client.read_answer().status == 401
        client.send(request_bytes(good(bare), flags=1))
        with pytest.raises(Closed):
            client.read_answer()


def test_32_interleaved_requests(bare: Wall) -> None:
    """One at a time: another id is told so, and the first is answered."""
    encoded = encode(good(bare))
    with FastCGIClient(bare.socket) as client:
        client.send(begin(1, flags=1) + record(PARAMS, 1, encoded[:50]) + begin(2, flags=1))
        found = client.read_record()
        assert (found.request, found.content[4]) == (2, CANNOT_MULTIPLEX)
        client.send(record(PARAMS, 2, b"ignored") + record(STDIN, 2))
        client.send(record(PARAMS, 1, encoded[50:]) + record(PARAMS, 1) + record(STDIN, 1))
        assert client.read_answer().status == 200


def test_33_unknown_types_and_roles(bare: Wall) -> None:
    """A management type is answered as unknown, any other closes; a filter is refused."""
    with FastCGIClient(bare.socket) as client:
        client.send(record(99, 0, b"12345678"))
        found = client.read_record()
        assert (found.type, found.content[0]) == (UNKNOWN, 99)
        client.send(record(GET_VALUES, 0, encode([("FCGI_MPXS_CONNS", ""), ("X", "")])))
        found = client.read_record()
        assert (found.type, found.content) == (VALUES, encode([("FCGI_MPXS_CONNS", "0")]))
    is_cut_off(bare, begin() + record(99, 1))
    is_cut_off(bare, b"\x02" + begin()[1:])
    for role in (FILTER, 0, 4, 65_535):
        with FastCGIClient(bare.socket) as client:
            client.send(request_bytes(good(bare), role=role))
            assert client.read_answer().protocol_status == UNKNOWN_ROLE


def test_34_without_a_body_works(bare: Wall) -> None:
    """Apache's authorizer sends no STDIN at all; the answer has variables, and no token else."""
    with FastCGIClient(bare.socket) as client:
        answer = client.ask(good(bare), None, role=AUTHORIZER)
    assert answer.status == 200
    assert answer.header("Variable-HFMINT_AUTHORIZATION") == f"Bearer {bare.reads}"
    assert answer.token is None
    with FastCGIClient(bare.socket) as client:
        answer = client.ask(decide(READ), None, role=AUTHORIZER)
    assert answer.status == 401


def test_35_one_byte_at_a_time(bare: Wall) -> None:
    """A request has two seconds to arrive, however busy its sender is."""
    data = request_bytes(good(bare))
    began = time.monotonic()
    with FastCGIClient(bare.socket) as client:
        with contextlib.suppress(ConnectionError):
            for place in range(len(data)):
                client.socket.sendall(data[place : place + 1])
                assert time.monotonic() - began < 8
                # The next byte is late, unless hfmint has hung up.
                if select.select([client.socket], [], [], 0.05)[0]:
                    break
        with pytest.raises(Closed):
            client.read_answer()
    works(bare)


def test_36_abort_and_going_away(bare: Wall) -> None:
    """An aborted request is ended; one whose sender has gone is forgotten."""
    with FastCGIClient(bare.socket) as client:
        client.send(begin(flags=1) + record(PARAMS, 1, b"x") + record(ABORT, 1))
        assert client.read_answer().headers == []
    for data in (b"", b"\x01", begin(), begin() + record(PARAMS, 1, encode(good(bare)))):
        with FastCGIClient(bare.socket) as client:
            client.send(data)
    for _ in range(20):
        with FastCGIClient(bare.socket) as client:
            client.send(request_bytes(good(bare)))
    works(bare)


TRUSTED = ("ROUTE", "URI", "METHOD", "HOST", "REQUEST_ID", "PEER")


@pytest.mark.parametrize("name", TRUSTED)
def test_39_a_trusted_parameter_twice_or_not_at_all(bare: Wall, name: str) -> None:
    """Is refused, and the connection closed, even if it should stay."""
    full = f"HFMINT_{name}"
    pairs = good(bare)
    (value,) = [value for key, value in pairs if key == full]
    without = [pair for pair in pairs if pair[0] != full]
    for wrong in ([*pairs, (full, value)], without, [*without, (full, "")]):
        with FastCGIClient(bare.socket) as client:
            answer = client.ask(wrong, flags=1)
            assert (answer.status, answer.token) == (403, None)
            assert client.is_closed()


def test_39_parameters_of_other_names(bare: Wall) -> None:
    """What a client can send changes nothing; an unknown name of hfmint's own is refused."""
    forwarded = [("HTTP_X_FORWARDED_URI", READ), ("HTTP_HFMINT_URI", READ), ("REQUEST_URI", READ)]
    with FastCGIClient(bare.socket) as client:
        answer = client.ask([*decide("/other/secret/raw/main/x", bare.whole), *forwarded])
    assert answer.status == 403
    with FastCGIClient(bare.socket) as client:
        assert client.ask([*good(bare), ("HFMINT_ROLE", "publisher")]).status == 403


def test_39_two_credentials(bare: Wall) -> None:
    """In one value, as servers join them, or in two parameters."""
    joined = f"Bearer {bare.whole}, Bearer {bare.whole}"
    twice = [*good(bare), ("HTTP_AUTHORIZATION", f"Bearer {bare.reader}")]
    for pairs in (decide(READ, HTTP_AUTHORIZATION=joined), twice):
        with FastCGIClient(bare.socket) as client:
            answer = client.ask(pairs)
        assert answer.status in (401, 403)
        assert answer.token is None


def test_unknown_hosts_and_routes(bare: Wall) -> None:
    """Are refused, as are routes that are not served."""
    for changes in ({"host": "other.example"}, {"route": "admin"}, {"route": "inspect"}):
        with FastCGIClient(bare.socket) as client:
            answer = client.ask(decide(READ, bare.whole, **changes))
        assert (answer.status, answer.token) == (403, None)


def test_many_bytes_of_nothing(bare: Wall) -> None:
    """Random bytes, and 300 parameters, close the connection."""
    for seed in range(8):
        is_cut_off(bare, bytes([0x7F, seed]) + os.urandom(4096))
    is_cut_off(bare, begun(encode([*good(bare), *((f"X{n}", "") for n in range(300))])))
