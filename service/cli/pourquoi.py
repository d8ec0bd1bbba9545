"""`pourquoi`: why pupils have no place, and what would give them one. Must not know: how."""

from pathlib import Path

import typer

from scenarios import read, read_own_plan
from service.cli.output import as_json, count, grid, number, say
from service.exports.comparison import signed
from solver.week import Week
from solver.whatif import Shortage, Standing, Why, shortage, stand, why


def explain(
    scenario_path: Path, plan_path: Path, subject: str | None, period: str | None, *, json: bool
) -> None:
    """For a pupil: each period; for an establishment or the bassin: what would place most."""
    scenario = read(scenario_path)
    schools = {e.uai for e in scenario.establishments}
    about_many = subject is None or subject in schools
    if about_many and period is not None:
        raise typer.BadParameter("--periode demande un élève.")
    standing = stand(scenario, read_own_plan(plan_path, scenario).plan)
    if about_many:
        found = shortage(standing, subject)
        if json:
            as_json(found.model_dump(mode="json"))
        else:
            _tell_many(found)
        return
    answers = why(standing, subject or "", period)
    if json:
        as_json([answer.model_dump(mode="json") for answer in answers])
        return
    for answer in answers:
        _tell(standing, answer)


def _tell(standing: Standing, answer: Why) -> None:
    weeks = _span(answer.weeks)
    say(f"{answer.pupil}, {answer.period} ({weeks})", "bold")
    if answer.host is not None:
        name = standing.scenario.host_of[answer.host].name
        say(f"Placé chez {name or answer.host} ({answer.host}), à {answer.minutes} min.", "green")
    else:
        say(f"Sans place : {answer.detail}", "yellow")
    grid(
        "De toutes les structures à celles qui restent",
        ("structures qui …", "restent"),
        [(step.label, number(step.hosts)) for step in answer.steps],
        " d",
    )
    if answer.seats:
        grid(
            "Les plus proches, et qui y est ces semaines-là",
            ("structure", "trajet", "places", "occupants"),
            [
                (
                    f"{seat.name} ({seat.host})" if seat.name else seat.host,
                    f"{seat.minutes} min",
                    number(seat.slots),
                    " ; ".join(f"{h.period} : {', '.join(h.pupils)}" for h in seat.holders)
                    or "personne",
                )
                for seat in answer.seats
            ],
            " dd",
        )
    if answer.remedies:
        grid(
            "Ce qui le placerait (chaque remède a été appliqué et vérifié)",
            ("remède", "points", "sans place"),
            [
                (remedy.sentence, signed(remedy.change), signed(remedy.unplaced))
                for remedy in answer.remedies
            ],
            " dd",
        )
    elif answer.host is None:
        say("Aucun changement simple ne suffit.", "red")


def _span(weeks: tuple[Week, ...]) -> str:
    if not weeks:
        return "sans départ"
    return str(weeks[0]) if len(weeks) == 1 else f"{weeks[0]} à {weeks[-1]}"


def _tell_many(found: Shortage) -> None:
    where = found.scope or "le bassin"
    say(f"{count(found.unplaced, 'élève-période')} sans place dans {where}", "bold")
    if found.fewest:
        say(f"Aucun plan du bassin n’en laisse moins de {number(found.fewest)} : c’est prouvé.")
    if found.reasons:
        grid(
            "Pourquoi",
            ("motif", "nombre"),
            [(k, number(n)) for k, n in found.reasons.items()],
            " d",
        )
    if found.openings:
        grid(
            "Ce qui en placerait le plus (appliqué et vérifié, les places libres d’abord occupées)",
            ("remède", "placés", "points"),
            [(o.sentence, number(o.placed), signed(o.change)) for o in found.openings],
            " dd",
        )
    elif found.unplaced:
        say("Aucun changement simple n’en place.", "red")
