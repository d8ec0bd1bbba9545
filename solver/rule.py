"""The shape of a rule. Each rule of `rules.md` is one file of `solver/rules/`, read twice.

One reading serves the engine, in the integers of `Problem`; the other serves the verifier, in the
names and dates of the `Scenario`, through `Facts`. The two share facts but no arithmetic.
Must not know: how plans are searched.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from typing import ClassVar, Generic, TypeAlias, TypeVar

from solver.domain import Division, Host, Pupil, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.variables import Constraint, Expression, Variables

Seeker = TypeVar("Seeker", bound=Hashable)
Offer = TypeVar("Offer", bound=Hashable)
Subject: TypeAlias = tuple[int, ...]
"""What a constraint is about, as positions in `Problem`."""


class Rule(ABC):
    """What every rule says of itself."""

    key: ClassVar[str]
    """Stable key, as in `rules.md`."""
    sentence: ClassVar[str]
    """The rule in one French sentence: the one shown to people, in tables and explanations."""
    source: ClassVar[str]
    """Where it comes from: text of law, seed document, coordinators' practice (French)."""

    def violation(self, subject: str, message: str) -> Violation:
        return Violation(rule=self.key, subject=subject, message=message)


class HardRule(Rule):
    """A rule that a plan may never break."""

    @abstractmethod
    def violations(self, facts: Facts) -> Iterator[Violation]:
        """Every breach of the rule by the plan, in words."""


class Eligibility(HardRule, Generic[Seeker, Offer]):
    """Who may go where: one predicate on what a pupil is and what a host offers.

    `seeker` and `offer` name all that the predicate looks at, so that `prepare` calls it once per
    pair of distinct values instead of once per pupil and host.
    """

    waived_by_found_place: ClassVar[bool] = False
    """Whether the school's agreement to a place that the pupil found lifts the rule."""

    @abstractmethod
    def seeker(self, pupil: Pupil, division: Division) -> Seeker:
        """What the rule looks at on the pupil's side."""

    @abstractmethod
    def offer(self, host: Host) -> Offer:
        """What the rule looks at on the host's side."""

    @abstractmethod
    def allows(self, seeker: Seeker, offer: Offer) -> bool:
        """The predicate itself."""

    @abstractmethod
    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        """Why this host may not take this pupil, as a French sentence."""

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            if self.waived_by_found_place and stay.at_found_place:
                continue
            if not self.allows(self.seeker(stay.pupil, stay.division), self.offer(stay.host)):
                message = self.refusal(stay.pupil, stay.division, stay.host)
                yield self.violation(stay.subject, message)


class Requirement(HardRule):
    """A hard rule on the calendar, the groups or the capacities."""

    @abstractmethod
    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """(subject, constraint) pairs over variables or constants; idle ones may be left out.

        What the integers of a subject stand for is said by each rule.
        """


class Preference(Rule):
    """A price, in points: the same from a model and from a plan."""

    @abstractmethod
    def price(self, problem: Problem, variables: Variables) -> Expression:
        """The cost as an expression over variables or constants (integers)."""

    @abstractmethod
    def cost(self, facts: Facts) -> int:
        """The cost of a plan, recomputed from names and dates."""
