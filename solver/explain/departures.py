"""The calendar rules of one scenario as guarded statements: when each period may start.

Without its duration a period takes its first week only; without its other cells it may start in any
usable week. Must not know: hosts, pupils, loosenings.
"""

from collections import defaultdict
from collections.abc import Sequence

from ortools.sat.python import cp_model

from solver.calendar import SchoolCalendar
from solver.domain import TRAINING, Closure, Period, Scenario
from solver.explain.guards import Guarded, Statement

Literal = cp_model.IntVar


class Departures:
    """Start literals of every period, and the constraints that tie them."""

    def __init__(self, guarded: Guarded, scenario: Scenario, calendar: SchoolCalendar) -> None:
        self.usable = calendar.usable
        self.duration: dict[str, Literal] = {}
        """Guard of « duree » by period id."""
        self.start: dict[str, list[Literal]] = {}
        """Literal by period id and usable week: the period starts there."""
        self.out: dict[str, list[Literal]] = {}
        """Literal by period id and usable week: true at least where the division is out."""
        self._guarded = guarded
        self._scenario = scenario
        self._calendar = calendar
        for period in scenario.periods:
            self._window(period)
        for period in scenario.periods:
            self._order(period)
        self._common()
        self._exclusions()
        self._absences()

    def last(self, period: Period, start: int) -> int:
        """Last usable week of the period, its duration respected; may lie past the year's end."""
        return start + period.duration_weeks - 1

    def _window(self, period: Period) -> None:
        model, guard, usable = self._guarded.model, self._guarded.guard, self.usable
        starts = [model.new_bool_var("") for _ in usable]
        out = [model.new_bool_var("") for _ in usable]
        model.add_exactly_one(starts)
        self.start[period.id], self.out[period.id] = starts, out
        weeks = f"{period.duration_weeks} semaine{'s' if period.duration_weeks > 1 else ''}"
        lasts = guard(
            _said(period, "duree", period.duration_weeks, f"{period.id} dure {weeks} de classe")
        )
        self.duration[period.id] = lasts
        unbroken = (
            None
            if period.may_straddle or period.duration_weeks == 1
            else guard(_said(period, "coupure", "non", f"{period.id} n’enjambe pas de vacances"))
        )
        closures = [(c, guard(closed(c, "fenetre"))) for c in self._closures(period)]
        for s, week in enumerate(usable):
            here = starts[s]
            end = self.last(period, s)
            model.add_implication(here, out[s])
            if end >= len(usable):
                self._guarded.forbid([here], [lasts])
                end = s
            span = usable[s : end + 1]
            for w in range(s, end + 1):
                model.add_bool_or([~here, ~lasts, out[w]])
            if unbroken is not None and span[-1].since(week) != len(span) - 1:
                self._guarded.forbid([here], [lasts, unbroken])
            for closure, shut in closures:
                if closure.first <= week <= closure.last:
                    self._guarded.forbid([here], [shut])
                elif any(closure.first <= w <= closure.last for w in span):
                    self._guarded.forbid([here], [shut, lasts])
            self._limits(period, here, s, end, lasts)

    def _limits(self, period: Period, here: Literal, s: int, end: int, lasts: Literal) -> None:
        """`debut_min`, `fin_max` and `debut_impose` against a start in week `s`."""
        forbid, guard = self._guarded.forbid, self._guarded.guard
        name, week = period.id, self.usable[s]
        if period.earliest is not None:
            sentence = f"{name} ne commence pas avant {period.earliest}"
            early = guard(_said(period, "debut_min", period.earliest, sentence))
            if week < period.earliest:
                forbid([here], [early])
        if period.latest is not None:
            sentence = f"{name} finit au plus tard en {period.latest}"
            late = guard(_said(period, "fin_max", period.latest, sentence))
            if week > period.latest:
                forbid([here], [late])
            elif self.usable[end] > period.latest:
                forbid([here], [late, lasts])
        if period.imposed is not None:
            sentence = f"{name} commence en {period.imposed}"
            if not self._calendar.is_usable(period.imposed):
                sentence += ", qui n’est pas une semaine de classe utilisable"
            fixed = guard(_said(period, "debut_impose", period.imposed, sentence))
            if week != period.imposed:
                forbid([here], [fixed])

    def _closures(self, period: Period) -> list[Closure]:
        uai = self._scenario.division_of[period.division].establishment
        return [c for c in self._scenario.closures if c.target in (period.division, uai)]

    def _order(self, period: Period) -> None:
        before = self._scenario.previous_period.get(period.id)
        if before is None or not self.usable:
            return
        guard, model = self._guarded.guard, self._guarded.model
        rank = guard(
            _said(period, "rang", period.rank, f"{period.id} vient après {before.id}", "ordre")
        )
        first = self._position(period, [s for s in range(len(self.usable))])
        ends = [min(self.last(before, s), len(self.usable) - 1) for s in range(len(self.usable))]
        one_week = self._position(before, list(range(len(self.usable))))
        whole = self._position(before, ends)
        rules = [(rank, 0)]
        if period.min_gap_weeks:
            weeks = f"{period.min_gap_weeks} semaine{'s' if period.min_gap_weeks > 1 else ''}"
            sentence = f"il faut {weeks} au moins entre {before.id} et {period.id}"
            gap = guard(_said(period, "ecart_min", period.min_gap_weeks, sentence, "ordre"))
            rules.append((gap, period.min_gap_weeks))
        for literal, least in rules:
            model.add(first >= one_week + 1 + least).only_enforce_if(literal)
            model.add(first >= whole + 1 + least).only_enforce_if(
                [literal, self.duration[before.id]]
            )

    def _position(self, period: Period, week_of: Sequence[int]) -> cp_model.LinearExpr:
        """Calendar position of usable week `week_of[s]`, `s` being the start."""
        weights = [self.usable[w].since(self.usable[0]) for w in week_of]
        return cp_model.LinearExpr.weighted_sum(self.start[period.id], weights)

    def _common(self) -> None:
        model = self._guarded.model
        groups: dict[str, list[Period]] = defaultdict(list)
        for period in self._scenario.periods:
            if period.departure:
                groups[period.departure].append(period)
        for name, periods in groups.items():
            if len(periods) == 1:
                continue
            together = [model.new_bool_var("") for _ in self.usable]
            for period in periods:
                sentence = f"{period.id} part avec le départ commun {name}"
                joined = self._guarded.guard(
                    _said(period, "depart", name, sentence, "depart-commun")
                )
                for mine, theirs in zip(self.start[period.id], together, strict=True):
                    model.add_bool_or([~mine, ~joined, theirs])
            model.add_at_most_one(together)

    def _exclusions(self) -> None:
        groups: dict[str, list[Period]] = defaultdict(list)
        for period in self._scenario.periods:
            for name in dict.fromkeys(period.exclusions):
                groups[name].append(period)
        for name, periods in groups.items():
            guards = [
                self._guarded.guard(
                    _said(p, "exclusion", name, f"{p.id} est dans le groupe d’exclusion {name}",
                          "exclusion", among=name)
                )
                for p in periods
            ]  # fmt: skip
            for i, a in enumerate(periods):
                for j, b in enumerate(periods[:i]):
                    if a.division != b.division:
                        for w in range(len(self.usable)):
                            both = [self.out[a.id][w], self.out[b.id][w]]
                            self._guarded.forbid(both, [guards[i], guards[j]])

    def _absences(self) -> None:
        model, scenario = self._guarded.model, self._scenario
        for school in scenario.establishments:
            limit = school.max_divisions_away
            divisions = {
                d.id for d in scenario.divisions
                if d.establishment == school.uai and d.public in TRAINING
            }  # fmt: skip
            if limit is None or not divisions:
                continue
            sentence = f"{school.uai} a au plus {limit} division{'s' if limit > 1 else ''} absentes"
            if limit < 2:
                sentence = f"{school.uai} a au plus {limit} division absente à la fois"
            else:
                sentence += " à la fois"
            guard = self._guarded.guard(
                Statement("absences-simultanees", "etablissements", school.uai,
                          "divisions_absentes_max", str(limit), sentence)
            )  # fmt: skip
            by_division: dict[str, list[Period]] = defaultdict(list)
            for period in scenario.periods:
                if period.division in divisions:
                    by_division[period.division].append(period)
            for w in range(len(self.usable)):
                away = []
                for periods in by_division.values():
                    out = model.new_bool_var("")
                    for period in periods:
                        model.add_implication(self.out[period.id][w], out)
                    away.append(out)
                model.add(sum(away) <= limit).only_enforce_if(guard)


def _said(
    period: Period,
    column: str,
    value: object,
    sentence: str,
    rule: str = "fenetre",
    among: str = "",
) -> Statement:
    return Statement(rule, "periodes", period.id, column, str(value), sentence, among)


def closed(closure: Closure, rule: str) -> Statement:
    """The statement that a row of `blocages.csv` makes."""
    span = f"de {closure.first} à {closure.last}"
    if closure.first == closure.last:
        span = f"en {closure.first}"
    reason = f" ({closure.reason})" if closure.reason else ""
    return Statement(
        rule,
        "blocages",
        closure_row(closure),
        "",
        "",
        f"{closure.target} est fermé {span}{reason}",
    )


def closure_row(closure: Closure) -> str:
    """How a row of `blocages.csv` is named."""
    return f"{closure.target}, {closure.first} à {closure.last}"
