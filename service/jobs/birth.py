"""A child from the nursery of this process, held by a keeper as `subprocess.Popen` would be.

Must not know: what children search.
"""

import atexit
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import BinaryIO

import service

_LOST = -int(signal.SIGKILL)
"""What a child is said to have ended with, where its nursery was killed."""
_lock = Lock()
_asking: socket.socket | None = None
_nursery: "subprocess.Popen[bytes] | None" = None


class Born:
    """A child; its number is known as soon as the nursery has the engine loaded."""

    def __init__(self, folder: Path, errors: BinaryIO) -> None:
        heard, stdin = os.pipe()
        stdout, out = os.pipe()
        self._told, teller = os.pipe()
        self.stdin = os.fdopen(stdin, "w", encoding="utf-8")
        self.stdout = os.fdopen(stdout, encoding="utf-8")
        self.pid: int | None = None
        self.returncode: int | None = None
        self._words = b""
        try:
            _ask(folder, [heard, out, errors.fileno(), teller])
        finally:
            for descriptor in (heard, out, teller):
                os.close(descriptor)

    def poll(self) -> int | None:
        """How it ended; None while it lives, or is not born yet."""
        self._listen(0.0)
        return self.returncode

    def wait(self, seconds: float = 10.0) -> None:
        """Until it is gone, or its nursery is."""
        deadline = monotonic() + seconds
        while self.returncode is None and (left := deadline - monotonic()) > 0:
            self._listen(left)

    def send(self, number: signal.Signals) -> None:
        """A signal for it and all it started."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def close(self) -> None:
        """Let go of it: a child not born yet finds that nobody listens, and ends."""
        os.close(self._told)
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()

    def _listen(self, seconds: float) -> None:
        """Its number, then how it ended; silence means that the nursery was killed."""
        if self.returncode is not None or not select.select([self._told], [], [], seconds)[0]:
            return
        heard = os.read(self._told, 64)
        self._words += heard
        numbers = [int(word) for word in self._words.split(b"\n")[:-1]]
        if numbers:
            self.pid = numbers[0]
        if len(numbers) > 1:
            self.returncode = numbers[1]
        elif not heard:
            self.returncode = _LOST


def _ask(folder: Path, handed: list[int]) -> None:
    """Send an order to the nursery."""
    with _lock:
        socket.send_fds(_open(), [os.fsencode(folder)], handed)


def get_ready() -> None:
    """Let the engine be loaded before anyone asks; returns at once."""
    with _lock:
        _open()


def _open() -> socket.socket:
    """Where the nursery listens, begun where there is none. Call it with the lock."""
    global _asking, _nursery
    if _asking is None or _nursery is None or _nursery.poll() is not None:
        _close()
        _asking, _nursery = _opened()
    return _asking


def _close() -> None:
    """End the nursery; children whose keepers live on end with their keepers."""
    if _asking is not None and _nursery is not None:
        _asking.close()
        _nursery.kill()
        _nursery.wait()


atexit.register(_close)


def _opened() -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        nursery = subprocess.Popen(
            [sys.executable, "-m", "service.jobs.nursery", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
            pass_fds=[theirs.fileno()],
        )
    return ours, nursery


def _environment() -> dict[str, str]:
    """Ours, with this very program first on the path."""
    here = str(Path(service.__file__).parent.parent)
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
