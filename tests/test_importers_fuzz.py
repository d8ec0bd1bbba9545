"""Whatever the file holds, every row has one verdict and nothing but a French answer comes out."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.importers.desk import SOURCES, Request, imported
from scenarios.importers.documentation import SOURCES as KNOWN
from scenarios.importers.into import joined, land, new_scenario
from scenarios.importers.preview import Import
from scenarios.tables import scenario_tables
from solver.domain import Establishment, Place, Scenario
from solver.errors import InvalidScenario

GOOD: dict[str, list[str]] = {
    "uai": ["0540037X"], "identifiant_de_l_etablissement": ["0540037X", "0540001H"],
    "nom": ["Garage", "Mairie", "L’été"], "nom_etablissement": ["Lycée"], "libelle_nature": ["LP"],
    "code_commune": ["54329"], "commune": ["Lunéville"], "bassin": ["LUNEVILLE"],
    "codecommuneetablissement": ["54329"], "mef": ["2473300731", "2412521821", "23810033007"],
    "effectif": ["12", "30"], "division": ["2A", "2 B", "CAP"], "n3": ["50"], "nb_eleves": ["300"],
    "voie_generale": ["1", "0"], "ine": ["123456789AB", "123456789AC"], "prenom": ["Zoé"],
    "date de naissance": ["14/03/2010", "2009-12-31"], "sexe": ["1", "F"], "statut": ["ST", "AP"],
    "siret": ["55200000100013", "552 000 001 00021"], "naf": ["45.20A"], "rome": ["I1604"],
    "activite_principale_etablissement": ["45.20A"], "tranche_effectifs": ["11", "NN"],
    "publics": ["3E CAP", "bac pro"], "niveaux": ["seconde_only", "3e"], "places": ["1", "3"],
    "semaines": ["2027-W04", "S05 2027, S06 2027"], "origine": ["54329"],
    "destination": ["54329"], "mode": ["voiture", "vélo"], "minutes": ["12,5"],
    "secondes": ["600"], "debut": ["07/12/2026"], "fin": ["18/12/2026"], "régime": ["3", "0"],
    "code postal": ["54300"], "diplomes": ["nsf:312", "40025218 *"],
}  # fmt: skip
"""Headers, and cells that would come in under them."""
ODD = st.sampled_from(
    ["", " ", "-1", "99999", "1e308", "S04", "31/02/2010", "5,52E+13", "=1+1", '"', "é", "\x07",
     "oui", "\u00a0", "2027-W60", "1;2", "0549999A", "a:b", "*", "«", "\ufffd", "12.0", "x" * 300]
) | st.text(max_size=6)  # fmt: skip
NEEDED = {name: [c.headers[0] for c in columns if c.required] for name, _, columns in KNOWN}
USUAL = {
    "etablissements": ["bassin", "code_commune"], "effectifs": ["n3"], "eleves": ["mef", "ine"],
    "sirene": ["tranche_effectifs"], "entreprises": ["publics", "commune"],
    "offres": ["code_commune", "nom"], "trajets": ["mode", "minutes"],
}  # fmt: skip
"""Headers without which hardly any row would come in."""
FILES = [name for name in SOURCES if name not in ("secteurs", "simulation")]
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def standing() -> Scenario:
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    place = Place(id="54329", name="Lunéville", latitude=48.5893, longitude=6.5014)
    lycee = Establishment(uai="0540037X", name="L", type="LP", place="54329")
    return joined(start, {"lieux": [place], "etablissements": [lycee]}).scenario


STANDING = standing()


def answers(source: str, content: bytes, folder: Path) -> Import:
    file = folder / "donnees.csv"
    file.write_bytes(content)
    activities = folder / "secteurs.csv"
    activities.write_text("secteur_id;naf\ngarages;45.20A\n", encoding="utf-8")
    made = imported(
        Request(
            source=source, scenario=STANDING, file=file, key=folder / "cle", school="0540037X",
            activities=activities,
        )
    )  # fmt: skip
    assert len(made.verdicts) == made.rows_read == made.taken + made.refused
    assert all(v.why for v in made.verdicts if v.outcome != "prise")
    assert made.usable or made.faults or made.refused
    for name, records in made.tables.items():
        model = scenario_tables()[name].model
        for record in records:
            assert model.model_validate(record.model_dump()) == record
    if made.usable:
        with contextlib.suppress(InvalidScenario):
            land(folder / "bassin", made.tables, STANDING)
    return made


@st.composite
def tables(draw: st.DrawFn, source: str) -> str:
    """A table that this source half understands: most cells are good, some are anything."""
    more = draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=8, unique=True))
    header = list(dict.fromkeys((*NEEDED[source], *USUAL.get(source, []), *more)))
    rows = [header]
    for _ in range(draw(st.integers(1, 5))):
        odd = draw(st.sets(st.sampled_from(header), max_size=2)) if draw(st.booleans()) else set()
        rows.append(
            [draw(ODD) if h in odd else draw(st.sampled_from(GOOD.get(h, [""]))) for h in header]
        )
    return "\n".join(";".join(row) for row in rows)


@pytest.mark.parametrize("source", FILES)
def test_any_cells_are_answered(source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    taken = 0

    @QUICK
    @given(text=tables(source))
    def tried(text: str) -> None:
        nonlocal taken
        content = text.encode("utf-8", "replace")
        taken += answers(source, content, tmp_path_factory.mktemp("f")).taken

    tried()
    assert taken > 12, "too few rows came in for the test to mean anything"


@QUICK
@given(content=st.binary(max_size=300), source=st.sampled_from(FILES))
def test_any_bytes_are_answered(
    content: bytes, source: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answers(source, b"uai;mef;effectif\n" + content, tmp_path_factory.mktemp("f"))
