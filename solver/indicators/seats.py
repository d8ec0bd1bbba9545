"""What a plan leaves free: slots, heads and beds, host by host and week by week.

Arrays over hosts (H), periods (P) and usable weeks (W), in the order of the scenario and of the
calendar. Must not know: who is eligible.
"""

from collections.abc import Sequence

import numpy as np

from solver.domain import TRAINING, BoardingHouse, Period, Pupil
from solver.facts import Facts
from solver.prepare.capacities import capacities
from solver.problem import NO_LIMIT, PUBLICS, Flags, Ints
from solver.rules import internat_ouvert


class Seats:
    """The occupation of every host and boarding house by a plan, and what one could still add."""

    def __init__(self, facts: Facts) -> None:
        scenario, index = facts.scenario, facts.calendar.index
        hosts, weeks = scenario.hosts, len(facts.calendar.usable)
        self.limits = capacities(scenario, facts.calendar)
        self._period = {p.id: i for i, p in enumerate(scenario.periods)}
        self._public = {
            p.id: PUBLICS.index(scenario.division_of[p.division].public) for p in scenario.periods
        }
        host_at = {h.id: i for i, h in enumerate(hosts)}
        self.heads: Ints = np.zeros((len(scenario.periods), len(hosts)), np.int32)
        """(P × H) pupils of a period at a host."""
        self.slots_used: Ints = np.zeros((len(hosts), weeks), np.int32)
        """(H × W)"""
        self.trainees: Ints = np.zeros((len(hosts), weeks), np.int32)
        """(H × W) pupils in training publics."""
        self.public_used: Ints = np.zeros_like(self.limits.public_slots)
        """(R × W) slots used by the publics that have a cap."""
        self.slot_weeks = np.zeros(len(hosts), np.int64)
        """(H)"""
        self._span: dict[str, Ints] = {
            p: np.array([index[w] for w in ws], np.int32) for p, ws in facts.weeks_of.items()
        }
        for host_id, heads in facts.heads.items():
            h = host_at[host_id]
            for period_id, count in heads.items():
                span, slots = self._span[period_id], facts.slots(hosts[h], period_id)
                self.heads[self._period[period_id], h] = count
                self.slots_used[h, span] += slots
                self.slot_weeks[h] += slots * len(span)
                if PUBLICS[self._public[period_id]] in TRAINING:
                    self.trainees[h, span] += count
                row = self.limits.public_row[h, self._public[period_id]]
                if row >= 0:
                    self.public_used[row, span] += slots
        self.persons: Ints = np.zeros((len(self.limits.quota), weeks), np.int32)
        """(L × W) pupils in training publics, by counted legal person."""
        counted = self.limits.legal_person >= 0
        np.add.at(self.persons, self.limits.legal_person[counted], self.trainees[counted])
        self._beds: dict[tuple[str, str], Ints] = {}
        for stay in facts.stays:
            if stay.lodging is not None and internat_ouvert.uses_bed(stay.pupil, stay.lodging):
                taken = self._taken(stay.lodging, stay.pupil.sex, weeks)
                taken[self._span[stay.period.id]] += 1
        self._weeks = weeks

    def take(
        self,
        period: Period,
        host: int,
        pupils: Sequence[Pupil],
        lodgings: Sequence[BoardingHouse | None],
    ) -> None:
        """Count these pupils of a period in at a host, each lodged at home (None) or in a house."""
        limits, span, row = self.limits, self._span[period.id], self._period[period.id]
        present = int(self.heads[row, host])
        size = int(limits.group_max[host])
        more = -(-(present + len(pupils)) // size) - -(-present // size)
        self.heads[row, host] += len(pupils)
        self.slots_used[host, span] += more
        self.slot_weeks[host] += more * len(span)
        public = self._public[period.id]
        if limits.public_row[host, public] >= 0:
            self.public_used[limits.public_row[host, public], span] += more
        if PUBLICS[public] in TRAINING:
            self.trainees[host, span] += len(pupils)
            if limits.legal_person[host] >= 0:
                self.persons[limits.legal_person[host], span] += len(pupils)
        for pupil, lodging in zip(pupils, lodgings, strict=True):
            if lodging is not None and internat_ouvert.uses_bed(pupil, lodging):
                self._taken(lodging, pupil.sex, self._weeks)[span] += 1

    def room(self, period: Period, heads: int = 1) -> Flags:
        """(H) the hosts that could take `heads` more pupils of a period in all its weeks."""
        limits, span = self.limits, self._span[period.id]
        present = self.heads[self._period[period.id]]
        after = -(-(present + heads) // limits.group_max)
        more = after - -(-present // limits.group_max)
        room: Flags = after * limits.group_min <= present + heads
        room &= self._least(limits.slots - self.slots_used, span) >= more
        room &= self.slot_weeks + more * len(span) <= limits.slot_weeks
        public = self._public[period.id]
        row = limits.public_row[:, public]
        if len(limits.public_slots):
            left = self._least(limits.public_slots - self.public_used, span)
            room &= (row < 0) | (left[row] >= more)
        if PUBLICS[public] in TRAINING:
            room &= limits.trainees - self.trainees[:, span].max(axis=1, initial=0) >= heads
            if len(limits.quota):
                left = self._least(limits.quota[:, None] - self.persons, span)
                room &= (limits.legal_person < 0) | (left[limits.legal_person] >= heads)
        return room

    def has_bed(self, house: BoardingHouse, pupils: Sequence[Pupil], period: Period) -> bool:
        """Whether the house could lodge these pupils, besides those who are there."""
        span = self._span[period.id]
        overflow = np.zeros(len(span), np.int32)
        for sex, beds in (("f", house.beds_girls), ("g", house.beds_boys), (None, 0)):
            present = self._taken(house, sex, self._weeks)[span]
            overflow += np.maximum(0, present + sum(p.sex == sex for p in pupils) - beds)
        return bool((overflow <= house.beds_mixed).all())

    def _taken(self, house: BoardingHouse, sex: str | None, weeks: int) -> Ints:
        return self._beds.setdefault((house.id, sex or ""), np.zeros(weeks, np.int32))

    @staticmethod
    def _least(left: Ints, span: Ints) -> Ints:
        least: Ints = left[:, span].min(axis=1, initial=NO_LIMIT)
        return least
