"""Signed agreements as guarded statements: who has to be where, and the seats this takes.

Only signed places are compelled; classmates come in where a `binome` or `groupe_min` needs them,
everybody else may stay unplaced. Must not know: loosenings.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import permutations

from ortools.sat.python import cp_model

from solver.calendar import SchoolCalendar
from solver.domain import TRAINING, Capacity, Host, Period, Pupil, Scenario
from solver.explain.departures import Departures, closed
from solver.explain.guards import Guarded, Statement
from solver.funnel import Funnel
from solver.rules import age, derogation, quota_legal

Literal = cp_model.IntVar
Place = tuple[str, str]
"""A host id and a period id where somebody has signed."""
Amounts = dict[Place, cp_model.LinearExprT]
"""Slots or heads by place."""


class Agreements:
    """Presence literals of everybody an agreement may concern, and the limits of their hosts."""

    def __init__(
        self,
        guarded: Guarded,
        scenario: Scenario,
        calendar: SchoolCalendar,
        departures: Departures,
    ) -> None:
        self._guarded, self._scenario = guarded, scenario
        self._calendar, self._departures = calendar, departures
        self._funnel = Funnel(scenario, calendar)
        self._there: dict[Place, dict[str, Literal]] = {}
        """Presence by place, then pupil."""
        self._beds: dict[tuple[str, str], list[tuple[Period, Literal]]] = defaultdict(list)
        """Lodged literals by boarding house and sex."""
        signed = [f for f in scenario.found_places if f.status == "signee"]
        if not signed:
            return
        for host_id, period_id in dict.fromkeys((f.host, f.period) for f in signed):
            self._populate(scenario.host_of[host_id], scenario.period_of[period_id])
        for found in signed:
            sentence = (
                f"{found.pupil} a une convention signée chez {found.host} pour {found.period}"
            )
            literal = guarded.guard(
                Statement("convention-signee", "placements", f"{found.pupil}, {found.period}",
                          "statut", "signee", sentence)
            )  # fmt: skip
            guarded.model.add_implication(
                literal, self._there[found.host, found.period][found.pupil]
            )
        self._one_place()
        self._groups()
        self._links()
        for host_id in dict.fromkeys(host for host, _ in self._there):
            self._host_limits(scenario.host_of[host_id])
        self._quotas()
        self._bed_limits()

    def _populate(self, host: Host, period: Period) -> None:
        """Literals for the pupils who have signed there and for the classmates they may need."""
        signed = {
            f.pupil
            for f in self._scenario.found_places
            if f.status == "signee" and (f.host, f.period) == (host.id, period.id)
        }
        classmates = self._scenario.pupils_of[period.division]
        groups = {p.group for p in classmates if p.id in signed and p.group}
        present = {}
        for pupil in classmates:
            wanted = pupil.id in signed or host.group_min > 1 or pupil.group in groups
            if wanted and (pupil.id in signed or self._may_join(pupil, period, host)):
                present[pupil.id] = self._guarded.model.new_bool_var("")
        self._there[host.id, period.id] = present
        for pupil in classmates:
            if pupil.id in present:
                self._conditions(pupil, period, host, present[pupil.id])

    def _may_join(self, pupil: Pupil, period: Period, host: Host) -> bool:
        """Whether the host could take the pupil at all; waivers are looked at week by week."""
        reach = self._funnel.reach(pupil, period, ())
        return bool(reach.reachable[self._funnel.position[host.id]])

    def _conditions(self, pupil: Pupil, period: Period, host: Host, here: Literal) -> None:
        division = self._scenario.division_of[period.division]
        guard, forbid = self._guarded.guard, self._guarded.forbid
        if not age.RULE.allows(pupil.age, host.age_min):
            sentence = f"{host.id} demande {host.age_min} ans"
            if pupil.age is None:
                sentence += f" (âge de {pupil.id} inconnu)"
            forbid([here], [guard(_host("age", host, "age_min", host.age_min, sentence))])
        lacking = [need for need in pupil.needs if need not in host.equipment]
        if lacking:
            sentence = f"{pupil.id} a besoin de {' '.join(lacking)}, que {host.id} n’a pas"
            needs = Statement(
                "accessibilite", "eleves", pupil.id, "besoins", " ".join(pupil.needs), sentence
            )
            forbid([here], [guard(needs)])
        until = derogation.RULE.until(
            derogation.RULE.seeker(pupil, division), derogation.RULE.offer(host)
        )
        ends = "sans dérogation" if host.waiver_until is None else f"jusqu’au {host.waiver_until}"
        late = [
            self._departures.start[period.id][s]
            for s in range(len(self._departures.usable))
            if self._last_friday(period, s) > until
        ]
        if late:
            regulated = Statement(
                "derogation", "divisions", division.id, "reglemente", "oui",
                f"{division.id} fait des travaux réglementés",
            )  # fmt: skip
            waiver = _host(
                "derogation", host, "derogation_jusqu_au", host.waiver_until or "",
                f"{host.id} reçoit des mineurs pour ces travaux {ends}",
            )  # fmt: skip
            for start in late:
                forbid([here, start], [guard(regulated), guard(waiver)])
        if (pupil.id, period.id) not in self._scenario.found_place_of:
            self._lodge(pupil, period, host, here)

    def _last_friday(self, period: Period, start: int) -> date:
        last = min(self._departures.last(period, start), len(self._departures.usable) - 1)
        return self._departures.usable[last].friday

    def _lodge(self, pupil: Pupil, period: Period, host: Host, here: Literal) -> None:
        """A bed for a classmate who lives too far from the host."""
        reach = self._funnel.reach(pupil, period, ())
        at = self._funnel.position[host.id]
        if reach.from_home[at]:
            return
        beds = []
        for house, near in reach.from_house.items():
            if near[at]:
                lodged = self._guarded.model.new_bool_var("")
                self._beds[house, pupil.sex or ""].append((period, lodged))
                beds.append(lodged)
        self._guarded.model.add_bool_or([~here, *beds])

    def _one_place(self) -> None:
        by_demand: dict[tuple[str, str], list[Literal]] = defaultdict(list)
        for (_, period), present in self._there.items():
            for pupil, literal in present.items():
                by_demand[pupil, period].append(literal)
        for literals in by_demand.values():
            self._guarded.model.add_at_most_one(literals)

    def _groups(self) -> None:
        guard, forbid = self._guarded.guard, self._guarded.forbid
        for (_, period_id), present in self._there.items():
            by_group: dict[str, list[Pupil]] = defaultdict(list)
            division = self._scenario.period_of[period_id].division
            for pupil in self._scenario.pupils_of[division]:
                if pupil.group:
                    by_group[pupil.group].append(pupil)
            for name, pupils in by_group.items():
                for one, other in permutations(pupils, 2):
                    if one.id not in present:
                        continue
                    guards = [
                        guard(Statement("binome", "eleves", p.id, "groupe", name,
                                        f"{p.id} est dans le groupe {name}"))
                        for p in (one, other)
                    ]  # fmt: skip
                    absent = [~present[other.id]] if other.id in present else []
                    forbid([present[one.id], *absent], guards)

    def _links(self) -> None:
        for (host, period_id), present in self._there.items():
            period = self._scenario.period_of[period_id]
            before = self._scenario.previous_period.get(period_id)
            if before is None or period.host_link == "libre":
                continue
            words = "la même structure" if period.host_link == "meme" else "une autre structure"
            statement = Statement(
                "hote", "periodes", period_id, "hote", period.host_link,
                f"{period_id} se fait dans {words} que {before.id}",
            )  # fmt: skip
            for (other, other_period), earlier in self._there.items():
                same = other == host
                if other_period == before.id and same != (period.host_link == "meme"):
                    for pupil in present.keys() & earlier.keys():
                        self._guarded.forbid(
                            [present[pupil], earlier[pupil]], [self._guarded.guard(statement)]
                        )

    def _host_limits(self, host: Host) -> None:
        model, guard, weeks = self._guarded.model, self._guarded.guard, self._departures.usable
        slots: Amounts = {}
        for (at, period), present in self._there.items():
            if at != host.id:
                continue
            count = sum(present.values())
            used = model.new_int_var(0, len(present), "")
            model.add(used * host.group_max >= count)
            if host.group_min > 1:
                sentence = f"{host.id} prend au moins {host.group_min} élèves par place"
                least = guard(_host("taille-groupe", host, "groupe_min", host.group_min, sentence))
                model.add(used * host.group_min <= count).only_enforce_if(least)
            slots[at, period] = used
        for w in range(len(weeks)):
            for limit, literal in self._slots(host, w):
                model.add(self._present(slots, w) <= limit).only_enforce_if(literal)
        for row in self._scenario.capacities:
            if row.host == host.id and row.public != "*":
                chosen = {p: s for p, s in slots.items() if self._public(p[1]) == row.public}
                for w, week in enumerate(weeks):
                    if chosen and row.first <= week <= row.last:
                        model.add(self._present(chosen, w) <= row.slots).only_enforce_if(
                            guard(_capacity(row))
                        )
        if host.max_slot_weeks is not None:
            year = sum(
                used * self._scenario.period_of[period].duration_weeks
                for (_, period), used in slots.items()
            )
            sentence = f"{host.id} offre {host.max_slot_weeks} places-semaines dans l’année"
            literal = guard(
                _host("semaines-max", host, "semaines_max", host.max_slot_weeks, sentence)
            )
            model.add(year <= host.max_slot_weeks).only_enforce_if(literal)
        if host.tutors is not None:
            per_tutor = self._scenario.regulation.trainees_per_tutor
            sentence = f"{host.id} a {host.tutors} tuteur(s), {per_tutor} stagiaires chacun au plus"
            literal = guard(_host("tuteurs", host, "tuteurs", host.tutors, sentence))
            heads = self._trainees([host.id])
            for w in range(len(weeks)):
                model.add(self._present(heads, w) <= host.tutors * per_tutor).only_enforce_if(
                    literal
                )

    def _slots(self, host: Host, w: int) -> Iterable[tuple[int, Literal]]:
        """The limits of a week, the one in force first; then those that would take its place."""
        week, guard = self._departures.usable[w], self._guarded.guard
        plural = "s" if host.slots > 1 else ""
        sentence = f"{host.id} a {host.slots} place{plural} par semaine"
        levels = [
            (0, closed(c, "capacite"))
            for c in self._scenario.closures
            if c.target == host.id and c.first <= week <= c.last
        ]
        levels += [
            (row.slots, _capacity(row))
            for row in self._scenario.capacities
            if row.host == host.id and row.public == "*" and row.first <= week <= row.last
        ]
        levels.append((host.slots, _host("capacite", host, "places", host.slots, sentence)))
        limit = -1
        for slots, statement in levels:
            if slots >= limit:
                limit = slots
                yield slots, guard(statement)

    def _quotas(self) -> None:
        model, scenario = self._guarded.model, self._scenario
        limits = quota_legal.quotas(scenario)
        for siren, limit in limits.items():
            counted = [h for h in scenario.hosts if quota_legal.counted_legal_person(h) == siren]
            heads = self._trainees([h.id for h in counted])
            if not heads:
                continue
            staff = sum(h.staff or 0 for h in counted)
            sentence = f"{siren} ({staff} salariés) a au plus {limit} stagiaires à la fois"
            literal = self._guarded.guard(
                Statement("quota-legal", "accueils", ", ".join(h.id for h in counted),
                          "effectif", " + ".join(str(h.staff) for h in counted), sentence)
            )  # fmt: skip
            for w in range(len(self._departures.usable)):
                model.add(self._present(heads, w) <= limit).only_enforce_if(literal)

    def _trainees(self, hosts: Sequence[str]) -> Amounts:
        """Pupils of training publics by place, at these hosts."""
        return {
            (host, period): sum(present.values())
            for (host, period), present in self._there.items()
            if host in hosts and self._public(period) in TRAINING
        }

    def _bed_limits(self) -> None:
        model = self._guarded.model
        for house in self._scenario.boarding_houses:
            if not any((house.id, sex) in self._beds for sex in ("f", "g", "")):
                continue
            row = Statement(
                "internat-places", "internats", house.id, "places_f, places_g, places_mixtes",
                f"{house.beds_girls}, {house.beds_boys}, {house.beds_mixed}",
                f"les lits de {house.id} sont comptés",
            )  # fmt: skip
            for w in range(len(self._departures.usable)):
                beyond = []
                for sex, beds in (("f", house.beds_girls), ("g", house.beds_boys), ("", 0)):
                    lodged = self._beds.get((house.id, sex), [])
                    over = model.new_int_var(0, len(lodged), "")
                    model.add(over >= sum(self._inside(p, x, w) for p, x in lodged) - beds)
                    beyond.append(over)
                model.add(sum(beyond) <= house.beds_mixed).only_enforce_if(self._guarded.guard(row))

    def _present(self, amounts: Amounts, w: int) -> cp_model.LinearExprT:
        """The sum of what is used in week `w` by the periods that are out then."""
        model, total = self._guarded.model, []
        for (_, period), amount in amounts.items():
            most = len(self._scenario.pupils_of[self._scenario.period_of[period].division])
            used = model.new_int_var(0, most, "")
            model.add(used >= amount).only_enforce_if(self._departures.out[period][w])
            total.append(used)
        return sum(total)

    def _inside(self, period: Period, literal: Literal, w: int) -> Literal:
        both = self._guarded.model.new_bool_var("")
        self._guarded.model.add_bool_or([~literal, ~self._departures.out[period.id][w], both])
        return both

    def _public(self, period: str) -> str:
        return self._scenario.division_of[self._scenario.period_of[period].division].public


def _host(rule: str, host: Host, column: str, value: object, sentence: str) -> Statement:
    return Statement(rule, "accueils", host.id, column, str(value), sentence)


def _capacity(row: Capacity) -> Statement:
    rule = "capacite" if row.public == "*" else "capacite-public"
    span = f"de {row.first} à {row.last}" if row.first != row.last else f"en {row.first}"
    whom = "" if row.public == "*" else f" aux {row.public}"
    return Statement(
        rule, "capacites", capacity_row(row), "places",
        str(row.slots), f"{row.host} offre {row.slots} place(s){whom} {span}",
    )  # fmt: skip


def capacity_row(row: Capacity) -> str:
    """How a row of `capacites.csv` is named."""
    return f"{row.host}, {row.public}, {row.first} à {row.last}"
