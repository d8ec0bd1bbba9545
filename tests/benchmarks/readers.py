"""How long readers wait while the service computes: 50 at once, 5 runs, on either database.

    python tests/benchmarks/readers.py sqlite|postgresql [seconds]

Prints requests, failures, median, 95th percentile and longest wait, what a request costs the
service, and its memory before and after. Readers, service, workers and engines share the machine.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from time import monotonic, perf_counter

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from test_disasters import ENGINE, Site, below, free_port, opened, until

from service.accounts import sign_in
from service.store import accounts, plans

READERS, RUNS, PAUSE_SECONDS = 50, 5, 0.5
_ENOUGH = 500


async def reader(
    client: httpx.AsyncClient, addresses: list[str], until_at: float, waits: list[float],
    failures: list[str], first: int,
) -> None:  # fmt: skip
    turn = first
    while monotonic() < until_at:
        address = addresses[turn % len(addresses)]
        turn += 1
        begin = perf_counter()
        try:
            answer = await client.get(address)
        except httpx.HTTPError as error:
            failures.append(f"{address}: {error!r}")
        else:
            waits.append(perf_counter() - begin)
            if answer.status_code != 200:
                failures.append(f"{address}: {answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(PAUSE_SECONDS)


async def read(base: str, cookie: str, addresses: list[str], seconds: float, readers: int) -> tuple[
    list[float], list[str]
]:  # fmt: skip
    waits: list[float] = []
    failures: list[str] = []
    limits = httpx.Limits(max_connections=readers)
    async with httpx.AsyncClient(
        base_url=base, cookies={"bassin_session": cookie}, limits=limits, timeout=60
    ) as client:
        until_at = monotonic() + seconds
        await asyncio.gather(
            *(reader(client, addresses, until_at, waits, failures, i) for i in range(readers))
        )
    return waits, failures


def megabytes(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / 2**20)


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def signed_in(site: Site, login: str = "coordonnateur") -> tuple[str, str]:
    """Cookie and CSRF token of a session for that login."""
    with site.place.house.database.session() as session:
        row = accounts.by_login(session, login)
        assert row is not None
        signed = sign_in.opened(session, site.place.settings, row)
        return signed.key, signed.csrf


def told(name: str, waits: list[float], failures: list[str]) -> None:
    ordered = sorted(waits)
    print(  # noqa: T201
        f"{name}: {len(waits)} lectures, {len(failures)} échecs, "
        f"médiane {statistics.median(ordered) * 1000:.0f} ms, "
        f"p95 {ordered[int(0.95 * len(ordered))] * 1000:.0f} ms, "
        f"plus longue {ordered[-1] * 1000:.0f} ms",
        *failures[:3],
        sep="\n  ",
    )


def main(backend: str, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as home, opened(Path(home), backend) as site:
        port = str(free_port())
        site.environment |= {"BASSIN_PORT": port, "BASSIN_REQUESTS_PER_MINUTE": "1000000"}
        base = f"http://127.0.0.1:{port}/api/v1"
        cookie, _ = signed_in(site)
        service = site.started("bassin", "serve")
        done = site.asked(2)
        site.ended(done)
        with site.place.house.database.reading() as session:
            kept = plans.of_run(session, done)
            assert kept is not None
        addresses = [
            "/runs", f"/runs/{done}", f"/runs/{done}/metadata", "/scenarios",
            f"/scenarios/{site.scenario}", "/plans", f"/plans/{kept.id}",
            f"/plans/{kept.id}/indicators", f"/plans/{kept.id}/calendar", "/session",
        ]  # fmt: skip
        told("au repos", *asyncio.run(read(base, cookie, addresses, seconds / 2, READERS)))
        ids = [site.asked(seconds) for _ in range(RUNS)]
        until(lambda: bool(below(service, ENGINE)))
        addresses += [f"/runs/{run}/metadata" for run in ids]
        before, spent = megabytes(service.pid), cpu_seconds(service.pid)
        waits, failures = asyncio.run(read(base, cookie, addresses, seconds, READERS))
        told("pendant les calculs", waits, failures)
        after = megabytes(service.pid)
        each = (cpu_seconds(service.pid) - spent) / len(waits)
        print(f"processeur du service par lecture : {each * 1000:.0f} ms")  # noqa: T201
        more, failed = asyncio.run(
            read(base, cookie, addresses, 1 + _ENOUGH * PAUSE_SECONDS / READERS, READERS)
        )
        last = megabytes(service.pid)
        print(  # noqa: T201
            f"mémoire du service : {before:.1f} Mo, {after:.1f} après {len(waits)} lectures, "
            f"{last:.1f} après {len(more)} de plus ({len(failed)} échecs)"
        )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0)
