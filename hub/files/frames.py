"""What the web process and the one that looks at a file say to each other: some facts in JSON, then bytes.

Nothing is unpickled: what comes back was made beside a file that somebody sent.
"""

import json
import socket
import struct
import time
from typing import Any

Facts = dict[str, Any]

# Bytes of facts and of content together: what a process of the site may have to hold at once.
LONGEST = 128 * 1024 * 1024
NAME_LENGTH = 200  # bytes of the name of a function, where a child is asked for
_HEAD = struct.Struct("!LL")
_PIECE = 256 * 1024


def send_frame(peer: socket.socket, *, facts: Facts, content: bytes, until: float) -> None:
    """Send facts and bytes before ``until``, a moment of ``time.monotonic``; OSError past it, or to nobody."""
    written = json.dumps(facts).encode()
    if len(written) + len(content) > LONGEST:
        raise ValueError("too long to be told")
    for part in (_HEAD.pack(len(written), len(content)) + written, content):
        peer.settimeout(max(0.001, until - time.monotonic()))
        peer.sendall(part)


def received_frame(peer: socket.socket, *, until: float) -> tuple[Facts, bytes]:
    """Return facts and bytes that arrive before ``until``; OSError past it, EOFError when the other side is gone."""
    longs = _HEAD.unpack(_received(peer, _HEAD.size, until=until))
    if sum(longs) > LONGEST:
        raise ValueError("too long to be told")
    facts = json.loads(bytes(_received(peer, longs[0], until=until)))
    if not isinstance(facts, dict):
        raise TypeError("no facts")
    return facts, bytes(_received(peer, longs[1], until=until))


def _received(peer: socket.socket, length: int, *, until: float) -> bytearray:
    received = bytearray()
    while len(received) < length:
        peer.settimeout(max(0.001, until - time.monotonic()))
        piece = peer.recv(min(_PIECE, length - len(received)))
        if not piece:
            raise EOFError
        received += piece
    return received
