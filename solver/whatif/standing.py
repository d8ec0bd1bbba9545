"""A plan that stands, laid out for questions: what if it left another week, why has she no place.

Made once per plan (the slow part), asked many times. Must not know: the questions.
"""

from dataclasses import dataclass
from functools import cached_property

from solver.calendar import SchoolCalendar
from solver.domain import Plan, Report, Scenario
from solver.errors import Fault, InvalidPlan
from solver.prepare import decode, encode, prepare
from solver.problem import Problem, Solution
from solver.travel import Journeys
from solver.verify import verify
from solver.whatif.occupation import Bill, Occupation, bill
from solver.whatif.polish import Polish

_TOLD = 5


@dataclass(frozen=True)
class Standing:
    """A verified plan with its problem, its solution in integers, all counts; see `stand`."""

    scenario: Scenario
    plan: Plan
    report: Report
    calendar: SchoolCalendar
    journeys: Journeys
    problem: Problem
    solution: Solution
    occupation: Occupation
    bill: Bill

    @cached_property
    def polish(self) -> Polish:
        """The board for short searches around a change."""
        return Polish(self.problem)

    def billed(self, solution: Solution, occupation: Occupation) -> Bill:
        """What another solution of the same problem costs, with its counts."""
        return bill(self.problem, solution, occupation)

    def decoded(self, solution: Solution) -> Plan:
        """The plan that another solution of the same problem stands for."""
        return decode(self.scenario, self.problem, solution)


def stand(scenario: Scenario, plan: Plan, problem: Problem | None = None) -> Standing:
    """Lay a plan out; `problem`: the scenario prepared already (with every option).

    A bed that a pupil takes though home costs no more is given back: the plan may then cost a few
    points less than it did. Raises `InvalidPlan` where the plan breaks a rule, or belongs to
    another scenario.
    """
    calendar, journeys = SchoolCalendar(scenario), Journeys(scenario)
    report = verify(scenario, plan, calendar, journeys)
    if report.violations:
        raise InvalidPlan(_refusal(report))
    problem = problem or prepare(scenario)
    solution = encode(scenario, problem, plan)
    occupation = Occupation.of(problem, solution)
    if int((solution.option >= 0).sum()) != len(plan.placements):
        raise InvalidPlan([Fault("plan-etranger", "une affectation n’existe pas dans ce scénario")])
    return Standing(
        scenario,
        plan,
        report,
        calendar,
        journeys,
        problem,
        solution,
        occupation,
        bill(problem, solution, occupation),
    )


def _refusal(report: Report) -> list[Fault]:
    broken = report.violations
    faults = [
        Fault("regle-enfreinte", f"{v.subject} : {v.message}", value=v.rule) for v in broken[:_TOLD]
    ]
    if len(broken) > _TOLD:
        faults.append(
            Fault(
                "regle-enfreinte",
                f"et {len(broken) - _TOLD} autres infractions",
                hint="« bassin verify » les donne toutes",
            )
        )
    return faults
