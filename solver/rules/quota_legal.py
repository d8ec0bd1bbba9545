"""`quota-legal`: how many trainees a legal person may have in a week, over all its hosts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from solver.domain import TRAINING, Host, Scenario, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Flow, Variables, within
from solver.week import Week


def counted_legal_person(host: Host) -> str | None:
    """The SIREN whose quota counts this host; None without a SIREN or with an unknown staff."""
    return host.legal_person if host.staff is not None else None


def limit(staff: int, rector_waiver: bool) -> int:
    """Trainees a legal person of that staff may have in a week (C. éduc., R. 124-10, R. 124-11)."""
    flat, below, percent = (5, 30, 20) if rector_waiver else (3, 20, 15)
    return flat if staff < below else -(-staff * percent // 100)


def quotas(scenario: Scenario) -> Mapping[str, int]:
    """The quota of each counted legal person; none where `quota_legal` is off."""
    if not scenario.regulation.legal_quota:
        return {}
    staff: dict[str, int] = defaultdict(int)
    for host in scenario.hosts:
        siren = counted_legal_person(host)
        if siren is not None and host.staff is not None:
            staff[siren] += host.staff
    return {siren: limit(n, scenario.regulation.rector_waiver) for siren, n in staff.items()}


class LegalQuota(Requirement):
    key = "quota-legal"
    sentence = (
        "Chaque semaine, une personne morale (SIREN) n’accueille pas plus de stagiaires de CAP, "
        "BACPRO, CS et BTS que son effectif ne le permet."
    )
    source = "C. éduc., L. 124-8, R. 124-10 et R. 124-11"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (legal person, week or −1)."""
        flows_of: dict[int, list[Flow]] = defaultdict(list)
        for host, periods in variables.visitors.items():
            person = int(problem.capacities.legal_person[host])
            if person >= 0:
                trainees = (p for p in periods if problem.family[p] == 1)
                flows_of[person] += [variables.heads(p, host) for p in trainees]
        for person, flows in flows_of.items():
            quota = int(problem.capacities.quota[person])
            for week, fits in within(flows, [quota] * problem.weeks):
                yield (person, week), fits

    def violations(self, facts: Facts) -> Iterator[Violation]:
        quota = quotas(facts.scenario)
        trainees: Counter[tuple[str, Week]] = Counter()
        for host_id in facts.heads:
            siren = counted_legal_person(facts.scenario.host_of[host_id])
            if siren is None or siren not in quota:
                continue
            for week, heads in facts.present(host_id).items():
                for period, n in heads.items():
                    if facts.division(period).public in TRAINING:
                        trainees[siren, week] += n
        for (siren, week), n in sorted(trainees.items()):
            if n > quota[siren]:
                message = f"{n} stagiaires présents, {quota[siren]} au plus pour cet effectif."
                yield self.violation(f"SIREN {siren} / {week}", message)


RULE = LegalQuota()
