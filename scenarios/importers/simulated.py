"""Hosts lent by the generator, while nobody has said yet who takes pupils.

They are fictional (SIREN that begin with 990, which Insee does not give), spread over real
communes by population: good to try a calendar, worth nothing for a pupil.
Must not know: files, other sources of hosts.
"""

from collections.abc import Mapping

from scenarios.generate.hosts import capacities, hosts
from scenarios.generate.periods import YEAR
from scenarios.generate.recipe import Recipe, Tension
from scenarios.generate.schools import School
from scenarios.generate.territory import Site, Territory
from scenarios.generate.trades import SECTORS
from scenarios.importers.communes import Communes
from scenarios.importers.preview import Import
from solver.domain import Division, Scenario
from solver.errors import Fault

REACH_KM = 15.0
"""Communes this near to an establishment, as the crow flies, have hosts."""
REGULATED = frozenset(s.id for s in SECTORS if s.regulated)
"""Sectors whose work is partly forbidden to minors without a waiver (C. trav., D. 4153-15 ff.)."""
_LENT = frozenset({s.id for s in SECTORS})


def simulated_hosts(
    scenario: Scenario, communes: Communes, seed: int = 0, tension: Tension = "normale"
) -> Import:
    """Fictional hosts for the divisions of a scenario, and the communes they stand in."""
    made = Import("simulation", f"graine {seed}")
    place = {p.id: p for p in scenario.places}
    centers = [place[e.place] for e in scenario.establishments]
    weights = _weights(communes, scenario)
    around = [p for p in communes.near(centers, REACH_KM) if weights.get(p.id, 0) > 0]
    if not around or not scenario.divisions:
        message = "rien à simuler : il faut des divisions, et des communes autour (--communes)"
        made.faults.append(Fault("rien-a-prendre", message, file=made.file))
        return made
    recipe = Recipe(
        seed, sum(d.headcount for d in scenario.divisions), tension, frozenset({"autres_publics"})
    )
    sites = tuple(Site(p, 0.0, 0.0, weights[p.id]) for p in around)
    land = Territory("", sites, (), (), ())
    schools = tuple(
        School(e, sites[0], [_lent(d) for d in scenario.divisions if d.establishment == e.uai])
        for e in scenario.establishments
    )
    lent = hosts(recipe, land, schools)
    used = {h.place for h in lent}
    made.add(*(p for p in around if p.id in used))
    made.add(*lent)
    if scenario.year == YEAR:
        made.add(*capacities(recipe, lent))
    for line in range(1, len(lent) + 1):
        made.take(line)
    made.rows_read = len(lent)
    made.note(
        "Structures fictives, tirées au sort : elles ne valent que pour essayer. "
        "Les remplacer par de vraies structures avant tout usage."
    )
    return made


def _weights(communes: Communes, scenario: Scenario) -> Mapping[str, float]:
    """Inhabitants by commune; one each where the table has no population."""
    weights = {code: float(people) for code, people in communes.population.items()}
    if not any(weights.values()):
        return {p.id: 1.0 for p in scenario.places} | dict.fromkeys(weights, 1.0)
    return weights


def _lent(division: Division) -> Division:
    """The division with the sectors that the generator knows."""
    known = tuple(s for s in division.sectors if s in _LENT)
    return division.model_copy(update={"sectors": known})
