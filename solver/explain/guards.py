"""A CP-SAT model without objective in which every statement of the scenario can be switched off.

A statement is what one cell (or one row) of a table asks; each constraint is guarded by the
statements it rests on. Must not know: which rules there are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.errors import ModelRefused

_SECONDS, _SECONDS_FOR_ALL = 3.0, 30.0
"""Limits of a check of some statements, of all or of a confirmation. Past it nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one cell or row of a table asks."""

    rule: str
    """Key of the rule that gives it force."""
    table: str
    row: str
    """Key of the row, as written."""
    column: str
    """Column, or empty where the row as a whole speaks."""
    value: str
    sentence: str
    """What it asks, in French, without a capital or a full stop."""
    among: str = ""
    """Which of the values of a list cell it is."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identity, whatever the value."""
        return self.table, self.row, self.column, self.among


Key = tuple[str, str, str, str]


class Guarded:
    """The model, its statements and the questions put to it."""

    def __init__(self) -> None:
        self.model = cp_model.CpModel()
        self.statements: dict[Key, Statement] = {}
        self._guards: dict[Key, cp_model.IntVar] = {}

    def guard(self, statement: Statement) -> cp_model.IntVar:
        """The literal that stands for a statement."""
        key = statement.key
        if key not in self._guards:
            self.statements[key] = statement
            self._guards[key] = self.model.new_bool_var("")
        return self._guards[key]

    def forbid(
        self, literals: Iterable[cp_model.LiteralT], guards: Iterable[cp_model.IntVar]
    ) -> None:
        """While the guards hold, the literals are not all true."""
        self.model.add_bool_or(False).only_enforce_if([*literals, *guards])

    def possible(
        self, keys: Collection[Key] | None = None, *, otherwise: bool = False
    ) -> bool | None:
        """Whether these statements (all by default) can hold together; None where time ran out.

        `otherwise`: ask with another configuration of OR-Tools, to confirm an answer.
        """
        status, _ = self._solve(self._guards if keys is None else keys, otherwise)
        return {cp_model.OPTIMAL: True, cp_model.FEASIBLE: True, cp_model.INFEASIBLE: False}.get(
            status
        )

    def conflict(self, keys: Collection[Key] | None = None) -> tuple[Key, ...] | None:
        """Some of these statements (all by default) that cannot hold together, in their order.

        Not yet the fewest; None where they can hold together or time ran out.
        """
        keys = tuple(self._guards) if keys is None else tuple(keys)
        status, engine = self._solve(keys, otherwise=False)
        if status != cp_model.INFEASIBLE:
            return None
        named = set(engine.sufficient_assumptions_for_infeasibility())
        return tuple(k for k in keys if self._guards[k].index in named) or keys

    def fewest_off(
        self, weights: Mapping[Key, int], barred: Iterable[Collection[Key]], seconds: float
    ) -> tuple[tuple[Key, ...], bool] | None:
        """The lightest statements without which the others hold together; whether that is proven.

        Statements without a weight stay; sets of statements that contain one of `barred` are
        passed over. None where there is none, or none was found in time.
        """
        model = self.model.clone()
        model.clear_assumptions()
        guards = {k: model.get_bool_var_from_proto_index(g.index) for k, g in self._guards.items()}
        for key, guard in guards.items():
            if key not in weights:
                model.add_bool_and(guard)
        for keys in barred:
            model.add_bool_or([guards[k] for k in keys])
        model.minimize(sum(weight * (1 - guards[k]) for k, weight in weights.items()))
        engine = cp_model.CpSolver()
        engine.parameters.num_workers = 1
        engine.parameters.max_time_in_seconds = max(0.1, min(seconds, _SECONDS_FOR_ALL))
        status = engine.solve(model)
        if status == cp_model.MODEL_INVALID:
            raise ModelRefused(model.validate())
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        off = tuple(k for k, guard in guards.items() if not engine.value(guard))
        return off, status == cp_model.OPTIMAL

    def _solve(
        self, keys: Collection[Key], otherwise: bool
    ) -> tuple[cp_model.CpSolverStatus, cp_model.CpSolver]:
        self.model.clear_assumptions()
        self.model.add_assumptions([self._guards[k] for k in keys if k in self._guards])
        engine = cp_model.CpSolver()
        engine.parameters.num_workers = 1
        decisive = otherwise or len(keys) == len(self._guards)
        engine.parameters.max_time_in_seconds = _SECONDS_FOR_ALL if decisive else _SECONDS
        engine.parameters.cp_model_presolve = otherwise
        engine.parameters.linearization_level = 1 if otherwise else 0
        engine.parameters.random_seed = 97 if otherwise else 0
        status = engine.solve(self.model)
        if status == cp_model.MODEL_INVALID:
            raise ModelRefused(self.model.validate())
        return status, engine
