"""Stays: the distinct (public, weeks) of a bassin, and how many pupils a host may take for each.

All demands with the same stay pay the same seat prices and meet the same limits at a host.
Must not know: pupils, prices.
"""

from dataclasses import dataclass

import numpy as np

from solver.domain import TRAINING
from solver.problem import NO_LIMIT, PUBLICS, Flags, Ints, Longs, Problem

ANY_PUBLIC = -1
"""Public of the stays that stand for a unit whose periods are not all alike."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Distinct (public, weeks), and their limits."""

    public: Ints
    """(Q) position in `PUBLICS`, or ANY_PUBLIC."""
    weeks: Ints
    """(Q)"""
    training: Flags
    """(Q) counts for tutors and legal quotas."""
    room: Ints
    """(Q × W × H) pupils that a host may take from week w on; 0 where the stay does not fit."""
    of_period: Ints
    """(P)"""
    of_unit: Ints
    """(U) the stay that limits all the unit's pupils together."""


def stays(problem: Problem) -> Stays:
    """The stays of all periods, and one for each unit as a whole."""
    departures = problem.departures
    index: dict[tuple[int, int], int] = {}

    def number(public: int, weeks: int) -> int:
        return index.setdefault((public, weeks), len(index))

    of_period = [
        number(int(public), int(weeks))
        for public, weeks in zip(problem.public, departures.duration, strict=True)
    ]
    of_unit = []
    for unit in range(len(departures.periods)):
        periods = departures.periods[unit]
        pairs = zip(problem.public[periods], departures.duration[periods], strict=True)
        kinds = {(int(public), int(weeks)) for public, weeks in pairs}
        alike = len(kinds) == 1
        of_unit.append(
            of_period[periods[0]]
            if alike
            else number(ANY_PUBLIC, min((weeks for _, weeks in kinds), default=1))
        )
    publics = np.array([public for public, _ in index], np.int32)
    durations = np.array([weeks for _, weeks in index], np.int32)
    training = np.array([p >= 0 and PUBLICS[p] in TRAINING for p in publics], np.bool_)
    hosts = problem.capacities.slots.shape[0]
    room = np.zeros((len(index), problem.weeks, hosts), np.int32)
    for q, (public, weeks) in enumerate(index):
        weekly = _weekly_room(problem, public, bool(training[q]))
        for start in range(problem.weeks - weeks + 1):
            room[q, start] = weekly[:, start : start + weeks].min(axis=1)
    return Stays(
        publics,
        durations,
        training,
        room,
        np.array(of_period, np.int32),
        np.array(of_unit, np.int32),
    )


def _weekly_room(problem: Problem, public: int, training: bool) -> Ints:
    """(H × W) pupils of one public that a host may take in a week."""
    capacities = problem.capacities
    slots = capacities.slots.astype(np.int64)
    if public != ANY_PUBLIC and len(capacities.public_slots):
        row = capacities.public_row[:, public]
        slots = np.where(
            (row >= 0)[:, None], np.minimum(slots, capacities.public_slots[row]), slots
        )
    pupils = slots * capacities.group_max[:, None]
    if training:
        pupils = np.minimum(pupils, capacities.trainees[:, None])
        if len(capacities.quota):
            legal = np.where(
                capacities.legal_person >= 0, capacities.quota[capacities.legal_person], NO_LIMIT
            )
            pupils = np.minimum(pupils, legal[:, None])
    pupils = filled(pupils, capacities.group_min[:, None], capacities.group_max[:, None])
    room: Ints = np.minimum(pupils, NO_LIMIT).astype(np.int32)
    return room


def filled(most: Ints | Longs, least: Ints | Longs, size: Ints | Longs) -> Longs:
    """The most pupils, of no more than `most`, that fill slots of `least` to `size` pupils each.

    Three are two where slots take exactly two (`taille-groupe`), whichever periods they come from.
    """
    fitting: Longs = np.minimum(most, most.astype(np.int64) // least * size)
    return fitting
