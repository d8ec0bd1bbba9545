"""Why a pupil has no place in a plan: one stable key and one French sentence for each.

The funnel tells who could take the pupil, the seats who still can. Must not know: OR-Tools.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from solver.domain import Period, Plan, Pupil, Scenario, Unplaced
from solver.facts import Facts
from solver.funnel import Funnel, Reach
from solver.indicators.models import ReasonKey
from solver.indicators.seats import Seats
from solver.problem import Flags
from solver.rules import trajet
from solver.week import Week

Verdict = tuple[ReasonKey, str]
_LACKING = {
    "public": "Aucune structure n’accueille ce public ({public}).",
    "diplome": "Aucune structure ne convient à la formation {diploma}.",
    "pays": "Les structures compatibles sont hors des pays où l’élève peut aller ({countries}).",
    "reserve": "Les structures compatibles sont réservées à d’autres établissements.",
    "accessibilite": "Aucune structure compatible n’a les équipements demandés ({needs}).",
}


def reasons(scenario: Scenario, plan: Plan, facts: Facts | None = None) -> tuple[Unplaced, ...]:
    """One row per unplaced pupil-period, in the order of `Scenario.demands`."""
    facts = facts or Facts(scenario, plan)
    ask = _Inquiry(facts)
    rows = []
    for pupil, period in facts.unplaced:
        reason, detail = ask(pupil, period)
        rows.append(Unplaced(pupil=pupil.id, period=period.id, reason=reason, detail=detail))
    return tuple(rows)


class _Inquiry:
    """The questions put in turn to one unplaced pupil-period."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._scenario = facts.scenario
        self._funnel = Funnel(facts.scenario, facts.calendar)
        self._seats = Seats(facts)
        self._mates: dict[tuple[str, str], list[Pupil]] = defaultdict(list)
        for pupil in facts.scenario.everyone:
            if pupil.group:
                self._mates[pupil.division, pupil.group].append(pupil)
        self._next_period = {
            before.id: facts.scenario.period_of[after]
            for after, before in facts.scenario.previous_period.items()
        }

    def __call__(self, pupil: Pupil, period: Period) -> Verdict:
        weeks = self._facts.weeks_of[period.id]
        if not weeks:
            return "sans-depart", "La période n’a pas de semaines dans ce plan."
        reach = self._funnel.reach(pupil, period, weeks)
        if not reach.reachable.any():
            return self._out_of_reach(pupil, period, reach)
        span = f"de {weeks[0]} à {weeks[-1]}" if len(weeks) > 1 else f"en {weeks[0]}"
        room = self._seats.room(period)
        if not (reach.reachable & room).any():
            return "semaines-saturees", self._saturated(pupil, period, reach, span)
        open_hosts = room & self._lodged(reach, [pupil], period)
        if not open_hosts.any():
            count = int((reach.reachable & room).sum())
            where = "une structure" if count == 1 else f"{count} structures"
            return "internat", (
                f"Il ne reste de place que dans {where} où il faut loger à l’internat, "
                f"et il n’y a plus de lit {span}."
            )
        linked = open_hosts & self._linked(pupil, period)
        if not linked.any():
            return "hote", (
                f"{_still_free(open_hosts)} {span}, mais aucune ne respecte le lien demandé avec "
                "la structure de l’autre période de l’élève."
            )
        mates = self._mates.get((pupil.division, pupil.group or ""), [pupil])
        if len(mates) > 1 and not self._together(mates, period, weeks).any():
            return "binome", (
                f"Aucune structure ne peut prendre ensemble les {len(mates)} élèves "
                f"du groupe {pupil.group} {span}."
            )
        return "place-libre", (
            f"{_still_free(linked)} {span} : l’occuper coûterait plus cher ailleurs, "
            "ou le plan peut être amélioré."
        )

    def _out_of_reach(self, pupil: Pupil, period: Period, reach: Reach) -> Verdict:
        division = self._scenario.division_of[pupil.division]
        found = self._scenario.found_place_of.get((pupil.id, period.id))
        for key, kept in reach.kept.items():
            if not kept.any():
                sentence = _LACKING[key].format(
                    public=division.public,
                    diploma=division.diploma,
                    countries=" ".join(pupil.countries),
                    needs=" ".join(pupil.needs),
                )
                if found:
                    sentence = f"La place trouvée ({found.host}) n’a pas les équipements demandés."
                return "aucun-accueil", sentence
        count = int(reach.compatible.sum())
        if not reach.of_age.any():
            if found:
                who = f"La place trouvée ({found.host}) n’accepte pas l’élève"
            elif count == 1:
                who = "La seule structure compatible n’accepte pas l’élève"
            else:
                who = f"Aucune des {count} structures compatibles n’accepte l’élève"
            return "age-derogation", (f"{who} : âge minimal, ou dérogation absente ou trop courte.")
        nearest = int(reach.minutes[reach.of_age].min())
        limit = trajet.limit_minutes(self._scenario, pupil, division)
        return "trajet", (
            f"La structure compatible la plus proche est à {nearest} min, pour {limit} min au plus."
        )

    def _saturated(self, pupil: Pupil, period: Period, reach: Reach, span: str) -> str:
        found = self._scenario.found_place_of.get((pupil.id, period.id))
        if found:
            return f"La place trouvée ({found.host}) est prise par d’autres élèves {span}."
        count = int(reach.reachable.sum())
        who = (
            "La seule structure possible n’a"
            if count == 1
            else f"Les {count} structures possibles n’ont"
        )
        sentence = f"{who} plus de place {span} (places, tuteurs ou quota)."
        barred = int((reach.compatible & ~reach.of_age & self._seats.room(period)).sum())
        if barred:
            those = "Une autre en a" if barred == 1 else f"{barred} autres en ont"
            sentence += f" {those}, mais l’âge ou la dérogation l’exclut."
        return sentence

    def _lodged(self, reach: Reach, pupils: Sequence[Pupil], period: Period) -> Flags:
        """(H) the hosts in reach of a lodging that is still free."""
        lodged = reach.from_home.copy()
        for house_id, near in reach.from_house.items():
            house = self._scenario.boarding_house_of[house_id]
            if self._seats.has_bed(house, pupils, period):
                lodged |= near
        return lodged

    def _linked(self, pupil: Pupil, period: Period) -> Flags:
        """(H) the hosts that `hote` allows, given where the pupil goes at the ranks beside."""
        allowed = np.ones(len(self._scenario.hosts), np.bool_)
        before = self._scenario.previous_period.get(period.id)
        after = self._next_period.get(period.id)
        for other, link in (
            (before, period.host_link),
            (after, after.host_link if after else "libre"),
        ):
            if other is None or link == "libre":
                continue
            for host in self._facts.hosts_of.get((pupil.id, other.id), ()):
                there = np.zeros_like(allowed)
                there[self._funnel.position[host]] = True
                allowed &= there if link == "meme" else ~there
        return allowed

    def _together(self, mates: Sequence[Pupil], period: Period, weeks: Sequence[Week]) -> Flags:
        """(H) the hosts that could take the whole group."""
        together = self._seats.room(period, len(mates))
        for mate in mates:
            reach = self._funnel.reach(mate, period, weeks)
            together = together & self._lodged(reach, [mate], period) & self._linked(mate, period)
        return together


def _still_free(hosts: Flags) -> str:
    count = int(hosts.sum())
    return (
        "Une structure a encore une place"
        if count == 1
        else (f"{count} structures ont encore une place")
    )
