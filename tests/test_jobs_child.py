"""The engine in a child process: it answers, is stopped anywhere, limited, and leaves nothing.

The first search waits for the compiled engine to be loaded; those after it do not.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import monotonic

import psutil
import pytest
from processes import alive, until

import service.jobs.birth as birth
import service.jobs.child as child
from scenarios.generate import generate
from service.jobs.child import search
from service.jobs.engine import NAME
from service.jobs.messages import Better, Progress
from service.jobs.orders import StopRules
from service.jobs.task import Task
from service.packing import unpack_plan
from solver.domain import Scenario
from solver.verify import verify

Said = list[Progress | Better]


@pytest.fixture(scope="module")
def bassin() -> Scenario:
    return generate(3, 300)


def task(scenario: Scenario, seconds: float = 60, *, megabytes: int = 4096, **rules: float) -> Task:
    stop = StopRules.model_validate({"seconds": seconds, **rules})
    return Task.of("essai", scenario, stop=stop, megabytes=megabytes)


def engines() -> Iterator[int]:
    """Processes of ours that search."""
    for process in psutil.Process().children(recursive=True):
        try:
            if process.name() == NAME:
                yield process.pid
        except psutil.Error:
            continue


def test_a_child_hands_over_verified_plans_and_sums_up(bassin: Scenario) -> None:
    asked, said = task(bassin, 3), list[Progress | Better]()
    plans: list[bytes] = []

    def hear(message: Progress | Better, content: bytes) -> None:
        said.append(message)
        if isinstance(message, Better):
            plans.append(content)

    end, plan = search(asked.order, asked.scenario, tell=hear)
    assert (end.ending, end.outcome) == ("done", "feasible")
    assert plan is not None
    better = [m for m in said if isinstance(m, Better)]
    assert len(better) == len(plans) >= 1
    assert all(one.cost > two.cost for one, two in pairwise(better))
    for message, content in zip(better, plans, strict=True):
        report = verify(bassin, unpack_plan(content, bassin).plan)
        assert (report.violations, report.cost) == ((), message.cost)
    whole = unpack_plan(plan, bassin, own=True)
    assert verify(bassin, whole.plan).cost == end.cost == better[-1].cost
    assert len(whole.unplaced) == end.unplaced
    assert whole.summary["indicateurs"] == end.indicators
    assert list(engines()) == []


@pytest.mark.slow
def test_a_search_asked_to_stop_keeps_its_best_plan(bassin: Scenario) -> None:
    asked, said = task(bassin, 600), list[Progress | Better]()
    end, plan = search(
        asked.order,
        asked.scenario,
        tell=lambda message, _: said.append(message),
        stop=lambda: any(isinstance(m, Better) for m in said),
    )
    assert end.ending == "stopped"
    assert plan is not None
    assert verify(bassin, unpack_plan(plan, bassin).plan).cost == end.cost


@pytest.mark.slow
def test_a_child_that_does_not_listen_is_ended_and_what_it_gave_is_kept(
    bassin: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "STOP_SECONDS", 0.5)
    asked, said = task(bassin, 600), list[Progress | Better]()

    def stop() -> bool:
        if not any(isinstance(m, Better) for m in said):
            return False
        for pid in engines():
            os.kill(pid, signal.SIGSTOP)
        return True

    begin = monotonic()
    end, plan = search(
        asked.order, asked.scenario, tell=lambda message, _: said.append(message), stop=stop
    )
    assert end.ending == "stopped"
    assert monotonic() - begin < 300
    assert plan is not None
    assert verify(bassin, unpack_plan(plan, bassin).plan).cost == end.cost
    assert list(engines()) == []


def test_a_child_stopped_at_once_says_what_it_has(bassin: Scenario) -> None:
    asked = task(bassin, 600)
    end, plan = search(asked.order, asked.scenario, stop=lambda: True)
    assert end.ending == "stopped"
    assert (end.cost is None) == (plan is None)
    assert list(engines()) == []


@pytest.mark.slow
def test_a_child_that_is_killed_is_lost_but_not_its_plan(bassin: Scenario) -> None:
    asked, said = task(bassin, 600), list[Progress | Better]()

    def hear(message: Progress | Better, _: bytes) -> None:
        said.append(message)
        if isinstance(message, Better):
            os.kill(min(engines()), signal.SIGKILL)

    end, plan = search(asked.order, asked.scenario, tell=hear)
    assert (end.ending, end.outcome) == ("lost", "feasible")
    assert plan is not None
    assert verify(bassin, unpack_plan(plan, bassin).plan).cost == end.cost
    assert list(engines()) == []


def nurseries() -> list[psutil.Process]:
    """Processes of ours in which children are born."""
    below = psutil.Process().children()
    return [p for p in below if "service.jobs.nursery" in p.cmdline() and p.name() != NAME]


@pytest.mark.slow
def test_children_are_born_in_one_nursery_and_another_opens_where_it_was_killed(
    bassin: Scenario,
) -> None:
    asked, said = task(bassin, 600), list[Progress | Better]()

    def hear(message: Progress | Better, _: bytes) -> None:
        said.append(message)
        if isinstance(message, Better):
            first.kill()

    search(asked.order, asked.scenario, stop=lambda: any(engines()))
    (first,) = nurseries()
    end, plan = search(asked.order, asked.scenario, tell=hear)
    assert (end.ending, end.outcome) == ("lost", "feasible")
    assert plan is not None
    assert list(engines()) == []
    end, _ = search(asked.order, asked.scenario, stop=lambda: any(engines()))
    assert end.ending == "stopped"
    (second,) = nurseries()
    assert second.pid != first.pid


@pytest.mark.slow
def test_a_child_that_is_not_wanted_any_more_before_it_is_born_leaves_nothing(
    bassin: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = task(bassin, 600)
    birth._close()
    with monkeypatch.context() as hasty:
        hasty.setattr(child, "STOP_SECONDS", 0.0)
        end, plan = search(asked.order, asked.scenario, stop=lambda: True)
    assert (end.ending, end.cost, plan) == ("stopped", None, None)
    search(asked.order, asked.scenario, stop=lambda: any(engines()))
    assert len(nurseries()) == 1
    until(lambda: not any(engines()))


@pytest.mark.slow
def test_a_child_beyond_its_memory_is_ended_and_told(bassin: Scenario) -> None:
    asked = task(bassin, 600, megabytes=100)
    end, plan = search(asked.order, asked.scenario)
    assert end.ending == "memory"
    assert "100 Mo" in end.detail
    assert plan is None
    assert list(engines()) == []


@pytest.mark.slow
def test_a_search_goes_on_from_the_plan_of_another(bassin: Scenario) -> None:
    asked = task(bassin, 3)
    before, plan = search(asked.order, asked.scenario)
    assert before.cost is not None
    again = task(bassin, 1)
    after, _ = search(again.order, again.scenario, start=plan)
    assert after.cost is not None
    assert after.cost <= before.cost


@pytest.mark.slow
def test_a_search_that_finds_nothing_better_ends_by_itself(bassin: Scenario) -> None:
    asked = task(bassin, 600, stalled_seconds=2)
    end, plan = search(asked.order, asked.scenario)
    assert end.ending == "done"
    assert end.seconds < 300
    assert plan is not None


@pytest.mark.slow
def test_a_search_close_enough_to_its_bound_ends_by_itself(bassin: Scenario) -> None:
    asked = task(bassin, 600, gap=0.99)
    end, _ = search(asked.order, asked.scenario)
    assert end.ending == "done"
    assert end.cost is not None
    assert end.bound is not None
    assert end.cost - end.bound <= 0.99 * end.cost


@pytest.mark.slow
def test_another_scenario_than_the_one_expected_is_refused(bassin: Scenario) -> None:
    asked = task(bassin)
    wrong = asked.order.model_copy(update={"digest": "0" * 64})
    assert search(wrong, asked.scenario)[0].ending == "scenario"
    unreadable = replace(asked, scenario=b"PK")
    assert search(unreadable.order, unreadable.scenario)[0].ending == "scenario"


@pytest.mark.slow
def test_a_child_whose_keeper_is_killed_ends_with_all_it_started(
    bassin: Scenario, tmp_path: Path
) -> None:
    asked, note = task(bassin, 600), tmp_path / "pids"
    (tmp_path / "order.json").write_text(asked.order.model_dump_json(), encoding="utf-8")
    (tmp_path / "scenario.zip").write_bytes(asked.scenario)
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    pids = [int(pid) for pid in note.read_text().split()]
    assert len(pids) >= 2
    until(lambda: not any(map(alive, pids)))


_KILLED = """
import os, sys
from pathlib import Path
import psutil
from service.jobs.child import search
from service.jobs.messages import Better
from service.jobs.orders import Order

folder = Path(sys.argv[1])

def hear(message, content):
    if isinstance(message, Better):
        below = psutil.Process().children(recursive=True)
        (folder / "pids").write_text(" ".join(str(p.pid) for p in below))
        os.kill(os.getpid(), 9)

order = Order.model_validate_json((folder / "order.json").read_text())
search(order, (folder / "scenario.zip").read_bytes(), tell=hear)
"""
