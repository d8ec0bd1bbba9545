"""`prospecter`: where one more place would help most. Must not know: how prices are found."""

from pathlib import Path

from scenarios import read, read_own_plan
from service.cli.output import as_json, grid, number, percent, say
from solver.domain import Scenario
from solver.whatif import Idle, Lead, Prospect, prospect, stand

_SHOWN = 25


def look(
    scenario_path: Path, plan_path: Path, *, seconds: float, figure: Path | None, json: bool
) -> None:
    """The leads, those tried first, then the places that nobody needs."""
    scenario = read(scenario_path)
    standing = stand(scenario, read_own_plan(plan_path, scenario).plan)
    found = prospect(standing, seconds=seconds)
    if figure is not None:
        _draw(scenario, found, figure)
    if json:
        as_json(found.model_dump(mode="json"))
        return
    grid(
        "Où une place de plus serait le plus utile "
        "(gain : essayée et vérifiée, à calendrier constant ; prix : selon la borne)",
        ("secteur", "zone", "semaines", "gain", "placés", "prix", "comme"),
        [_lead(lead) for lead in found.leads[:_SHOWN]],
        "   ddd",
    )
    if not found.leads:
        say("Aucune place de plus ne vaudrait quoi que ce soit.", "green")
    if found.idle:
        grid(
            "Des places dont personne n’a besoin (aucun prix de toute l’année)",
            ("secteur", "zone", "structures", "dont vides", "semaines-places", "utilisées"),
            [_idle(row) for row in found.idle[:_SHOWN]],
            "  dddd",
        )
    if figure is not None:
        say(f"Figure : {figure}")


def _lead(lead: Lead) -> tuple[str, ...]:
    return (
        _sector(lead.sector),
        lead.zone,
        _span(lead),
        number(lead.gain),
        number(lead.placed),
        number(lead.price),
        lead.like,
    )


def _sector(key: str) -> str:
    return key.replace("_", " ") or "–"


def _span(lead: Lead) -> str:
    """« S20 à S25 »."""
    first, last = (week.label().split(" ", 1)[0] for week in (lead.first, lead.last))
    return first if first == last else f"{first} à {last}"


def _idle(row: Idle) -> tuple[str, ...]:
    return (
        _sector(row.sector),
        row.zone,
        number(row.hosts),
        number(row.unused),
        number(row.offered),
        f"{number(row.used)} ({percent(row.used / row.offered)})",
    )


def _draw(scenario: Scenario, found: Prospect, figure: Path) -> None:
    from service.exports.figures import save
    from service.exports.figures.prospect_weeks import prospect_weeks

    save(prospect_weeks(scenario, found), figure)
