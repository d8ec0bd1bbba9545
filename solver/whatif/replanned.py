"""What a re-planning changed, row by row, and why. Must not know: how plans are found."""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from solver.domain import Frozen, Plan, Result, Scenario, column
from solver.week import Week

DateCause = Literal["impossible", "place", "libre"]
"""The old week no longer stands; keeping it would cost a pupil a place; dates were left free."""
PlaceCause = Literal["place-perdue", "ricochet"]
"""The old place no longer stands; the pupil makes room for another, or is better off."""


class Redated(Frozen):
    """A period that leaves in another week."""

    period: Annotated[str, column("periode", "Période")]
    before: Annotated[Week | None, column("avant", "Départ avant ; vide : nouvelle période")]
    after: Annotated[Week, column("apres", "Départ maintenant")]
    cause: Annotated[DateCause, column("cause", "Pourquoi elle bouge")]


class Rehoused(Frozen):
    """A pupil who goes elsewhere in a period, has lost a place or has found one."""

    pupil: Annotated[str, column("eleve", "Élève")]
    period: Annotated[str, column("periode", "Période")]
    before: Annotated[str | None, column("avant", "Structure avant ; vide : aucune")]
    after: Annotated[str | None, column("apres", "Structure maintenant ; vide : aucune")]
    cause: Annotated[PlaceCause, column("cause", "Pourquoi l’élève bouge")]


class Replanned(Frozen):
    """A plan for the scenario as it is now, and all that differs from the plan of before."""

    result: Annotated[Result, column("resultat", "Le plan, vérifié, et son coût sans la stabilité")]
    repaired_seconds: Annotated[
        float | None, column("repare_en", "Secondes jusqu’au premier plan sans infraction")
    ] = None
    redated: Annotated[
        tuple[Redated, ...], column("decalees", "Périodes qui changent de date")
    ] = ()
    rehoused: Annotated[tuple[Rehoused, ...], column("deplaces", "Qui change d’accueil")] = ()
    placed_before: Annotated[int, column("places_avant", "Élève-périodes placées avant")] = 0
    gone: Annotated[int, column("disparues", "Placées avant, qui n’existent plus")] = 0
    untouched: Annotated[
        int, column("intactes", "Placées avant, dont la place tient encore telle quelle")
    ] = 0
    kept: Annotated[int, column("gardees", "Parmi les intactes, celles qui gardent leur place")] = 0
    new: Annotated[int, column("nouvelles", "Élève-périodes qui n’existaient pas")] = 0

    @property
    def kept_share(self) -> float | None:
        """Part of the untouched placements that stay, 0 to 1."""
        return self.kept / self.untouched if self.untouched else None

    @property
    def lost(self) -> tuple[Rehoused, ...]:
        """Who had a place and has none."""
        return tuple(r for r in self.rehoused if r.after is None)

    @property
    def won(self) -> tuple[Rehoused, ...]:
        """Who had none, or did not exist, and has one."""
        return tuple(r for r in self.rehoused if r.before is None)


def redated(
    scenario: Scenario, before: Plan, after: Plan, forced: Collection[str], *, free: bool
) -> Iterator[Redated]:
    """Periods whose start differs; `forced`: those whose old week no longer stood."""
    for period in scenario.periods:
        old, new = before.start_of.get(period.id), after.start_of[period.id]
        if old != new:
            cause: DateCause = "impossible" if period.id in forced else "libre" if free else "place"
            yield Redated(period=period.id, before=old, after=new, cause=cause)


def rehoused(
    scenario: Scenario, before: Plan, after: Plan, untouched: Collection[tuple[str, str]]
) -> Iterator[Rehoused]:
    """Pupil-periods of the scenario whose host differs."""
    for pupil, period in scenario.demands():
        demand = pupil.id, period.id
        old, new = before.placement_of.get(demand), after.placement_of.get(demand)
        if (old and old.host) != (new and new.host):
            yield Rehoused(
                pupil=pupil.id,
                period=period.id,
                before=old.host if old else None,
                after=new.host if new else None,
                cause="place-perdue" if old and demand not in untouched else "ricochet",
            )
