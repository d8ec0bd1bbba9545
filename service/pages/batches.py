"""`/lots`: a run of every bassin at once, and how each of them stands.

Must not know: how runs are searched.
"""

from collections.abc import Mapping

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import batches
from service.acts.batches import Batch
from service.pages.academy import tabs
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.pieces import empty, put, table
from service.pages.visit import Visit, page
from service.pages.words import count, number, percent
from service.tables import FINAL, RunRow, RunStatus

STATES: Mapping[RunStatus, str] = {
    "submitted": "attend",
    "started": "commence",
    "active": "calcule",
    "completed": "terminé",
    "stopped": "arrêté, plan gardé",
    "failed": "échoué",
}
_LOOK_SECONDS = 2.0
_MINUTES = {1: "1 minute", 5: "5 minutes", 20: "20 minutes"}


@page("/lots")
async def lots(visit: Visit) -> None:
    """A new batch, then those there are; they are looked at again while something works."""
    found = await visit.ask(batches.listed)
    bassins = await visit.ask(batches.candidates)
    with frame(
        visit,
        "Lots",
        tabs=tabs(visit),
        lead="Un calcul par bassin, d’un coup. Ils passent après les calculs que quelqu’un attend.",
    ):
        if not bassins:
            put(empty("Aucun bassin déposé : chaque coordination dépose d’abord ses tables."))
            return
        if visit.may(Action.START_RUN):
            _new(visit, dict(bassins), opened=not found)
        shown = ui.element("div")
        with shown:
            _show(visit, found)

        last = found

        async def look() -> None:
            """What has changed; a button is never taken away under a finger for nothing."""
            nonlocal last
            again = await visit.ask(batches.listed)
            if again != last:
                last = again
                shown.clear()
                with shown:
                    _show(visit, again)
            if all(batch.ended == len(batch.runs) for batch in again):
                looking.cancel()

        if any(batch.ended < len(batch.runs) for batch in found):
            looking = ui.timer(_LOOK_SECONDS, look)


def _new(visit: Visit, bassins: dict[str, str], *, opened: bool) -> None:
    with ui.expansion("Lancer un lot", value=opened).classes("new-batch"):
        boxes = {key: ui.checkbox(name, value=True) for key, name in bassins.items()}
        minutes = ui.radio(_MINUTES, value=1).props('inline aria-label="Durée de chaque calcul"')

        async def launch() -> str:
            chosen = [key for key, box in boxes.items() if box.value]
            await visit.ask(batches.launch, chosen, seconds=60.0 * float(minutes.value or 1))
            return "/lots"

        button("Lancer le lot", launch, primary=True)


def _show(visit: Visit, found: list[Batch]) -> None:
    if not found:
        put(h.p(".soft")["Aucun lot pour l’instant."])
    for batch in found:
        _batch(visit, batch)


def _batch(visit: Visit, batch: Batch) -> None:
    done, total = batch.ended, len(batch.runs)
    states = ", ".join(f"{number(n)} {STATES[s]}" for s, n in batch.states.items())  # type: ignore[index]
    put(
        h.h2[f"Lot {batch.name}"],
        h.p(".row")[
            h.progress(max=str(total), value=str(done), aria_label=f"Lot {batch.name}"),
            f"{number(done)} sur {count(total, 'calcul')} : {states}",
        ],
        table(
            f"Calculs du lot {batch.name}",
            ("Bassin", "État", "Sans place", "Coût", "Borne", "Au plus de trop", "Temps permis"),
            (_run(run) for run in batch.runs),
            "  ddddd",
            hidden_caption=True,
        ),
    )
    if done < total and visit.may(Action.START_RUN):

        async def stop() -> str:
            await visit.ask(batches.stop, batch.name)
            return "/lots"

        button("Arrêter et garder les plans", stop)


def _run(run: RunRow) -> tuple[h.Node, ...]:
    gap = None
    if run.cost and run.bound is not None:
        gap = (run.cost - run.bound) / run.cost
    state = STATES[run.status]  # type: ignore[index]
    return (
        h.a(href=f"/calculs/{run.id}")[run.bassin],
        state if run.status in FINAL or not run.phase else f"{state} ({run.phase})",
        "–" if run.unplaced is None else number(run.unplaced),
        "–" if run.cost is None else number(run.cost),
        "–" if run.bound is None else number(run.bound),
        "–" if gap is None else percent(gap),
        f"{number(run.seconds)} s",
    )
