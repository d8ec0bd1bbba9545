"""Other processes, as tests meet them: a port, whether one lives or answers, how long to wait."""

import socket
import subprocess
import urllib.error
import urllib.request
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


def answered(url: str, serving: subprocess.Popen[bytes], seconds: float = 400) -> int | None:
    """The status of the first answer; None where the process, or the time, ends without one."""
    deadline = monotonic() + seconds
    while serving.poll() is None and monotonic() < deadline:
        try:
            return int(urllib.request.urlopen(url, timeout=60).status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            sleep(0.2)
    return None
