"""One run of one contender, in a process of its own; the parent (`run.py`) watches its memory.

`one.py CONTENDER SCENARIO SECONDS SEED CORES FOLDER`: writes `run.json` and `plan.json` to FOLDER;
`ours.json` there, if any, is the plan to improve. Must not know: other runs.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from time import monotonic

from contenders import CONTENDERS, Task, warm_up
from peers.timefold import Unavailable
from scenes import scene

from solver.verify import verify


def main(contender: str, name: str, seconds: str, seed: str, cores: str, folder: str) -> None:
    """Solve, verify, write what came of it."""
    scenario, out = scene(name), Path(folder)
    if contender.startswith("bassin"):
        warm_up()
    task = Task(scenario, float(seconds), int(seed), int(cores), out / "ours.json")
    begin = monotonic()
    try:
        outcome = CONTENDERS[contender](task)
    except Unavailable as reason:
        (out / "run.json").write_text(json.dumps({"note": f"sauté : {reason}"}))
        return
    elapsed = monotonic() - begin
    row: dict[str, object] = {
        "demands": len(scenario.demands()),
        "seconds": round(elapsed, 2),
        "bound": outcome.bound,
        "note": outcome.note,
    }
    if outcome.plan is not None:
        report = verify(scenario, outcome.plan)
        broken = Counter(v.rule for v in report.violations)
        first = next((s for s, cost, _ in outcome.curve if cost is not None), elapsed)
        row |= {
            "cost": report.cost,
            "unplaced": len(scenario.demands()) - len(outcome.plan.placements),
            "violations": sum(broken.values()),
            "broken": dict(broken),
            "first_plan": round(first, 2),
        }
        (out / "plan.json").write_text(outcome.plan.model_dump_json())
    row["curve"] = outcome.curve
    (out / "run.json").write_text(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
