"""`verify` and `indicateurs`: what a plan is worth. Must not know: how plans are found."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scenarios import read, read_own_plan, read_plan_folder
from service.cli.exits import Exit
from service.cli.output import as_json, count, grid, number, percent, say
from solver.domain import Report
from solver.verify import verify

if TYPE_CHECKING:
    from solver.indicators import Indicators

_SHOWN = 100


def verify_folder(scenario_path: Path, plan_path: Path, *, json: bool) -> None:
    """Violations and cost of a plan; ends with 1 where it breaks a rule or told another cost."""
    scenario = read(scenario_path)
    folder = read_plan_folder(plan_path, scenario)
    report = verify(scenario, folder.plan)
    told = folder.summary.get("cout")
    agrees = told is None or told == report.cost
    if json:
        as_json(
            {
                "infractions": [v.model_dump(mode="json") for v in report.violations],
                "cout": report.cost,
                "couts": dict(report.costs),
                "cout_annonce": told,
                "avertissements": [str(w) for w in folder.warnings],
            }
        )
    else:
        for warning in folder.warnings:
            say(str(warning), "yellow")
        _violations(report)
        costs(report)
        if not agrees:
            say(f"Le bilan du plan annonce {number(told)} points : il ne correspond pas.", "red")
    if report.violations or not agrees:
        raise typer.Exit(Exit.REFUSED)


def _violations(report: Report) -> None:
    if not report.violations:
        say("Aucune règle enfreinte.", "bold green")
        return
    tally = Counter(v.rule for v in report.violations)
    words = count(len(report.violations), "infraction")
    say(f"{words} : " + ", ".join(f"{k} {number(n)}" for k, n in tally.most_common()), "bold red")
    grid(
        "Infractions" if len(report.violations) <= _SHOWN else f"Les {_SHOWN} premières",
        ("règle", "sujet", "ce qui ne va pas"),
        [(v.rule, v.subject, v.message) for v in report.violations[:_SHOWN]],
    )


def costs(report: Report) -> None:
    """The cost, preference by preference."""
    total = report.cost
    grid(
        f"Coût : {number(total)} points",
        ("préférence", "points", "part"),
        [
            (key, number(points), percent(points / total if total else None))
            for key, points in sorted(report.costs.items(), key=lambda item: -item[1])
            if points
        ],
        " dd",
    )


def show_indicators(scenario_path: Path, plan_path: Path, *, json: bool) -> None:
    """The figures of a plan."""
    from solver.indicators import indicators

    scenario = read(scenario_path)
    figures = indicators(scenario, read_own_plan(plan_path, scenario).plan)
    if json:
        as_json(figures.model_dump(mode="json"))
    else:
        print_indicators(figures)


def print_indicators(figures: "Indicators") -> None:
    """All indicators as tables; the tightest cells of the national one."""
    placements(figures)
    grid(
        "Taux de placement",
        ("établissement", "nom", "demandes", "placées", "taux"),
        [
            (p.group, p.name, number(p.demands), number(p.placed), percent(p.rate))
            for p in (*figures.establishments, *figures.priority_education)
        ],
        "  ddd",
    )
    grid(
        "Charge",
        ("famille", "semaine de pointe", "élèves partis", "places", "semaines saturées"),
        [
            (
                load.family,
                load.peak_week.label() if load.peak_week else "–",
                number(load.peak_pupils),
                number(load.seats),
                number(len(load.weeks_over)),
            )
            for load in figures.loads
        ],
        "  ddd",
    )
    tight = sorted(figures.tension, key=lambda t: t.ratio)[:15]
    grid(
        "Offres ÷ élèves : les semaines les plus tendues (indicateur national)",
        ("semaine", "public", "secteur", "offres", "élèves", "ratio"),
        [
            (t.week.label(), t.public, t.sector or "tous", number(t.offers), number(t.pupils),
             number(t.ratio, 2))
            for t in tight
        ],
        "   ddd",
    )  # fmt: skip
    grid(
        "Départs les plus éloignés du souhait",
        ("période", "souhait", "départ", "semaines"),
        [
            (m.period, m.wished.label(), m.start.label(), f"{m.weeks:+d}")
            for m in sorted(figures.moves, key=lambda m: -abs(m.weeks))[:10]
        ],
        "   d",
    )


def placements(figures: "Indicators") -> None:
    """The headline of a plan: who is placed, why others are not, journeys, calendar."""
    journeys = figures.journeys
    rows = [
        ("élève-périodes placées",
         f"{number(figures.placed)} sur {number(figures.demands)} ({percent(figures.rate)})"),
        ("sans place", number(figures.unplaced)),
        *((f"– {r.label.lower()}", number(r.count)) for r in figures.reasons),
        ("trajet moyen, médian", f"{number(journeys.mean, 1)} min, {number(journeys.median)} min"),
        ("trajet : 9 sur 10 au plus, maximum",
         f"{number(journeys.ninth_decile)} min, {number(journeys.longest)} min"),
        ("au-delà de 45 min, de 60 min",
         f"{percent(journeys.over_45)}, {percent(journeys.over_60)}"),
        ("divisions décalées de leur souhait",
         f"{number(figures.divisions_moved)} (de {number(figures.mean_move_weeks, 1)} "
         "semaines en moyenne)"),
        ("structures utilisées, complètes, au quota",
         f"{number(figures.hosts_used)}, {number(figures.hosts_full)}, "
         f"{number(figures.hosts_at_quota)}"),
        ("nuits d’internat, jours fériés perdus",
         f"{number(figures.boarding_nights)}, {number(figures.days_lost)}"),
    ]  # fmt: skip
    grid("Le plan en chiffres", ("", ""), rows)
