"""Multipliers: a price for each limit that units share, all in shares ≥ 0, laid out in one vector.

Any values give a valid bound. Must not know: pupils' options, how prices are improved.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.bound.seekers import SHARES
from solver.bound.stays import Stays, filled
from solver.problem import NO_LIMIT, Departures, Ints, Longs, Problem

HIGHEST = 1 << 36
"""No multiplier above it, so that sums stay far from overflow."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each family of limits lies in the vector, and what each limit allows."""

    shapes: dict[str, tuple[int, ...]]
    offset: dict[str, int]
    limit: Longs
    """(n) right-hand sides; 0 where there is no limit."""
    opening: Longs
    """(n) where multipliers begin."""
    highest: Longs
    """(n) largest useful multiplier: 0 where there is no limit."""
    tutor: Ints
    """(H) row of the host in family « tutor », or −1 where it cannot bind."""
    legal: Ints
    """(H) row of the host's legal person in family « legal », or −1."""
    away_group: Ints
    """(M) row of family « away » of each membership in a group: `exclusions`, then `absences`."""
    away_period: Ints
    """(M) the period that is its member."""

    def view(self, vector: NDArray[Any], family: str) -> NDArray[Any]:
        """The part of a vector that belongs to one family of limits, shaped."""
        shape = self.shapes[family]
        begin = self.offset[family]
        return vector[begin : begin + math.prod(shape)].reshape(shape)


def layout(
    problem: Problem, ties: int, company: int, weights: int, reach: Longs, alone: Longs
) -> Layout:
    """Families of limits: seat, row (of a public), year, tutor, legal, bed, present, away, equity,
    tie, company, meeting, alone.

    `ties`: how many limits `hote` sets; `company`: how many `taille-groupe` does; `reach`, `alone`:
    see `Meetings` (« meeting » holds its price plus `reach`, for none is below 0). Last comes
    « weight », no limit but how pupils share the prices of slots (`portions`): `weights` of them,
    at first all as much as a pupil left out.
    """
    capacities, weeks = problem.capacities, problem.weeks
    girls, boys, mixed = capacities.beds.astype(np.int64).T
    beds = np.stack([mixed, girls + mixed, boys + mixed, girls + boys + mixed], axis=1)
    group, member, together = _away(problem.departures)
    tutor, trainees = _tutors(problem)
    legal, quota = _legal_persons(problem)
    families: dict[str, tuple[Longs, Longs | int]] = {
        "seat": (capacities.slots.astype(np.int64), HIGHEST),
        "row": (capacities.public_slots.astype(np.int64).reshape(-1, weeks), HIGHEST),
        "year": (capacities.slot_weeks.astype(np.int64), HIGHEST),
        "tutor": (_every_week(trainees, weeks), HIGHEST),
        "legal": (_every_week(quota, weeks), HIGHEST),
        "bed": (np.repeat(beds[:, :, None], weeks, axis=2), HIGHEST),
        "present": (problem.saturation_threshold, problem.prices.saturation << SHARES),
        "away": (_every_week(together, weeks), HIGHEST),
        "equity": (
            problem.equity.allowance.astype(np.int64),
            problem.equity.surcharge[None, :] << SHARES,
        ),
        "tie": (np.ones(ties, np.int64), HIGHEST),
        "company": (np.zeros(company, np.int64), HIGHEST),
        "meeting": (np.zeros(len(reach), np.int64), 2 * reach),
        "alone": (np.zeros(alone.shape, np.int64), alone),
        "weight": (np.zeros(weights, np.int64), HIGHEST),
    }
    shapes: dict[str, tuple[int, ...]] = {}
    offset: dict[str, int] = {}
    limits: list[Longs] = []
    highest: list[Longs] = []
    for name, (limit, top) in families.items():
        shapes[name] = limit.shape
        offset[name] = sum(map(len, limits))
        bounded = limit < NO_LIMIT
        limits.append(np.where(bounded, limit, 0).ravel())
        highest.append(np.where(bounded, top, 0).ravel())
    opening = np.zeros(sum(map(len, limits)), np.int64)
    opening[offset["meeting"] : offset["alone"]] = reach
    opening[offset["weight"] :] = mean_unplaced(problem)
    return Layout(
        shapes=shapes,
        offset=offset,
        limit=np.concatenate(limits),
        opening=opening,
        highest=np.concatenate(highest),
        tutor=tutor,
        legal=legal,
        away_group=group,
        away_period=member,
    )


def mean_unplaced(problem: Problem) -> int:
    """Shares that leaving a pupil out costs on average: how far prices reach."""
    unplaced = problem.demands.unplaced_cost
    return int((unplaced.mean() if len(unplaced) else 1.0) * 2.0**SHARES)


def _tutors(problem: Problem) -> tuple[Ints, Longs]:
    """Row of each host whose tutors can bind, and the trainees they may have."""
    capacities = problem.capacities
    most = capacities.slots.max(axis=1, initial=0) * capacities.group_max
    trainees = filled(capacities.trainees, capacities.group_min, capacities.group_max)
    binding = np.flatnonzero(trainees < most)
    row = np.full(len(most), -1, np.int32)
    row[binding] = np.arange(len(binding))
    return row, trainees[binding]


def _legal_persons(problem: Problem) -> tuple[Ints, Longs]:
    """Row of each host's legal person whose quota can bind, and the quotas."""
    capacities = problem.capacities
    most = np.zeros(len(capacities.quota), np.int64)
    counted = np.flatnonzero(capacities.legal_person >= 0)
    slots = capacities.slots.max(axis=1, initial=0).astype(np.int64) * capacities.group_max
    person = capacities.legal_person[counted]
    np.add.at(most, person, slots[counted])
    least = np.full(len(most), NO_LIMIT, np.int64)
    np.minimum.at(least, person, capacities.group_min[counted])
    size = np.ones(len(most), np.int64)
    np.maximum.at(size, person, capacities.group_max[counted])
    quota = filled(capacities.quota, least, size)
    binding = np.flatnonzero(quota < most)
    row_of = np.full(len(most), -1, np.int32)
    row_of[binding] = np.arange(len(binding))
    row = np.full(len(slots), -1, np.int32)
    row[counted] = row_of[person]
    return row, quota[binding]


def _away(departures: Departures) -> tuple[Ints, Ints, Ints]:
    """Group and period of each membership, and the periods of a group that a week may see out.

    Those of one division never overlap (`ordre`): counting them counts divisions.
    """
    exclusions, absences = departures.exclusions, departures.absences
    sizes = np.concatenate([np.diff(exclusions.start), np.diff(absences.start)])
    group = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    alone = np.ones(len(exclusions), np.int32)
    most = np.concatenate([alone, departures.absences_max])
    return group, np.concatenate([exclusions.values, absences.values]), most


def _every_week(limit: Ints | Longs, weeks: int) -> Longs:
    return np.repeat(limit.astype(np.int64)[:, None], weeks, axis=1)


@dataclass(frozen=True, slots=True)
class Tables:
    """What a vector of multipliers means for one pupil and for one case."""

    seat: Longs
    """(Q × W × H) shares for one pupil's stay from week w on, but for slots that are shared."""
    slot: Longs
    """(Q × W × G) shares for a whole slot of a host that is shared."""
    bed: Longs
    """(Q × B × 3 × W) shares for a bed over a stay, by sex."""
    present: Longs
    """(P × W) shares for a whole period that starts at w (`saturation`)."""
    away: Longs
    """(P × W) shares for being out from w on (`exclusion`, `absences-simultanees`)."""
    surcharge: Longs
    """(E) shares on top of the price of no place (`equite`)."""
    company: Longs
    """(P × G) shares off for each pupil where the host wants several at a time; the slot costs
    `group_min` times as much more, so that who is alone there pays for those who are not."""
    tied: Longs
    """(D × DEPTH) shares for a host that the pupil's other stay wants too (`hote`)."""


def tables(
    problem: Problem, stays: Stays, where: Layout, met: Ints, company: Ints, vector: Longs
) -> Tables:
    """Prices of stays; `company` (P × G) rows."""
    capacities, weeks = problem.capacities, problem.weeks
    shared = capacities.group_max > 1
    slot = where.view(vector, "seat") + where.view(vector, "year")[:, None]
    rows = where.view(vector, "row")
    pupil = _by_host(where.view(vector, "tutor"), where.tutor)
    pupil += _by_host(where.view(vector, "legal"), where.legal)
    bed = where.view(vector, "bed")
    # subsets: unknown, girls, boys, all
    by_sex = np.stack([bed[:, 1] + bed[:, 3], bed[:, 2] + bed[:, 3], bed.sum(axis=1)], axis=1)
    seats = np.zeros((len(stays.weeks), weeks, len(shared)), np.int64)
    slots = np.zeros((len(stays.weeks), weeks, int(shared.sum())), np.int64)
    beds = np.zeros((len(stays.weeks), *by_sex.shape), np.int64)
    for q, (public, length) in enumerate(zip(stays.public, stays.weeks, strict=True)):
        weekly = slot
        if public >= 0 and len(rows):
            weekly = weekly + _by_host(rows, capacities.public_row[:, public])
        slots[q] = _over_stay(weekly[shared], int(length)).T
        weekly = np.where(shared[:, None], 0, weekly)
        if stays.training[q]:
            weekly = weekly + pupil
        seats[q] = _over_stay(weekly, int(length)).T
        beds[q] = _over_stay(by_sex, int(length))
    weekly = where.view(vector, "present")[problem.family]
    present = _while_out(problem, weekly) * problem.size.astype(np.int64)[:, None]
    weekly = np.zeros((len(problem.size), weeks), np.int64)
    np.add.at(weekly, where.away_period, where.view(vector, "away")[where.away_group])
    away = _while_out(problem, weekly)
    # The last entry is what NO_TIE reads.
    tie = np.append(where.view(vector, "tie"), 0)
    off = np.append(where.view(vector, "company"), 0)[company]
    tied = tie[met[:, :, 0]] + tie[met[:, :, 1]]
    return Tables(
        seats, slots, beds, present, away, where.view(vector, "equity").sum(axis=1), off, tied
    )


def _by_host(rows: Longs, row: Ints) -> Longs:
    """(H × W) the row of each host, 0 for −1."""
    spread = np.zeros((len(row), rows.shape[1]), np.int64)
    known = np.flatnonzero(row >= 0)
    spread[known] = rows[row[known]]
    return spread


def _while_out(problem: Problem, weekly: Longs) -> Longs:
    """(P × W) sums of `weekly` (P × W) over each period that starts at w."""
    total = np.zeros_like(weekly)
    duration = problem.departures.duration
    for length in np.unique(duration).tolist():
        total[duration == length] = _over_stay(weekly[duration == length], length)
    return total


def _over_stay(weekly: Longs, length: int) -> Longs:
    """Sums over `length` weeks from each week on (the last axis); cut at the year's end."""
    weeks = weekly.shape[-1]
    total = np.zeros((*weekly.shape[:-1], weeks + 1), np.int64)
    np.cumsum(weekly, axis=-1, out=total[..., 1:])
    end = np.minimum(np.arange(weeks) + length, weeks)
    return total[..., end] - total[..., :-1]
