"""From the public tables of a real bassin to a plan, by the commands of the guide alone."""

import re
import shlex
import time
from pathlib import Path

import pytest

import scenarios
from scenarios.importers.communes import read_communes
from scenarios.importers.establishments import establishments
from scenarios.importers.handed import handed
from scenarios.importers.into import new_scenario
from service.cli import main
from service.guide import page

PUBLIC = Path("/work/shared/data/nancy-metz")

pytestmark = pytest.mark.skipif(not PUBLIC.exists(), reason="public tables are not here")


def commands() -> list[list[str]]:
    """The commands of the guide, as arguments of `bassin`."""
    block = page("importer").split("```sh lunéville\n")[1]
    lines = block.split("```")[0].strip().splitlines()
    return [shlex.split(line.replace("$D", str(PUBLIC)))[1:] for line in lines]


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def test_the_directory_of_the_academie_gives_the_schools_that_luneville_has() -> None:
    made = establishments(
        handed(PUBLIC / "etablissements.csv"), "Lunéville", read_communes(PUBLIC / "communes.csv")
    )
    known = scenarios.read(PUBLIC.parents[1] / "scenarios" / "luneville-2026")
    found = {(e.uai, e.type) for e in made.tables["etablissements"]}  # type: ignore[attr-defined]
    assert found == {(e.uai, e.type) for e in known.establishments}
    assert made.taken + made.refused == made.rows_read == 462
    assert new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027").zone == "B"


def test_the_commands_make_a_bassin_of_the_size_of_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    *imports, solve = commands()
    assert solve[0] == "solve"
    for arguments in imports:
        assert run([*arguments, "--apercu"] if "--bassin" not in arguments else arguments) == 0
        if "--bassin" not in arguments:
            assert run(arguments) == 0
        told = capsys.readouterr().out
        read, taken, refused = (
            int(re.sub(r"\s", "", n))
            for n in re.findall(
                r"([0-9\s]+) lignes? lues? : ([0-9\s]+) prises? .*?, ([0-9\s]+) r", told
            )[-1]
        )
        assert read == taken + refused
    made = scenarios.read("luneville")
    known = scenarios.read(PUBLIC.parents[1] / "scenarios" / "luneville-2026")
    assert len(made.establishments) == len(known.establishments)
    assert len(made.everyone) == pytest.approx(len(known.everyone), rel=0.05)
    assert len(made.demands()) == pytest.approx(len(known.demands()), rel=0.05)
    of_diploma = {(d.establishment, d.diploma) for d in known.divisions if d.diploma}
    assert of_diploma <= {(d.establishment, d.diploma) for d in made.divisions}
    fictional = [h for h in made.hosts if h.id.startswith("990")]
    assert 0 < len(fictional) < len(made.hosts)
    assert run(["controle", "luneville"]) == 0


@pytest.mark.slow
def test_the_commands_of_the_readme_end_with_a_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    for arguments in commands():
        assert run(arguments) == 0, arguments
    print(f"from public tables to a plan: {time.monotonic() - began:.0f} s")  # noqa: T201
    assert run(["verify", "luneville", "plan-luneville"]) == 0
