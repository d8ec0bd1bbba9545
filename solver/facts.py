"""The verifier's view of a plan: every placement with all that the rules look at, counted once.

Reads names and dates only. Must not know: `Problem`, OR-Tools, how plans are searched.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from solver.calendar import SchoolCalendar
from solver.domain import (
    BoardingHouse,
    Capacity,
    Division,
    FoundPlace,
    Host,
    Period,
    Placement,
    Plan,
    Pupil,
    Scenario,
    Violation,
)
from solver.travel import Journeys
from solver.week import Week

UNREADABLE = "plan"
"""Key of the violations that say that a row of the plan names nothing of the scenario."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A placement with what its ids stand for."""

    pupil: Pupil
    division: Division
    period: Period
    host: Host
    lodging: BoardingHouse | None
    """None from home."""
    weeks: tuple[Week, ...]
    """Occupied weeks; empty where the period does not start in a week it can start in."""
    minutes: int
    """One way, from the lodging."""
    found: FoundPlace | None
    """The place that the pupil had found for this period, if any."""

    @property
    def subject(self) -> str:
        return f"{self.pupil.id} / {self.period.id}"

    @property
    def uses_bed(self) -> bool:
        """Whether it takes a bed kept for pupils from elsewhere: a boarding house not their own."""
        return self.lodging is not None and self.lodging.id != self.pupil.boarding_house

    @property
    def at_found_place(self) -> bool:
        return self.found is not None and self.found.host == self.host.id


class Facts:
    """A scenario and a plan, resolved. Never raises: what cannot be resolved is in `unreadable`.

    `calendar` and `journeys` may be handed in where many plans of one scenario are read.
    """

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        calendar: SchoolCalendar | None = None,
        journeys: Journeys | None = None,
    ) -> None:
        self.scenario = scenario
        self.plan = plan
        self.calendar = calendar or SchoolCalendar(scenario)
        self._journeys = journeys or Journeys(scenario)
        self.start_of: Mapping[str, Week] = {
            period: week for period, week in plan.start_of.items() if period in scenario.period_of
        }
        """Start week by period id; a period without a departure is absent."""
        self.unreadable: tuple[Violation, ...] = tuple(self._unreadable())
        """Rows of the plan that name nothing of the scenario, or say a period twice."""

    @cached_property
    def weeks_of(self) -> Mapping[str, tuple[Week, ...]]:
        """Occupied weeks by period id; empty where the start is missing or impossible."""
        return {
            p.id: self.calendar.occupied(p, self.start_of[p.id]) if p.id in self.start_of else ()
            for p in self.scenario.periods
        }

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """Every placement that can be resolved, in the order of the plan."""
        scenario = self.scenario
        return tuple(
            Stay(
                pupil=(pupil := scenario.pupil_of[placement.pupil]),
                division=scenario.division_of[pupil.division],
                period=scenario.period_of[placement.period],
                host=scenario.host_of[placement.host],
                lodging=scenario.boarding_house_of[placement.lodging]
                if placement.lodging
                else None,
                weeks=self.weeks_of[placement.period],
                minutes=self._journeys.minutes(pupil, placement.host, placement.lodging or None),
                found=scenario.found_place_of.get((pupil.id, placement.period)),
            )
            for placement in self.plan.placements
            if not self._faults(placement)
        )

    @cached_property
    def hosts_of(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Host ids by (pupil id, period id), for the placed ones; more than one is a fault."""
        hosts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for stay in self.stays:
            hosts[stay.pupil.id, stay.period.id].append(stay.host.id)
        return {demand: tuple(h) for demand, h in hosts.items()}

    @cached_property
    def unplaced(self) -> tuple[tuple[Pupil, Period], ...]:
        return tuple(
            (u, p) for u, p in self.scenario.demands() if (u.id, p.id) not in self.hosts_of
        )

    @cached_property
    def heads(self) -> Mapping[str, Mapping[str, int]]:
        """Pupils by host id, then period id."""
        heads: dict[str, Counter[str]] = defaultdict(Counter)
        for stay in self.stays:
            heads[stay.host.id][stay.period.id] += 1
        return heads

    def slots(self, host: Host, period: str) -> int:
        """Slots used at a host by the pupils of a period: the fewest that hold them."""
        return -(-self.heads[host.id][period] // host.group_max)

    def present(self, host_id: str) -> Mapping[Week, Mapping[str, int]]:
        """For each week with pupils at a host: pupils by period id."""
        weeks: dict[Week, dict[str, int]] = defaultdict(dict)
        for period, heads in self.heads[host_id].items() if host_id in self.heads else ():
            for week in self.weeks_of[period]:
                weeks[week][period] = heads
        return weeks

    def slots_offered(self, host: Host, week: Week) -> int:
        """Slots of a host that week: the default, else its `*` row; 0 where it is closed."""
        if self.calendar.is_closed(host.id, week):
            return 0
        for row in self._whole_rows.get(host.id, ()):
            if row.first <= week <= row.last:
                return row.slots
        return host.slots

    def slots_vary(self, host: Host) -> bool:
        """Whether any week differs from the host's default."""
        return host.id in self._whole_rows or bool(self.calendar.closed_weeks(host.id))

    @cached_property
    def _whole_rows(self) -> Mapping[str, list[Capacity]]:
        rows: dict[str, list[Capacity]] = defaultdict(list)
        for row in self.scenario.capacities:
            if row.public == "*":
                rows[row.host].append(row)
        return rows

    def size(self, period: Period) -> int:
        """Pupils of the period's division, placed or not."""
        return len(self.scenario.pupils_of[period.division])

    def division(self, period: Period | str) -> Division:
        if isinstance(period, str):
            period = self.scenario.period_of[period]
        return self.scenario.division_of[period.division]

    def _faults(self, placement: Placement) -> list[str]:
        scenario = self.scenario
        pupil = scenario.pupil_of.get(placement.pupil)
        period = scenario.period_of.get(placement.period)
        faults = []
        if pupil is None:
            faults.append(f"l’élève « {placement.pupil} » n’existe pas dans le scénario")
        if period is None:
            faults.append(f"la période « {placement.period} » n’existe pas dans le scénario")
        if pupil and period and pupil.division != period.division:
            faults.append(f"la période n’est pas celle de la division {pupil.division} de l’élève")
        if placement.host not in scenario.host_of:
            faults.append(f"la structure « {placement.host} » n’existe pas dans le scénario")
        if placement.lodging and placement.lodging not in scenario.boarding_house_of:
            faults.append(f"l’internat « {placement.lodging} » n’existe pas dans le scénario")
        return faults

    def _unreadable(self) -> Iterator[Violation]:
        seen: set[str] = set()
        for departure in self.plan.departures:
            if departure.period not in self.scenario.period_of:
                message = "La période n’existe pas dans le scénario."
                yield Violation(rule=UNREADABLE, subject=departure.period, message=message)
            elif departure.period in seen:
                message = "La période a plusieurs lignes dans le calendrier."
                yield Violation(rule=UNREADABLE, subject=departure.period, message=message)
            seen.add(departure.period)
        for placement in self.plan.placements:
            for fault in self._faults(placement):
                yield Violation(
                    rule=UNREADABLE,
                    subject=f"{placement.pupil} / {placement.period}",
                    message=fault[0].upper() + fault[1:] + ".",
                )
