"""Which rows somebody may reach, as a condition of every query. Who does: `accounts.rights`.

Must not know: roles.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlmodel import col, select

from service.tables import (
    EventRow,
    PlanRow,
    ProposalRow,
    RunRow,
    ScenarioRow,
    ScenarioSchoolRow,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """A territory: everything, an académie, some of its bassins, or some establishments.

    Establishments reach what was published for them, and the proposals made in their name.
    """

    everything: bool = False
    academy: str | None = None
    bassins: tuple[str, ...] | None = None
    """None: the whole académie."""
    establishments: tuple[str, ...] | None = None
    """None: no such limit."""

    def holds(self, academy: str, bassin: str) -> bool:
        """Whether a bassin lies within, for whoever does not look through establishments."""
        if self.everything:
            return True
        return (
            self.establishments is None
            and self.academy == academy
            and (self.bassins is None or bassin in self.bassins)
        )

    def scenarios(self) -> ColumnElement[bool]:
        if self.establishments is not None:
            published = exists().where(
                col(PlanRow.scenario_id) == col(ScenarioRow.id),
                col(PlanRow.published_at).is_not(None),
            )
            return and_(self._has_school(ScenarioRow.id), published)
        return self._bassin(ScenarioRow.academy, ScenarioRow.bassin)

    def runs(self) -> ColumnElement[bool]:
        if self.establishments is not None:
            return false()
        return self._bassin(RunRow.academy, RunRow.bassin)

    def plans(self) -> ColumnElement[bool]:
        if self.establishments is not None:
            return and_(
                self._has_school(PlanRow.scenario_id), col(PlanRow.published_at).is_not(None)
            )
        return self._bassin(PlanRow.academy, PlanRow.bassin)

    def proposals(self) -> ColumnElement[bool]:
        if self.establishments is not None:
            return col(ProposalRow.uai).in_(self.establishments)
        return self._bassin(ProposalRow.academy, ProposalRow.bassin)

    def events(self) -> ColumnElement[bool]:
        if self.establishments is not None:
            return false()
        return self._bassin(EventRow.academy, EventRow.bassin)

    def _bassin(self, academy: str, bassin: str) -> ColumnElement[bool]:
        if self.everything:
            return true()
        own = col(academy) == self.academy
        return own if self.bassins is None else and_(own, col(bassin).in_(self.bassins))

    def _has_school(self, scenario_id: str) -> ColumnElement[bool]:
        schools = select(ScenarioSchoolRow.scenario_id).where(
            col(ScenarioSchoolRow.uai).in_(self.establishments or ())
        )
        return or_(false(), col(scenario_id).in_(schools))
