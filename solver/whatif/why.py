"""« Why has this pupil no place? »: the funnel, who holds the last seats, and what would help.

Must not know: how remedies are found, how the answer is shown.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Annotated

import numpy as np

from solver.domain import Frozen, Host, Period, Pupil, column
from solver.errors import UnknownSubject
from solver.facts import Stay
from solver.funnel import Reach
from solver.indicators import reasons
from solver.problem import Flags
from solver.week import Week
from solver.whatif.filling import Filling, Party
from solver.whatif.remedies import Remedies, Remedy
from solver.whatif.standing import Standing

_HOSTS_TOLD = 5
_STEPS = {
    "public": "accueillent ce public",
    "diplome": "conviennent à la formation",
    "pays": "sont dans un pays possible",
    "reserve": "ne sont pas réservées à d’autres",
    "accessibilite": "ont les équipements demandés",
}
"""What each rule of the funnel leaves, in words."""


class Step(Frozen):
    """How many hosts remain after one more rule."""

    key: Annotated[str, column("cle", "Règle ou étape")]
    label: Annotated[str, column("libelle", "Ce que font les structures qui restent")]
    hosts: Annotated[int, column("structures", "Combien il en reste")]


class Holder(Frozen):
    """Pupils of a period who sit where the pupil could."""

    period: Annotated[str, column("periode", "Période")]
    pupils: Annotated[tuple[str, ...], column("eleves", "Élèves")]
    weeks: Annotated[tuple[Week, ...], column("semaines", "Semaines en commun")]


class Seat(Frozen):
    """A host within reach, and who is there in the weeks of the pupil."""

    host: Annotated[str, column("accueil", "Structure")]
    name: Annotated[str, column("nom", "Nom")]
    minutes: Annotated[int, column("minutes", "Trajet de l’élève")]
    slots: Annotated[int, column("places", "Places de la semaine la plus courte")]
    room: Annotated[bool, column("libre", "Une place est libre pour ces semaines")]
    holders: Annotated[tuple[Holder, ...], column("occupants", "Qui y est ces semaines-là")]


class Why(Frozen):
    """The whole answer for one pupil and one period."""

    pupil: Annotated[str, column("eleve", "Élève")]
    period: Annotated[str, column("periode", "Période")]
    weeks: Annotated[tuple[Week, ...], column("semaines", "Semaines de la période")]
    host: Annotated[str | None, column("accueil", "Structure, si l’élève est placé")]
    minutes: Annotated[int | None, column("minutes", "Trajet, si l’élève est placé")]
    reason: Annotated[str, column("motif", "Motif, vide si l’élève est placé")]
    detail: Annotated[str, column("detail", "Motif, en une phrase")]
    steps: Annotated[tuple[Step, ...], column("entonnoir", "De toutes les structures à celles-ci")]
    seats: Annotated[tuple[Seat, ...], column("places", "Les structures les plus proches")]
    remedies: Annotated[tuple[Remedy, ...], column("remedes", "Ce qui le placerait, vérifié")]


def why(
    standing: Standing,
    pupil_id: str,
    period_id: str | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Why, ...]:
    """One answer per period of the pupil (or the one named), in order of rank.

    Remedies are looked for where the pupil has no place, until `stop` says so; each has been
    applied to the tables and verified. Raises `UnknownSubject`.
    """
    scenario = standing.scenario
    pupil = scenario.pupil_of.get(pupil_id)
    if pupil is None:
        near = get_close_matches(pupil_id, scenario.pupil_of, n=1)
        raise UnknownSubject(pupil_id, "un élève", near)
    periods = [p for p in scenario.periods if p.division == pupil.division]
    if period_id is not None and period_id not in {p.id for p in periods}:
        near = get_close_matches(period_id, [p.id for p in periods], n=1)
        raise UnknownSubject(period_id, f"une période de la division {pupil.division}", near)
    inquiry = _Inquiry(standing, stop)
    wanted = [p for p in periods if period_id in (None, p.id)]
    return tuple(inquiry(pupil, p) for p in sorted(wanted, key=lambda p: p.rank))


class _Inquiry:
    """What all answers about one plan share."""

    def __init__(self, standing: Standing, stop: Callable[[], bool]) -> None:
        self._standing = standing
        self._remedies = Remedies(standing, stop)
        facts = self._remedies.filling.facts
        told = reasons(standing.scenario, standing.plan, facts)
        self._reason = {(u.pupil, u.period): u for u in told}
        self._stay = {(s.pupil.id, s.period.id): s for s in facts.stays}
        self._stays_at: dict[str, list[Stay]] = {}
        for stay in facts.stays:
            self._stays_at.setdefault(stay.host.id, []).append(stay)

    def __call__(self, pupil: Pupil, period: Period) -> Why:
        filling = self._remedies.filling
        party = filling.party(pupil, period)
        weeks = filling.weeks(party)
        reach = filling.funnel.reach(pupil, period, weeks)
        room = filling.seats.room(period, len(party.pupils))
        stay = self._stay.get((pupil.id, period.id))
        unplaced = self._reason.get((pupil.id, period.id))
        remedies = () if unplaced is None else self._remedies.of(pupil, period)
        return Why(
            pupil=pupil.id,
            period=period.id,
            weeks=weeks,
            host=stay.host.id if stay else None,
            minutes=stay.minutes if stay else None,
            reason=unplaced.reason if unplaced else "",
            detail=unplaced.detail if unplaced else "",
            steps=tuple(_steps(filling, party, reach, room)),
            seats=tuple(self._seats(reach, room, weeks)),
            remedies=tuple(applied.remedy for applied in remedies),
        )

    def _seats(self, reach: Reach, room: Flags, weeks: tuple[Week, ...]) -> Iterator[Seat]:
        """The nearest hosts within reach, with those who are there."""
        filling, index = self._remedies.filling, self._standing.calendar.index
        near = np.flatnonzero(reach.reachable)
        span = [index[week] for week in weeks]
        for h in near[np.argsort(reach.minutes[near], kind="stable")][:_HOSTS_TOLD]:
            host = self._standing.scenario.hosts[h]
            offered = filling.seats.limits.slots[h, span]
            yield Seat(
                host=host.id,
                name=host.name,
                minutes=int(reach.minutes[h]),
                slots=int(offered.min(initial=host.slots)),
                room=bool(room[h]),
                holders=tuple(self._holders(host, weeks)),
            )

    def _holders(self, host: Host, weeks: tuple[Week, ...]) -> Iterator[Holder]:
        """Periods out in these weeks with pupils at the host."""
        there: dict[str, list[Stay]] = {}
        for stay in self._stays_at.get(host.id, ()):
            if not set(stay.weeks).isdisjoint(weeks):
                there.setdefault(stay.period.id, []).append(stay)
        for period, stays in there.items():
            yield Holder(
                period=period,
                pupils=tuple(s.pupil.id for s in stays),
                weeks=tuple(w for w in weeks if w in stays[0].weeks),
            )


def _steps(filling: Filling, party: Party, reach: Reach, room: Flags) -> Iterator[Step]:
    """The funnel: each count is what the rule leaves of those before."""
    everyone = len(filling.scenario.hosts)
    yield Step(key="toutes", label="structures du bassin", hosts=everyone)
    for key, kept in reach.kept.items():
        yield Step(key=key, label=_STEPS[key], hosts=int(kept.sum()))
    of_age = int(reach.of_age.sum())
    yield Step(key="age", label="acceptent son âge (ou ont la dérogation)", hosts=of_age)
    near = int(reach.reachable.sum())
    yield Step(key="trajet", label="sont assez proches d’un logement", hosts=near)
    free = reach.reachable & room
    yield Step(key="places", label="ont une place ces semaines-là", hosts=int(free.sum()))
    last = free & filling.linked(party)
    able = len({h for _, h, _ in filling.choices(party, last)})
    yield Step(
        key="liens", label="avec un lit, le groupe et le lien demandé (« hote »)", hosts=able
    )
