"""The scenario in integers: what the model, the search and the bound read.

Indices: w usable weeks (W), p periods (P, order of the scenario), u units (U: periods that leave
together), d demands (D: pupil-periods, sorted by period), c seeker classes (C: pupils for whom
the same options hold), o options (O: host + lodging), h hosts (H), b boarding houses (B),
e establishments (E). −1 stands for "none". Made by `prepare`. Must not know: names, dates.
"""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from solver.domain import Prices, Public

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FREE, SAME, DIFFERENT = 0, 1, 2
"""Values of `link`: the host against the previous rank's."""
GIRL, BOY, UNKNOWN_SEX = 0, 1, 2
PUBLICS: tuple[Public, ...] = get_args(Public)
"""Order of the publics in `public` and `public_row`."""
NO_LIMIT = 2**30


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of unequal length: row i is `values[start[i]:start[i + 1]]`."""

    start: Ints
    values: Ints

    def __getitem__(self, row: int) -> Ints:
        return self.values[self.start[row] : self.start[row + 1]]

    def __len__(self) -> int:
        return len(self.start) - 1


@dataclass(frozen=True, slots=True)
class Departures:
    """When periods may start, and what binds their calendars together."""

    ordinal: Ints
    """(W) calendar position of each usable week, for gaps that span holidays."""
    duration: Ints
    """(P) usable weeks; a period that starts at w occupies w … w + duration − 1."""
    unit: Ints
    """(P)"""
    periods: Ragged
    """(U) the periods of each unit."""
    allowed: Flags
    """(U × W) start weeks that `fenetre` allows to every period of the unit."""
    wished: Ints
    """(P) calendar position (as `ordinal`) of the wished start; NO_LIMIT: not priced."""
    reference: Ints
    """(P) calendar position of the start in the reference plan, or NO_LIMIT."""
    cost: Longs
    """(U × W) `decalage_semaine` + `stabilite_date`, in points."""
    gaps: Ints
    """(n × 3) earlier period, later period, calendar weeks between them at least (`ordre`)."""
    exclusions: Ragged
    """Groups of periods of which no two of different divisions may overlap (`exclusion`)."""
    absences: Ragged
    """Groups of periods of which at most `absences_max` divisions are out in a week."""
    absences_max: Ints


@dataclass(frozen=True, slots=True)
class Demands:
    """The pupil-periods to place: a demand is one pupil in one period."""

    period: Ints
    """(D), ascending."""
    first: Ints
    """(P + 1) the demands of period p are first[p] … first[p + 1] − 1."""
    pupil: Ints
    """(D) position in `scenario.everyone`."""
    seeker: Ints
    """(D) class whose options hold."""
    sex: Ints
    """(D) GIRL, BOY or UNKNOWN_SEX."""
    unplaced_cost: Longs
    """(D) `non_place` × priority (× `coef_place_trouvee`), without `equite`."""
    must: Flags
    """(D) `convention-signee`: has to be placed."""
    group: Ints
    """(D) group of demands placed together or not at all (`binome`), or −1."""
    groups: Ragged
    """(G) the demands of each group."""
    previous: Ints
    """(D) same pupil at the rank before, or −1."""
    link: Ints
    """(D) FREE, SAME or DIFFERENT against `previous` (`hote`)."""
    reference_host: Ints
    """(D) host in the reference plan, −1 if none, −2 if gone (`stabilite_accueil`)."""

    def linked(self, kind: int) -> Ints:
        """(M × 2) the earlier and the later of each two ranks that are linked so."""
        later = np.flatnonzero((self.link == kind) & (self.previous >= 0))
        return np.column_stack((self.previous[later], later)).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Options:
    """For each seeker class, where it may go, cheapest first."""

    start: Ints
    """(C + 1) options of class c are start[c] … start[c + 1] − 1."""
    host: Ints
    """(O)"""
    bed: Ints
    """(O) boarding house whose bed is used, or −1 (home, or the pupil's own house)."""
    lodging: Ints
    """(O) boarding house where the pupil lodges, own included, or −1 for home."""
    minutes: Ints
    """(O) one-way journey."""
    tier: Ints
    """(O) diploma fit 0, 1 or 2."""
    cost: Ints
    """(O) journey + discomfort + boarding + fit, in points."""
    last: Ints
    """(O) last usable week in which the stay may end (`derogation`); −1 never happens."""
    tail: Longs
    """(C) no option left out costs less; NO_LIMIT where none is left out."""


@dataclass(frozen=True, slots=True)
class Capacities:
    """What hosts, legal persons and boarding houses can take; NO_LIMIT where nothing binds."""

    slots: Ints
    """(H × W) `capacite`."""
    public_row: Ints
    """(H × 9) row of `public_slots` for the public (order of `PUBLICS`), or −1."""
    public_slots: Ints
    """(R × W) `capacite-public`."""
    group_min: Ints
    """(H) pupils of one division-period per slot, at least."""
    group_max: Ints
    """(H) … at most."""
    slot_weeks: Ints
    """(H) `semaines-max` over the year."""
    trainees: Ints
    """(H) `tuteurs`: pupils in training publics in a week."""
    legal_person: Ints
    """(H) counted legal person (`quota-legal`), or −1 where the rule does not count the host."""
    quota: Ints
    """(L) trainees of a legal person in a week."""
    beds: Ints
    """(B × 3) girls, boys, mixed."""


@dataclass(frozen=True, slots=True)
class Equity:
    """`equite`: steps of the price of unplaced demands, by establishment."""

    allowance: Ints
    """(E × S) unplaced demands free of the step's surcharge."""
    surcharge: Longs
    """(S) points per unplaced demand beyond it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bassin, in integers."""

    departures: Departures
    demands: Demands
    options: Options
    capacities: Capacities
    equity: Equity
    family: Ints
    """(P) 0 observation, 1 training."""
    public: Ints
    """(P) position in `PUBLICS`."""
    division: Ints
    """(P)"""
    establishment: Ints
    """(P)"""
    saturation_threshold: Longs
    """(2 × W) pupils out in a week free of `saturation`, by family."""
    prices: Prices
    """The price list, for the preferences that are priced one by one."""

    @property
    def weeks(self) -> int:
        return len(self.departures.ordinal)

    @property
    def size(self) -> Ints:
        """(P) demands of each period."""
        return np.diff(self.demands.first)


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan in integers: a start week per unit and an option (or −1) per demand."""

    start: Ints
    """(U) usable week."""
    option: Ints
    """(D) position in `Options`, or −1 where unplaced."""

    @property
    def unplaced(self) -> int:
        """Demands without a place."""
        return int((self.option < 0).sum())
