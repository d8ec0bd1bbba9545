"""Scenarios small enough to enumerate every plan, with every column and rule at a high dose.

For the tests that compare both readings of the rules, and any engine with the true optimum. Most
are feasible; some are not, by their calendar or by agreements signed too freely.
Must not know: `generate`, which makes believable bassins; these are deliberately odd.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import count
from math import prod
from typing import Any, Literal, TypeVar

from scenarios.generate.identifiers import siren, siret, uai
from solver.calendar import SchoolCalendar
from solver.domain import (
    OBSERVATION,
    TRAINING,
    BoardingHouse,
    Capacity,
    Closure,
    Departure,
    Division,
    EquityStep,
    Establishment,
    FoundPlace,
    Host,
    Journey,
    Mode,
    Period,
    Place,
    Placement,
    Plan,
    Prices,
    Public,
    Pupil,
    Regulation,
    Scenario,
    SchoolYearChanges,
    family,
)
from solver.week import Week

_T = TypeVar("_T")
Zone = Literal["A", "B", "C"]
_MODES: tuple[tuple[Mode, ...], ...] = (
    ("tc",), ("velo",), ("pied",), ("voiture",),
    ("tc", "velo"), ("pied", "tc"), ("deux_roues", "tc"),
)  # fmt: skip
_MEASURED: tuple[Mode, ...] = ("tc", "velo")
_ZONES: tuple[Zone, ...] = ("A", "B", "C")
_DIPLOMAS = ("50025436", "50033215", "40025217")
_SECTORS = ("garages", "ehpad")
_ALL_GROUPS = tuple(f"nsf:{d[3:6]}" for d in _DIPLOMAS)
_ALL_SECTORS = tuple(f"secteur:{s}" for s in _SECTORS)
_LINKS: tuple[Literal["libre", "meme", "different"], ...] = ("libre", "meme", "different")
_MAX_PUPILS = 5
_PUBLICS = (*OBSERVATION, *TRAINING)


class _Dice(random.Random):
    """A seeded source of draws that also settles which topics a scenario is about.

    With everything at once, every plan would break many rules and no rule would ever decide
    alone: each topic is on in about half of the scenarios.
    """

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._topics: dict[str, bool] = {}
        self.crowded = self.likely(0.15)
        """Five trainees and two sites of one small firm: the quota decides."""
        self._share = 0.12 if self.crowded else self.choice((0.25, 0.6))

    def on(self, topic: str) -> bool:
        """Whether this scenario is about `topic`; drawn once."""
        if topic not in self._topics:
            self._topics[topic] = self.likely(self._share)
        return self._topics[topic]

    def likely(self, probability: float) -> bool:
        return self.random() < probability

    def some(self, things: Sequence[_T], probability: float) -> tuple[_T, ...]:
        """Each thing kept with that probability, order kept."""
        return tuple(t for t in things if self.likely(probability))


def tiny(seed: int, max_plans: int = 20_000) -> Scenario:
    """A valid scenario of 1 to 3 divisions, 1 or 2 periods each, 1 to 5 pupils, 0 to 4 hosts.

    Periods have at most 8 usable starts. `max_plans` bounds `raw_plans`, the number of plans one
    would enumerate without looking at any rule. The same seed gives the same scenario.
    """
    for attempt in count():
        scenario = _draw(_Dice(f"tiny/{seed}/{attempt}"), seed)
        if len(scenario.everyone) <= _MAX_PUPILS and raw_plans(scenario) <= max_plans:
            return scenario
    raise AssertionError("unreachable: `count` has no end")


def raw_plans(scenario: Scenario) -> int:
    """Starts within each window × (hosts of the public × lodgings + 1) for each pupil-period."""
    usable = SchoolCalendar(scenario).usable
    starts = prod(
        max(1, sum(p.imposed in (None, w) and _within(p, w) for w in usable))
        for p in scenario.periods
    )
    open_houses = {b.id for b in scenario.boarding_houses if b.open}
    options = 1
    for pupil, period in scenario.demands():
        public = scenario.division_of[pupil.division].public
        found = (pupil.id, period.id) in scenario.found_place_of
        hosts = 1 if found else sum(public in h.publics for h in scenario.hosts)
        lodgings = {pupil.boarding_house, None} | (open_houses if pupil.accepts_boarding else set())
        options *= 1 + hosts * len(lodgings)
    return starts * options


def _within(period: Period, start: Week) -> bool:
    return (period.earliest or start) <= start <= (period.latest or start)


def _draw(dice: _Dice, seed: int) -> Scenario:
    year = dice.choice(("2025-2026", "2026-2027"))
    zone = dice.choice(_ZONES)
    usable = _usable(year, zone)
    weeks = _window(dice, usable)
    places = _places(dice)
    schools = tuple(
        Establishment(
            uai=uai(i + 1),
            name=f"Établissement {i + 1}",
            type=dice.choice(("CLG", "LP", "LPO", "MFR")),
            place=dice.choice(places).id,
            priority_education=dice.choice(("", "", "rep", "rep+")),
            max_divisions_away=dice.choice((1, 1, 1, 1, 2, 0)) if dice.on("absences") else None,
        )
        for i in range(dice.choice((1, 1, 2)))
    )
    houses = tuple(
        BoardingHouse(
            id=f"INT-{i + 1}",
            establishment=dice.choice((None, *(s.uai for s in schools))),
            place=dice.choice(places).id,
            beds_girls=dice.choice((0, 0, 1)),
            beds_boys=dice.choice((0, 0, 1)),
            beds_mixed=dice.choice((0, 0, 0, 1)),
            open=dice.likely(0.75),
        )
        for i in range(dice.choice((0, 1, 1, 2)) if not dice.crowded else 0)
    )
    training_only = dice.crowded or dice.likely(0.4)
    divisions = tuple(
        _division(dice, i, dice.choice(schools).uai, training_only)
        for i in range(1 if dice.crowded else dice.choice((1, 2, 2, 3)))
    )
    periods = tuple(p for d in divisions for p in _periods(dice, d, weeks, usable))
    pupils = _pupils(dice, divisions, places, houses)
    hosts = _hosts(dice, divisions, schools, places, weeks)
    rows: dict[str, Any] = dict(
        title=f"Minuscule {seed}",
        bassin="MINUSCULE",
        academy="Académie fictive",
        year=year,
        zone=zone,
        regulation=_regulation(dice),
        prices=_prices(dice),
        school_year=SchoolYearChanges(closures=_closed_days(dice, weeks)),
        places=places,
        journeys=_journeys(dice, places),
        establishments=schools,
        divisions=divisions,
        periods=periods,
        pupils=pupils,
        hosts=hosts,
        capacities=_capacities(dice, hosts, weeks),
        boarding_houses=houses,
        closures=_closures(dice, schools, divisions, hosts, weeks),
    )
    draft = Scenario(**rows)
    return Scenario(
        **rows,
        found_places=_found_places(dice, draft),
        reference=_reference(dice, draft, weeks) if dice.likely(0.3) else None,
    )


@lru_cache(maxsize=6)
def _usable(year: str, zone: Zone) -> tuple[Week, ...]:
    nothing = Scenario(title="", bassin="", academy="", year=year, zone=zone)
    return SchoolCalendar(nothing).usable


def _window(dice: _Dice, usable: tuple[Week, ...]) -> tuple[Week, ...]:
    """3 to 7 usable weeks in a row (holidays may stand between), often at an end of the year."""
    length = dice.randint(4, 7)
    last = len(usable) - length
    first = dice.choice((0, last, dice.randint(0, last), dice.randint(0, last)))
    return usable[first : first + length]


def _places(dice: _Dice) -> tuple[Place, ...]:
    """2 to 4 places within about 20 km: near enough for most journeys, too far for some."""
    return tuple(
        Place(
            id=f"V{i + 1:03d}",
            name=f"Village {i + 1}",
            latitude=round(48.5 + dice.uniform(0, 0.15), 5),
            longitude=round(6.5 + dice.uniform(0, 0.2), 5),
        )
        for i in range(dice.randint(2, 4))
    )


def _journeys(dice: _Dice, places: tuple[Place, ...]) -> tuple[Journey, ...]:
    if not dice.on("trajets"):
        return ()
    pairs = [(a.id, b.id) for a in places for b in places]
    return tuple(
        Journey(origin=a, destination=b, mode=mode, minutes=dice.randint(1, 80))
        for a, b in dice.some(pairs, 0.4)
        for mode in dice.some(_MEASURED, 0.7)
    )


def _regulation(dice: _Dice) -> Regulation:
    return Regulation(
        min_days_per_week=dice.choice((3, 3, 3, 3, 2, 4, 5)),
        max_journey_observation_minutes=dice.choice((45, 45, 30, 60)),
        max_journey_training_minutes=dice.choice((75, 75, 40, 55)),
        trainees_per_tutor=dice.choice((3, 1, 1, 2)),
        legal_quota=dice.likely(0.85),
        rector_waiver=dice.likely(0.25),
    )


def _prices(dice: _Dice) -> Prices:
    """Any prices, so that no rule hides behind a default; `non_place` × `surcout` stays whole."""
    return Prices(
        unplaced=dice.choice((1000, 1000, 200, 100, 60, 20)),
        found_place_factor=dice.choice((1, 2, 3)),
        equity=tuple(
            EquityStep(
                threshold_percent=dice.choice((0, 2, 10, 25, 34, 50)),
                surcharge_percent=dice.choice((5, 50, 100, 200)),
            )
            for _ in range(dice.randint(0, 3))
        ),
        week_shift=dice.choice((0, 1, 2, 13, 40)),
        journey_minute=dice.choice((0, 1, 1, 2)),
        journey_comfort_minutes=dice.choice((0, 15, 30, 40)),
        journey_discomfort=dice.choice((0, 1, 3)),
        boarding=dice.choice((0, 5, 30)),
        fit_speciality=dice.choice((0, 10, 25)),
        fit_sector=dice.choice((0, 20, 50)),
        saturation=dice.choice((0, 5, 5, 60)),
        saturation_threshold_percent=dice.choice((0, 30, 50, 80, 100)),
        smoothing_threshold_percent=dice.choice((50, 100, 150, 300)),
        date_stability=dice.choice((0, 5, 17)),
        host_stability=dice.choice((0, 50, 90)),
    )


def _closed_days(dice: _Dice, weeks: tuple[Week, ...]) -> tuple[Week | date, ...]:
    if not dice.likely(0.2):
        return ()
    week = dice.choice(weeks)
    return (week,) if dice.likely(0.5) else week.days()[: dice.randint(1, 3)]


def _division(dice: _Dice, index: int, school: str, training_only: bool) -> Division:
    public: Public = dice.choice(TRAINING if training_only or dice.likely(0.5) else OBSERVATION)
    trains = family(public) == "formation"
    return Division(
        id=f"D{index + 1}",
        establishment=school,
        name=f"{public} {index + 1}",
        public=public,
        diploma=dice.choice((*_DIPLOMAS, None)) if trains else None,
        sectors=dice.some(_SECTORS, 0.6) if trains else (),
        headcount=dice.choice((1, 1, 2)),
        regulated=trains and dice.on("derogation") and dice.likely(0.7),
    )


def _periods(
    dice: _Dice, division: Division, weeks: tuple[Week, ...], usable: tuple[Week, ...]
) -> tuple[Period, ...]:
    """One or two periods in the window; sides without a limit only at the ends of the year."""
    opens_year, closes_year = weeks[0] == usable[0], weeks[-1] == usable[-1]
    ranks = 2 if len(weeks) >= 5 and not dice.crowded and dice.likely(0.5) else 1
    periods = []
    for rank in range(1, ranks + 1):
        duration = dice.choice((1, 1, 2, 2, 3)) if ranks == 1 else dice.choice((1, 1, 1, 2))
        imposed = dice.choice(weeks) if dice.on("impose") and dice.likely(0.2) else None
        early = weeks[dice.choice((0, 0, 0, 0, 1))]
        late = weeks[-1 - dice.choice((0, 0, 0, 0, 1))]
        periods.append(
            Period(
                id=f"{division.id}-{rank}",
                division=division.id,
                rank=rank,
                duration_weeks=duration,
                earliest=None if opens_year and dice.likely(0.5) else early,
                latest=None if closes_year and dice.likely(0.5) else late,
                wished=dice.choice(weeks) if dice.likely(0.7) else None,
                imposed=imposed,
                may_straddle=dice.likely(0.6),
                min_gap_weeks=dice.choice((0, 0, 1, 1, 1, 2)),
                departure=dice.choice(("A", "B", None)) if dice.on("depart") else None,
                exclusions=dice.some(("atelier", "plateau"), 0.35) if dice.on("exclusion") else (),
                host_link=dice.choice(_LINKS) if rank > 1 else "libre",
            )
        )
    return tuple(periods)


def _pupils(
    dice: _Dice,
    divisions: tuple[Division, ...],
    places: tuple[Place, ...],
    houses: tuple[BoardingHouse, ...],
) -> tuple[Pupil, ...]:
    """A few pupils; a division left without rows stands for its head count."""
    budget = _MAX_PUPILS if dice.crowded else dice.randint(1, 4)
    pupils: list[Pupil] = []
    for division in divisions:
        if dice.likely(0.2):
            budget -= division.headcount
            continue
        size = budget if dice.crowded else dice.randint(1, 3)
        for _ in range(min(size, budget)):
            pupils.append(_pupil(dice, len(pupils) + 1, division, places, houses))
        budget -= size
    return tuple(pupils)


def _pupil(
    dice: _Dice,
    number: int,
    division: Division,
    places: tuple[Place, ...],
    houses: tuple[BoardingHouse, ...],
) -> Pupil:
    return Pupil(
        id=f"e{number}",
        division=division.id,
        home=dice.choice(places).id,
        modes=dice.choice(_MODES),
        max_journey_minutes=dice.choice((None, 25, 40, 55, 70)) if dice.on("trajet_max") else 150,
        age=dice.choice((None, 14, 15, 16, 17, 18, 18, 19)),
        sex=dice.choice(("f", "g", None)),
        needs=dice.choice(((), (), ("pmr",), ("boucle", "pmr"))) if dice.on("besoins") else (),
        priority=dice.choice((1, 1, 1, 2, 3, 5)),
        group=f"{division.id}-binome" if dice.on("binome") and dice.likely(0.7) else None,
        boarding_house=dice.choice(houses).id if houses and dice.likely(0.3) else None,
        accepts_boarding=dice.likely(0.6),
        countries=dice.choice((("FR",), ("FR", "LU"), ("FR", "LU"), ("LU",)))
        if dice.on("pays")
        else ("FR",),
    )


def _hosts(
    dice: _Dice,
    divisions: tuple[Division, ...],
    schools: tuple[Establishment, ...],
    places: tuple[Place, ...],
    weeks: tuple[Week, ...],
) -> tuple[Host, ...]:
    """0 to 4 hosts, often two of one legal person; `crowded` ones invite the quota to bind."""
    chain = dice.crowded or dice.on("siren")
    return tuple(
        _host(dice, i, divisions, schools, places, weeks, chain)
        for i in range(
            dice.choice((0, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4)) if not dice.crowded else 2
        )
    )


def _host(
    dice: _Dice,
    index: int,
    divisions: tuple[Division, ...],
    schools: tuple[Establishment, ...],
    places: tuple[Place, ...],
    weeks: tuple[Week, ...],
    chain: bool,
) -> Host:
    publics = tuple(sorted({d.public for d in divisions} & set(dice.sample(_PUBLICS, 8))))
    group_max = dice.choice((1, 2, 2, 3)) if dice.on("groupes") else 1
    waiver = dice.choice(weeks).friday - timedelta(days=dice.choice((0, 0, 1)))
    foreign = not dice.crowded and dice.on("pays") and dice.likely(0.3)
    legal_person = siren(0 if chain and dice.likely(0.8) else index)
    return Host(
        id=f"X-{index + 1}" if foreign else siret(legal_person, index + 1),
        name=f"Structure {index + 1}",
        place=dice.choice(places).id,
        activity=dice.choice(("", "45.20A", "87.10A")),
        staff=dice.choice((None, 2, 9, 12, 25) if not dice.crowded else (2, 5, 5, 9, 25)),
        publics=publics or (dice.choice(divisions).public,),
        diplomas=_tokens(dice),
        slots=dice.choice((0, 1, 1, 1, 1, 2, 2, 2) if not dice.crowded else (2, 3)),
        tutors=dice.choice((0, 1, 1, 2)) if dice.on("tuteurs") and not dice.crowded else None,
        group_min=dice.choice((1, 1, 2)) if group_max > 1 else 1,
        group_max=group_max,
        age_min=dice.choice((0, 15, 16, 18)) if dice.on("age") else 0,
        waiver_until=dice.choice((None, waiver, waiver, date(2027, 12, 31))),
        equipment=dice.choice(((), ("pmr",), ("boucle", "pmr"), ("boucle", "pmr")))
        if dice.on("besoins")
        else (),
        country="LU" if foreign else "FR",
        max_slot_weeks=dice.choice((None, 1, 2, 3)) if dice.on("semaines_max") else None,
        reserved_for=dice.some([s.uai for s in schools], 0.5) if dice.on("reserve") else (),
    )


def _tokens(dice: _Dice) -> tuple[str, ...]:
    if not dice.on("diplome"):
        return dice.choice((("*",), _ALL_GROUPS, _ALL_GROUPS, _ALL_SECTORS))
    exact = dice.some(_DIPLOMAS, 0.4)
    groups = tuple(f"nsf:{d[3:6]}" for d in dice.some(_DIPLOMAS, 0.4))
    sectors = tuple(f"secteur:{s}" for s in dice.some(_SECTORS, 0.4))
    return (*exact, *groups, *sectors, *(("*",) if dice.likely(0.25) else ()))


def _capacities(
    dice: _Dice, hosts: tuple[Host, ...], weeks: tuple[Week, ...]
) -> tuple[Capacity, ...]:
    """For some hosts the total, one public, or both, over part of the window."""
    rows = []
    for host in dice.some(hosts, 0.6 if dice.on("capacites") else 0):
        limited: tuple[Public | str, ...] = dice.some(("*", *host.publics), 0.6)
        for public in limited:
            first = dice.randrange(len(weeks))
            last = dice.randrange(first, len(weeks))
            rows.append(
                Capacity(
                    host=host.id,
                    public=public,  # type: ignore[arg-type]
                    first=weeks[first],
                    last=weeks[last],
                    slots=dice.choice((0, 1, 1, 2, 3)),
                )
            )
    return tuple(rows)


def _closures(
    dice: _Dice,
    schools: tuple[Establishment, ...],
    divisions: tuple[Division, ...],
    hosts: tuple[Host, ...],
    weeks: tuple[Week, ...],
) -> tuple[Closure, ...]:
    targets = [*(s.uai for s in schools), *(d.id for d in divisions), *(h.id for h in hosts)]
    rows = []
    for target in dice.some(targets, 0.25 if dice.on("blocages") else 0):
        week = dice.choice(weeks)
        last = week.plus(dice.choice((0, 0, 1)))
        rows.append(Closure(target=target, first=week, last=last, reason="fermé"))
    return tuple(rows)


def _found_places(dice: _Dice, scenario: Scenario) -> tuple[FoundPlace, ...]:
    """Places found by described pupils; signed ones only where the host can take that pupil."""
    described = {p.id for p in scenario.pupils}
    rows = []
    found = dice.on("places trouvées")
    for pupil, period in scenario.demands():
        if pupil.id not in described or not scenario.hosts or not found or not dice.likely(0.4):
            continue
        host = dice.choice(scenario.hosts)
        signed = dice.likely(0.4) and _may_sign(pupil, host, scenario.division_of[pupil.division])
        rows.append(
            FoundPlace(
                pupil=pupil.id,
                period=period.id,
                host=host.id,
                status="signee" if signed else "trouve",
            )
        )
    return tuple(rows)


def _may_sign(pupil: Pupil, host: Host, division: Division) -> bool:
    """Whether nothing that is known before the calendar forbids this pupil at this host."""
    of_age = host.age_min == 0 or (pupil.age or 0) >= host.age_min
    equipped = set(pupil.needs) <= set(host.equipment)
    adult = pupil.age is not None and pupil.age >= 18
    waived = not division.regulated or adult or host.waiver_until is not None
    return of_age and equipped and waived and host.slots > 0 and host.group_min == 1


def _reference(dice: _Dice, scenario: Scenario, weeks: tuple[Week, ...]) -> Plan:
    """An older plan, of some periods and some pupils; it need not be valid any more."""
    periods = dice.some(scenario.periods, 0.8)
    kept = {p.id for p in periods}
    return Plan(
        departures=tuple(Departure(period=p.id, start=dice.choice(weeks)) for p in periods),
        placements=tuple(
            Placement(pupil=u.id, period=p.id, host=dice.choice(scenario.hosts).id)
            for u, p in scenario.demands()
            if p.id in kept and scenario.hosts and dice.likely(0.7)
        ),
    )
