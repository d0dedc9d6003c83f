"""The wire: whatever the other end sends or omits, it is a WireError and nothing else."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.inside.frames import MAX_FRAME, Channel, WireError

Pair = tuple[Channel, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Our channel and the raw other end."""
    mine, theirs = socket.socketpair()
    channel = Channel(mine)
    yield channel, theirs
    channel.close()
    theirs.close()


def frame(body: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(body) if length is None else length) + body


def test_a_message_goes_and_comes(pair: Pair) -> None:
    channel, theirs = pair
    other = Channel(theirs)
    for message in ({}, {"text": "é\ud800\n", "n": 10**40, "deep": [[{}]]}, {"big": "x" * 100_000}):
        channel.send(message, 2)
        assert other.receive(2) == message


def test_a_big_message_passes_through_a_small_pipe(pair: Pair) -> None:
    channel, theirs = pair
    message = {"data": "x" * (MAX_FRAME - 100)}
    got: list[Any] = []
    reader = threading.Thread(target=lambda: got.append(Channel(theirs).receive(20)))
    reader.start()
    channel.send(message, 20)
    reader.join(20)
    assert got == [message]


def test_a_message_too_large_is_not_sent(pair: Pair) -> None:
    channel, theirs = pair
    with pytest.raises(WireError, match="too large"):
        channel.send({"x": "y" * (MAX_FRAME + 1)}, 2)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


@pytest.mark.parametrize("length", [MAX_FRAME + 1, 2**31, 2**32 - 1])
def test_an_announced_flood_is_refused_at_once(pair: Pair, length: int) -> None:
    channel, theirs = pair
    theirs.sendall(frame(b"", length))
    started = time.monotonic()
    with pytest.raises(WireError, match="too large"):
        channel.receive(30)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"{",
        b"[" * 9_999,
        b'{"a":' * 9_999,
        b"9" * 9999,
    ],
    ids=lambda body: str(body[:8]),
)
def test_garbage_is_no_message(pair: Pair, body: bytes) -> None:
    channel, theirs = pair
    theirs.sendall(frame(body))
    with pytest.raises(WireError, match="no message"):
        channel.receive(2)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    mine, theirs = socket.socketpair()
    channel = Channel(mine)
    try:
        theirs.sendall(data)
        theirs.close()
        message = channel.receive(1)
    except WireError:
        return
    finally:
        channel.close()
    assert isinstance(message, dict)


def test_the_other_end_closed_before_within_and_after_a_message(pair: Pair) -> None:
    channel, theirs = pair
    theirs.sendall(frame(b'{"a":1}') + frame(b'{"b"', 100))
    theirs.close()
    assert channel.receive(1) == {"a": 1}
    with pytest.raises(WireError, match="ended"):
        channel.receive(1)
    with pytest.raises(WireError, match="ended"):
        channel.send({"x": "y" * 1_000_000}, 1)


@pytest.mark.parametrize("sent", [b"", b"\0\0", frame(b'{"a"', 7)], ids=["nothing", "half a length", "half a message"])
def test_silence_has_a_deadline(pair: Pair, sent: bytes) -> None:
    channel, theirs = pair
    theirs.sendall(sent)
    started = time.monotonic()
    with pytest.raises(WireError, match="no answer in time"):
        channel.receive(0.2)
    assert 0.1 < time.monotonic() - started < 5


def test_one_byte_at_a_time_does_not_stretch_the_deadline(pair: Pair) -> None:
    channel, theirs = pair
    ended = threading.Event()

    def dribble() -> None:
        for byte in frame(json.dumps({"x": "y" * 1000}).encode()):
            if ended.wait(0.05):
                return
            theirs.sendall(bytes([byte]))

    writer = threading.Thread(target=dribble)
    writer.start()
    started = time.monotonic()
    try:
        with pytest.raises(WireError, match="no answer in time"):
            channel.receive(0.5)
        assert time.monotonic() - started < 5
    finally:
        ended.set()
        writer.join()


def test_a_reader_that_does_not_read_has_a_deadline_too(pair: Pair) -> None:
    channel, _ = pair
    with pytest.raises(WireError, match="in time"):
        channel.send({"x": "y" * (MAX_FRAME - 100)}, 0.2)


class Trickling:
    """An end at which there is always one more byte of a long answer."""

    def __init__(self, ready: socket.socket) -> None:
        self._ready = ready
        self._left = bytearray(frame(b"", length=MAX_FRAME))
        self._started = time.monotonic()

    def fileno(self) -> int:
        return self._ready.fileno()

    def setblocking(self, flag: bool) -> None:
        pass

    def recv(self, size: int) -> bytes:
        assert time.monotonic() - self._started < 2, "it goes on reading"
        time.sleep(0.001)
        return bytes([self._left.pop(0)]) if self._left else b"x"


def test_an_answer_that_trickles_has_the_same_deadline(pair: Pair) -> None:
    channel, theirs = pair
    channel.send({"something": "to read"}, 2)
    with pytest.raises(WireError, match="no answer in time"):
        Channel(Trickling(theirs)).receive(0.05)  # type: ignore[arg-type]
