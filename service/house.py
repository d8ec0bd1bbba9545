"""What every act needs: the settings, the database, and contents already read.

Must not know: what is asked, the web.
"""

from collections.abc import Callable
from threading import Semaphore

from scenarios import PlanFolder
from service.packing import Kind, read_scenario, unpack_plan
from service.settings import Settings
from service.shelf import Shelf
from service.store import Database, plans, scenarios
from service.tables import PlanRow, ScenarioRow
from solver.domain import Scenario
from solver.errors import InvalidScenario
from solver.whatif import Prospect, Standing, stand

_SCENARIOS, _PLANS, _STANDINGS = 6, 24, 3
"""How many are kept in memory; a large bassin takes about 50 MB, laid out 150 MB."""


class House:
    """One per process; `scenario`, `plan` and `standing` take rows that were found within reach."""

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        self.settings = settings
        self.database = database or Database(settings.database_url)
        self._scenarios: Shelf[Scenario] = Shelf(_SCENARIOS)
        self._plans: Shelf[PlanFolder] = Shelf(_PLANS)
        self._standings: Shelf[Standing] = Shelf(_STANDINGS)
        self._prospects: Shelf[Prospect] = Shelf(_PLANS)
        self.asking, self.exploring, self.making = Semaphore(1), Semaphore(1), Semaphore(1)
        """One of a kind at a time, beside those of the other kinds: see `service.acts.turns`."""

    def keep(self, row: ScenarioRow, scenario: Scenario) -> None:
        """Remember a scenario just read."""
        self._scenarios.put(row.digest, scenario)

    def scenario(self, row: ScenarioRow) -> Scenario:
        """The scenario of a row."""
        return self._scenarios.get(row.digest, lambda: self._read(row.id))

    def _read(self, scenario_id: str) -> Scenario:
        with self.database.reading() as session:
            content = scenarios.content(session, scenario_id)
        assert content is not None
        kind: Kind = (
            "xlsx" if content.kind == "xlsx" else "json" if content.kind == "json" else "zip"
        )
        reading = read_scenario(content.received, kind)
        if reading.scenario is None:
            raise InvalidScenario(reading.faults)
        return reading.scenario

    def plan(self, row: PlanRow) -> PlanFolder:
        """The plan of a row, its identifiers known to its scenario."""

        def unpack() -> PlanFolder:
            with self.database.reading() as session:
                content = plans.content(session, row.id)
            assert content is not None
            return unpack_plan(content)

        return self._plans.get(row.id, unpack)

    def standing(self, plan: PlanRow, scenario: ScenarioRow) -> Standing:
        """The plan laid out for questions. Raises `InvalidPlan` where it breaks a rule."""
        return self._standings.get(
            plan.id, lambda: stand(self.scenario(scenario), self.plan(plan).plan)
        )

    def prospect(self, plan: PlanRow, find: Callable[[], Prospect]) -> Prospect:
        """Where to look for hosts with this plan; found once, for it takes a while."""
        return self._prospects.get(plan.id, find)

    def close(self) -> None:
        self.database.close()
