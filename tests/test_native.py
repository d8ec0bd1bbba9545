"""Machine code of before an update is not used after it."""

import subprocess
import sys
from pathlib import Path

from solver.bound.cases import evaluate
from solver.native import _ROOMS, sources
from solver.prepare.cheapest import cheapest
from solver.search.anneal import anneal

SOLVER = Path(__file__).parents[1] / "solver"
RUN = """
import sys
from pathlib import Path
import solver.native as native
root = Path(sys.argv[1])
native._SOURCES = native.sources(root)
sys.path.insert(0, str(root / "bound"))
from caller import caller
print(caller(1), sum(caller.stats.cache_hits.values()))
"""
CALLER = """
from callee import callee
from solver.native import native

@native()
def caller(x):
    return callee(x)
"""
CALLEE = """
from solver.native import native

@native()
def callee(x):
    return x + {}
"""


def run(root: Path, added: int) -> list[int]:
    """What the caller gives, and whether its code came from the cache."""
    (root / "bound" / "callee.py").write_text(CALLEE.format(added))
    told = subprocess.run(
        [sys.executable, "-c", RUN, str(root)],
        cwd=SOLVER.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    return [int(word) for word in told.stdout.split()]


def test_a_function_is_made_anew_where_only_one_it_calls_has_changed(tmp_path: Path) -> None:
    (tmp_path / "bound").mkdir()
    (tmp_path / "bound" / "caller.py").write_text(CALLER)
    assert run(tmp_path, 1) == [2, 0]
    assert run(tmp_path, 1) == [2, 1]
    assert run(tmp_path, 10) == [11, 0]


def test_every_room_that_compiles_counts() -> None:
    """No inner loop is compiled past `native`, nor stands where a change would not be seen."""
    stamp = sources(SOLVER)
    for loop in (evaluate, cheapest, anneal):
        assert loop._cache._cache_file._source_stamp == stamp  # type: ignore[attr-defined]
    texts = {path: path.read_text(encoding="utf-8") for path in SOLVER.rglob("*.py")}
    assert [path.name for path, text in texts.items() if "njit" in text] == ["native.py"]
    rooms = {
        p.parent.name for p, text in texts.items() if "@native(" in text or "@compiled" in text
    }
    assert rooms == {Path(room).parent.name for room in _ROOMS} - {""}
