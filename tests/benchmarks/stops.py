"""How long a stop takes, wherever a run stands: the service, a real bassin, run after run.

    python tests/benchmarks/stops.py sqlite|postgresql ../shared/scenarios/nancy-2026 [phase …]

Asked over HTTP (`DELETE /runs/{run}`) as soon as the run says that it is in the phase, or so many
seconds after its first plan where a number stands instead of a phase. Prints the seconds until
the run is over, how it ended, and the best cost said before against the cost of the plan kept.
"""

import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from readers import signed_in
from test_disasters import free_port, opened
from town import packed

from scenarios import inspect

PHASES = ("lecture", "préparation", "construction", "recherche", "0", "5", "20", "indicateurs")
API = "/api/v1"
FINAL = ("stopped", "completed", "failed")
_LOOK_SECONDS = 0.05


def reached(run: dict[str, Any], phase: str, active_at: float | None) -> bool:
    if run["status"] in FINAL:
        return True
    if not phase.isdecimal():
        return bool(run["phase"].startswith(phase))
    return active_at is not None and monotonic() - active_at >= float(phase)


def stopped(client: httpx.Client, scenario: str, phase: str) -> None:
    """One run, stopped in that phase; a line of what came of it."""
    seconds = 8 if phase == "indicateurs" else 300
    asked = {"scenario": scenario, "stop": {"seconds": seconds}}
    url = client.post(f"{API}/runs", json=asked).raise_for_status().headers["Location"]
    active_at = None
    while not reached(run := client.get(f"{url}/metadata").json(), phase, active_at):
        if run["status"] == "active" and active_at is None:
            active_at = monotonic()
        sleep(_LOOK_SECONDS)
    begin = monotonic()
    client.delete(url)
    best = run["cost"]
    while (ended := client.get(f"{url}/metadata").json())["status"] not in FINAL:
        best = ended["cost"]
        sleep(_LOOK_SECONDS)
    waited = monotonic() - begin
    plan = client.get(url).json()["plan"]
    kept = client.get(f"{API}/plans/{plan}").json()["cost"] if plan else None
    print(  # noqa: T201
        f"{phase:>14} (était : {run['phase'] or run['status']}) : {ended['status']} "
        f"après {waited:.1f} s, meilleur coût connu {best}, plan gardé {kept}",
        flush=True,
    )


def main(backend: str, path: Path, phases: tuple[str, ...]) -> None:
    scenario = inspect(path).scenario
    assert scenario is not None
    with tempfile.TemporaryDirectory() as home, opened(Path(home), backend) as site:
        site.place.coordinator(scenario.bassin, login="pays")
        port = str(free_port())
        site.environment |= {"BASSIN_PORT": port, "BASSIN_REQUESTS_PER_MINUTE": "1000000"}
        cookie, csrf = signed_in(site, "pays")
        site.started("bassin", "serve")
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=60,
            cookies={"bassin_session": cookie}, headers={"X-CSRF-Token": csrf},
        )  # fmt: skip
        with client:
            while True:
                try:
                    client.get(f"{API}/session").raise_for_status()
                    break
                except httpx.TransportError:
                    sleep(0.5)
            sent = client.post(f"{API}/scenarios", content=packed(scenario)).raise_for_status()
            for phase in phases:
                stopped(client, sent.json()["id"], phase)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), tuple(sys.argv[3:]) or PHASES)
