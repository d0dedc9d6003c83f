"""The wire between checker and learner's process: JSON messages, each with its length in front.

Both ends use it, but the checker does not trust the other end: every message has a maximal size, and a deadline for
reading and for writing. Whatever breaks these rules counts as a process that died.
"""

import json
import math
import select
import socket
import struct
import time
from typing import Any

MAX_FRAME = 4_000_000
"""The largest message, in bytes. A packed value has at most 2.8 million, a cell's source or outputs 1.4 million."""

LATE, ENDED = "no answer in time", "the process ended"
"""The texts of a `WireError` when a deadline has passed, and when the other end is gone."""

_LENGTH = struct.Struct(">I")
_CREDENTIALS = struct.Struct("iII")  # unix(7): process, user, group


class WireError(Exception):
    """The other end is gone, is late, or sent something that is no valid message."""


class Channel:
    """One end of a stream socket that carries messages.

    Args:
        end: the socket.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        end.setblocking(False)
        self.received = 0
        """Bytes of all messages that came."""

    def send(self, message: dict[str, Any], seconds: float | None = None) -> None:
        """Write a message.

        Raises:
            WireError: the message is too large, or the other end is gone or does not read it in time.
        """
        data = memoryview(_frame(message))
        end = _deadline(seconds)
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                self._wait(end, writing=True)
            except OSError as error:
                raise WireError(ENDED) from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """Read a message.

        Raises:
            WireError: nothing came in time, the other end is gone, or what came is no message.
        """
        end = _deadline(seconds)
        self._wait(end)
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, end))
        if length > MAX_FRAME:
            raise WireError("the answer is too large")
        self.received += length
        try:
            message = json.loads(self._read(length, end))
        except (ValueError, RecursionError):
            raise WireError("the answer is no message") from None
        if not isinstance(message, dict):
            raise WireError("the answer is no message")
        return message

    def readable(self, seconds: float | None) -> bool:
        """Whether there is something to read, waiting for at most so many seconds."""
        return bool(_poll(self._socket, select.POLLIN, seconds))

    def readable_before(self, other: int) -> bool:
        """Wait until there is something to read here (True) or on this other descriptor (False)."""
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        poller.register(other, select.POLLIN)
        return any(number != other for number, _ in poller.poll())

    def sender(self, seconds: float | None) -> int:
        """Wait for something to read and return the process that wrote it, by its id in our namespace; 0 if unknown.

        `name_senders` must have been called before it was written.

        Raises:
            WireError: nothing came in time, or the other end is gone.
        """
        self._wait(_deadline(seconds))
        try:
            data, extra, _, _ = self._socket.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_PEEK)
        except OSError as error:
            raise WireError(ENDED) from error
        if not data:
            raise WireError(ENDED)
        named = getattr(socket, "SCM_CREDENTIALS", None)
        return next((_CREDENTIALS.unpack(one)[0] for _, kind, one in extra if kind == named), 0)

    def name_senders(self) -> None:
        """Have the kernel attach the sender's process id to each message, if it can."""
        if hasattr(socket, "SO_PASSCRED"):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def send_descriptor(self, descriptor: int) -> None:
        """Send an open file, after a message that announces it."""
        try:
            socket.send_fds(self._socket, [b"."], [descriptor])
        except OSError as error:
            raise WireError(ENDED) from error

    def receive_descriptor(self) -> int:
        """Receive an open file.

        Raises:
            WireError: none came.
        """
        self._wait(None)
        _, descriptors, _, _ = socket.recv_fds(self._socket, 1, 1)
        if not descriptors:
            raise WireError(ENDED)
        return descriptors[0]

    def close(self) -> None:
        """Close this end, which the other end notices."""
        self._socket.close()

    def _read(self, size: int, end: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                piece = self._socket.recv(min(size - len(data), 1 << 20))
            except BlockingIOError:
                self._wait(end)
                continue
            except OSError as error:
                raise WireError(ENDED) from error
            if not piece:
                raise WireError(ENDED)
            data += piece
            if len(data) < size and end is not None and time.monotonic() > end:  # it arrives byte by byte
                raise WireError(LATE)
        return bytes(data)

    def _wait(self, end: float | None, writing: bool = False) -> None:
        left = None if end is None else max(0.0, end - time.monotonic())
        if not _poll(self._socket, select.POLLOUT if writing else select.POLLIN, left):
            raise WireError(LATE)


def _frame(message: dict[str, Any]) -> bytes:
    body = json.dumps(message).encode("ascii")
    if len(body) > MAX_FRAME:
        raise WireError("the message is too large")
    return _LENGTH.pack(len(body)) + body


def _poll(watched: socket.socket, event: int, seconds: float | None) -> list[tuple[int, int]]:
    # Not select(), which fails for descriptors of 1,024 and more.
    poller = select.poll()
    poller.register(watched, event)
    return poller.poll(None if seconds is None else math.ceil(seconds * 1000))


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds
