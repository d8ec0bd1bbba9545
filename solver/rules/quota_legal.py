"""`quota-legal`: how many trainees a legal person may have in a week, over all its hosts."""

from collections import defaultdict
from collections.abc import Mapping

from solver.domain import Host, Scenario


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
