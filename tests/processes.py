"""Other processes, as the tests meet them: a port for one, whether it lives, until when to wait."""

import socket
from collections.abc import Callable
from time import monotonic, sleep

import psutil


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for it; the test fails where it does not come."""
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline, f"waited {seconds:.0f} s in vain"
        sleep(0.1)
