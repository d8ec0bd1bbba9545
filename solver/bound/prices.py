"""Multipliers: a price for each limit that units share, all in shares ≥ 0, laid out in one vector.

Any values give a valid bound. Must not know: pupils' options, how prices are improved.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.bound.seekers import SHARES
from solver.bound.stays import Stays
from solver.problem import NO_LIMIT, Longs, Problem

Floats = NDArray[np.float64]
HIGHEST = 1 << 36
"""No multiplier above it, so that sums stay far from overflow."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each family of limits lies in the vector, and what each limit allows."""

    shapes: dict[str, tuple[int, ...]]
    offset: dict[str, int]
    limit: Longs
    """(n) right-hand sides; 0 where there is no limit."""
    highest: Longs
    """(n) largest useful multiplier: 0 where there is no limit."""

    def view(self, vector: NDArray, family: str) -> NDArray:
        """The part of a vector that belongs to one family of limits, shaped."""
        shape = self.shapes[family]
        begin = self.offset[family]
        return vector[begin : begin + int(np.prod(shape))].reshape(shape)


def layout(problem: Problem) -> Layout:
    """Families of limits: seats, public rows, weeks a year, tutors, quotas, beds, saturation, equity."""
    capacities, weeks = problem.capacities, problem.weeks
    hosts = capacities.slots.shape[0]
    open_beds = capacities.beds.astype(np.int64)
    girls, boys, mixed = open_beds.T if len(open_beds) else np.zeros((3, 0), np.int64)
    beds = np.stack([mixed, girls + mixed, boys + mixed, girls + boys + mixed], axis=1)
    families: dict[str, tuple[Longs, int]] = {
        "seat": (capacities.slots.astype(np.int64), HIGHEST),
        "row": (capacities.public_slots.astype(np.int64).reshape(-1, weeks), HIGHEST),
        "year": (capacities.slot_weeks.astype(np.int64), HIGHEST),
        "tutor": (_every_week(capacities.trainees, weeks), HIGHEST),
        "legal": (_every_week(capacities.quota, weeks), HIGHEST),
        "bed": (np.repeat(beds[:, :, None], weeks, axis=2), HIGHEST),
        "present": (problem.saturation_threshold.copy(), problem.prices.saturation << SHARES),
        "equity": (problem.equity.allowance.astype(np.int64), -1),
    }
    shapes, offset, limits, highest = {}, {}, [], []
    position = 0
    for name, (limit, top) in families.items():
        shapes[name] = limit.shape
        offset[name] = position
        position += limit.size
        tops = np.full(limit.shape, top, np.int64)
        if name == "equity":
            tops[:] = problem.equity.surcharge[None, :] << SHARES
        tops[limit >= NO_LIMIT] = 0
        limits.append(np.where(limit >= NO_LIMIT, 0, limit).ravel())
        highest.append(tops.ravel())
    assert hosts == shapes["seat"][0]
    return Layout(shapes, offset, np.concatenate(limits), np.concatenate(highest))


def _every_week(limit, weeks: int) -> Longs:
    return np.repeat(limit.astype(np.int64)[:, None], weeks, axis=1)


@dataclass(frozen=True, slots=True)
class Tables:
    """What a vector of multipliers means for one pupil and for one case."""

    seat: Longs
    """(Q × H × W) shares for one pupil's stay from week w on."""
    bed: Longs
    """(Q × B × 3 × W) shares for a bed over a stay, by sex."""
    present: Longs
    """(P × W) shares for a whole period that starts at w (`saturation`)."""
    surcharge: Longs
    """(E) shares on top of the price of no place (`equite`)."""


def tables(problem: Problem, stays: Stays, where: Layout, vector: Longs) -> Tables:
    """Prices of stays, rounded down wherever several pupils share a slot."""
    capacities, weeks = problem.capacities, problem.weeks
    group = capacities.group_max.astype(np.int64)[:, None]
    slot = where.view(vector, "seat") + where.view(vector, "year")[:, None]
    rows, legal = where.view(vector, "row"), where.view(vector, "legal")
    pupil = where.view(vector, "tutor")
    if len(legal):
        counted = capacities.legal_person >= 0
        pupil = pupil + np.where(counted[:, None], legal[capacities.legal_person], 0)
    bed = where.view(vector, "bed")
    # subsets: unknown, girls, boys, all
    by_sex = np.stack([bed[:, 1] + bed[:, 3], bed[:, 2] + bed[:, 3], bed.sum(axis=1)], axis=1)
    seats = np.zeros((len(stays.weeks), len(group), weeks), np.int64)
    beds = np.zeros((len(stays.weeks), *by_sex.shape), np.int64)
    for q, (public, length) in enumerate(zip(stays.public, stays.weeks, strict=True)):
        weekly = slot
        if public >= 0 and len(rows):
            row = capacities.public_row[:, public]
            weekly = weekly + np.where((row >= 0)[:, None], rows[row], 0)
        weekly = weekly // group
        if stays.training[q]:
            weekly = weekly + pupil
        seats[q] = _over_stay(weekly, int(length))
        beds[q] = _over_stay(by_sex, int(length))
    size = problem.size.astype(np.int64)
    present = np.zeros((len(size), weeks), np.int64)
    weekly = where.view(vector, "present")
    for p, (family, length) in enumerate(
        zip(problem.family, problem.departures.duration, strict=True)
    ):
        present[p] = size[p] * _over_stay(weekly[family][None], int(length))[0]
    return Tables(seats, beds, present, where.view(vector, "equity").sum(axis=1))


def _over_stay(weekly: Longs, length: int) -> Longs:
    """Sums over `length` weeks from each week on (the last axis); cut at the year's end."""
    weeks = weekly.shape[-1]
    total = np.zeros((*weekly.shape[:-1], weeks + 1), np.int64)
    np.cumsum(weekly, axis=-1, out=total[..., 1:])
    end = np.minimum(np.arange(weeks) + length, weeks)
    return total[..., end] - total[..., :-1]
