"""What the pôles say together: offers ÷ pupils, trades in tension, equity between pôles.

Must not know: how it is told.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service.academy.poles import Pole
from solver.domain import Family, Public
from solver.week import Week

_FEWEST_PUPILS = 20
"""A trade with fewer pupils out that week says little of an académie."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A public and a sector (none for observation) in the académie's tightest week."""

    public: Public
    sector: str
    week: Week
    offers: int
    pupils: int
    short_poles: int
    """Pôles with fewer offers than pupils in some week."""

    @property
    def ratio(self) -> float:
        return self.offers / self.pupils


@dataclass(frozen=True, slots=True)
class Group:
    """Pupil-periods of a kind of establishment over the académie."""

    name: str
    demands: int
    placed: int


def ratio(poles: Sequence[Pole], family: Family) -> float | None:
    """Offers ÷ pupils of all pôles, each in its own busiest week."""
    loads = [load for p in poles for load in p.figures.loads if load.family == family]
    pupils = sum(load.peak_pupils for load in loads)
    return sum(load.seats for load in loads) / pupils if pupils else None


def trades(poles: Sequence[Pole]) -> list[Trade]:
    """Every public and sector, the tightest first: offers and pupils of all pôles, week by week."""
    offers: dict[tuple[Public, str], dict[Week, int]] = defaultdict(lambda: defaultdict(int))
    pupils: dict[tuple[Public, str], dict[Week, int]] = defaultdict(lambda: defaultdict(int))
    short: dict[tuple[Public, str], set[str]] = defaultdict(set)
    for pole in poles:
        for cell in pole.figures.tension:
            key = cell.public, cell.sector
            offers[key][cell.week] += cell.offers
            pupils[key][cell.week] += cell.pupils
            if cell.offers < cell.pupils:
                short[key].add(pole.name)
    found = []
    for key, weeks in pupils.items():
        told = [week for week, out in weeks.items() if out >= _FEWEST_PUPILS]
        if told:
            tightest = min(told, key=lambda w: (offers[key][w] / weeks[w], w))
            found.append(
                Trade(*key, tightest, offers[key][tightest], weeks[tightest], len(short[key]))
            )
    return sorted(found, key=lambda trade: (trade.ratio, trade.public, trade.sector))


def priority_education(poles: Sequence[Pole]) -> list[Group]:
    """REP+, REP and the others, over all pôles."""
    demands: dict[str, int] = defaultdict(int)
    placed: dict[str, int] = defaultdict(int)
    for pole in poles:
        for row in pole.figures.priority_education:
            demands[row.name] += row.demands
            placed[row.name] += row.placed
    return [Group(name, demands[name], placed[name]) for name in demands]
