"""`decaler`: and if a departure left another week? Must not know: how weeks are priced."""

from collections.abc import Iterator
from pathlib import Path

import typer

from scenarios import read, read_own_plan, write_plan
from service.cli.output import as_json, count, grid, number, out, say
from service.exports.comparison import signed
from service.exports.shifts import adapted_row
from solver.calendar import SchoolCalendar
from solver.week import Week
from solver.whatif import Adapted, Shift, Standing, adapted, shifted, shifts, stand


def shift(
    scenario_path: Path,
    plan_path: Path,
    subject: str,
    *,
    exact: bool,
    adapt: bool,
    week: str | None,
    output: Path | None,
    figure: Path | None,
    json: bool,
) -> None:
    """The table of weeks, told as it comes; the promising ones again once neighbours adapted."""
    wanted = _week(week, output)
    scenario = read(scenario_path)
    standing = stand(scenario, read_own_plan(plan_path, scenario).plan)
    table = shifts(standing, subject, exact=exact)
    rows = list(table) if json else list(_told(standing, subject, table))
    best = tuple(adapted(standing, subject, rows)) if adapt else ()
    if json:
        as_json(
            {
                "sujet": subject,
                "cout": standing.report.cost,
                "semaines": [row.model_dump(mode="json") for row in rows],
                "apres_adaptation": [one.model_dump(mode="json") for one in best],
            }
        )
    elif best:
        _tell_adapted(best)
    if figure is not None:
        _draw(standing, subject, rows, figure)
    if wanted is not None and output is not None:
        _write(standing, subject, wanted, output, exact=exact, json=json)


def _week(week: str | None, output: Path | None) -> Week | None:
    """The week to write; both options or none."""
    if (week is None) != (output is None):
        raise typer.BadParameter("--semaine et --sortie vont ensemble.")
    try:
        return None if week is None else Week.parse(week)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None


def _told(standing: Standing, subject: str, rows: Iterator[Shift]) -> Iterator[Shift]:
    """The same rows, each written as soon as it is known."""
    say(f"{subject} : chaque semaine, tout le reste du plan gardé", "bold")
    say(f"Plan : {number(standing.report.cost)} points.")
    heads = ("semaine", "points", "sans place", "minutes", "saturation")
    say(f"  {heads[0]:<26}{heads[1]:>10}{heads[2]:>12}{heads[3]:>10}{heads[4]:>12}")
    for row in rows:
        mark = "›" if row.current else " "
        label = f"{mark} {row.week.label():<26}"
        if row.allowed:
            numbers = (
                f"{signed(row.change):>10}{signed(row.unplaced):>12}"
                f"{signed(row.minutes):>10}{signed(row.saturation):>12}"
            )
            rest = f"  (à {count(row.slack, 'point')} près)" if row.slack else ""
            out.print(label + numbers + rest, markup=False, soft_wrap=True)
        else:
            rules = " ; ".join(f"{o.rule} — {o.messages[0]}" for o in row.obstacles)
            out.print(f"{label}  interdite : {rules}", markup=False, soft_wrap=True, style="dim")
        yield row


def _tell_adapted(best: tuple[Adapted, ...]) -> None:
    grid(
        "Les plus prometteuses, une fois les départs voisins adaptés",
        ("semaine", "points", "périodes qui bougent", "élèves qui changent d’accueil"),
        [adapted_row(one) for one in best],
        " d d",
    )


def _draw(standing: Standing, subject: str, rows: list[Shift], figure: Path) -> None:
    from service.exports.figures import save
    from service.exports.figures.shift_weeks import shift_weeks

    save(shift_weeks(subject, SchoolCalendar(standing.scenario).weeks, rows), figure)


def _write(
    standing: Standing, subject: str, week: Week, output: Path, *, exact: bool, json: bool
) -> None:
    plan = shifted(standing, subject, week, exact=exact)
    if plan is None:
        raise typer.BadParameter(f"La semaine {week} est interdite : rien n’a été écrit.")
    write_plan(output, standing.scenario, plan)
    if not json:
        say(f"Plan avec {subject} en {week} : {output}/")
