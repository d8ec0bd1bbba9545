"""Where children are born ready: `python -m service.jobs.nursery FD` loads the engine once, forks.

An interpreter with the engine loaded and its machine code read takes five seconds of a core; a
fork of it takes none. So each worker keeps one nursery, and a search of a second costs a second.
Each message on the socket FD is the folder of a child, with its standard input, output and error,
and where to tell its number, then how it ended. The nursery has one thread, and ends with whoever
holds the other end of the socket, or when nothing was asked for a while: its memory is given back.

Must not know: what children search.
"""

import contextlib
import os
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path

from service.jobs import engine

IDLE_SECONDS = 600.0
_LONGEST = 4096


def serve(asked: socket.socket) -> None:
    """Give birth to each child asked for; returns when nobody is left to ask."""
    told: dict[int, tuple[int, int]] = {}
    with selectors.DefaultSelector() as events:
        events.register(asked, selectors.EVENT_READ)
        while True:
            ready = events.select(IDLE_SECONDS)
            if not ready and not told:
                return
            for key, _ in ready:
                if key.fd in told:
                    _bury(key.fd, *told.pop(key.fd), events)
                    continue
                content, handed, _, _ = socket.recv_fds(asked, _LONGEST, 4)
                if not content:
                    return
                child = _born(Path(os.fsdecode(content)), handed, [asked.fileno(), *told])
                watched = os.pidfd_open(child)
                told[watched] = child, handed[3]
                events.register(watched, selectors.EVENT_READ)


def _born(folder: Path, handed: list[int], ours: list[int]) -> int:
    """Fork; the child leads a session of its own before anyone knows its number."""
    alone, not_yet = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        for at, descriptor in enumerate(handed[:3]):
            os.dup2(descriptor, at)
        for descriptor in (*handed, *ours, alone, not_yet):
            os.close(descriptor)
        try:
            engine.main(folder)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(1)
    os.close(not_yet)
    os.read(alone, 1)
    for descriptor in (*handed[:3], alone):
        os.close(descriptor)
    _tell(handed[3], child)
    return child


def _bury(watched: int, child: int, teller: int, events: selectors.BaseSelector) -> None:
    events.unregister(watched)
    os.close(watched)
    _, status = os.waitpid(child, 0)
    _tell(teller, os.waitstatus_to_exitcode(status))
    os.close(teller)


def _tell(teller: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(teller, b"%d\n" % number)


def main(descriptor: int) -> None:
    """Load what every child needs, then serve. A child never returns from here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine.ready()
    with socket.socket(fileno=descriptor) as asked:
        serve(asked)


if __name__ == "__main__":
    main(int(sys.argv[1]))
