"""`/essai`: a guided start in five steps, on the bassin that ships with the program.

Must not know: what the demonstration holds.
"""

import htpy as h

from service.acts import demo, plans, runs
from service.pages import navigation
from service.pages.frame import frame
from service.pages.pieces import put, term
from service.pages.visit import Visit, page
from service.tables import FINAL


@page("/essai")
async def guided(visit: Visit) -> None:
    """Five steps; those done are ticked, the next one has the button."""
    row = await visit.ask(demo.ours)
    asked = (await visit.ask(runs.listed, scenario_id=row.id)).rows if row else ()
    made = (await visit.ask(plans.listed, scenario_id=row.id)).rows if row else ()
    plan = made[0].id if made else ""
    working = next((r for r in asked if r.status not in FINAL), None)
    steps: tuple[tuple[str, h.Node, bool, h.Node], ...] = (
        (
            "Poser le bassin de démonstration chez vous",
            (
                "Un bassin inventé : collèges, lycées, entreprises. Il devient un ",
                term("scénario"), " parmi les vôtres, que vous seul et vos collègues voyez.",
            ),
            row is not None,
            h.form(method="post", action="/essai")[
                h.input(type="hidden", name="csrf", value=visit.csrf),
                h.button(".button.primary", type="submit")["Poser la démonstration"],
            ],
        ),
        (
            "Regarder ce qu’il contient",
            "Combien d’élèves, combien de places, et ce qui est risqué avant tout calcul.",
            bool(asked),
            _go("Ouvrir le scénario", f"/scenarios/{row.id}" if row else ""),
        ),
        (
            "Calculer un plan",
            (
                "Sur la page du scénario, choisir 30 secondes puis « Calculer ». Le coût descend, "
                "la ", term("borne"), " monte ; « Arrêter et garder » quand cela suffit.",
            ),
            bool(made),
            _go(
                "Voir le calcul" if working else "Aller calculer",
                f"/calculs/{working.id}" if working else f"/scenarios/{row.id}" if row else "",
            ),
        ),
        (
            "Lire le calendrier et les places",
            "Qui part quand, quelles semaines sont saturées, qui reste sans place et pourquoi.",
            False,
            h.p[
                _go("Calendrier", f"/plans/{plan}/calendrier"), " ",
                h.a(".button", href=f"/plans/{plan}/accueils")["Accueils"], " ",
                h.a(".button", href=f"/plans/{plan}/eleves")["Élèves"],
            ],
        ),
        (
            "Faire le vôtre",
            "Remplir les tables vides, les déposer, calculer, décider ensemble, publier. La "
            "démonstration, elle, ne se publie pas.",
            False,
            _go("Prendre les tables vides", "/tables"),
        ),
    )  # fmt: skip
    following = next((i for i, step in enumerate(steps) if not step[2]), len(steps))
    with frame(visit, "Essayer en cinq étapes", crumbs=(navigation.HOME,)):
        put(
            h.ol(".steps")[
                (
                    h.li(class_="done" if done else "next" if i in _open(following) else None)[
                        h.h2[title, h.span(".visually-hidden")[" (fait)"] if done else None],
                        h.div[what],
                        go if i in _open(following) else None,
                    ]
                    for i, (title, what, done, go) in enumerate(steps)
                )
            ]
        )


def _open(following: int) -> tuple[int, ...]:
    """The steps that have their button: the next, and from reading on, the last one too."""
    return (3, 4) if following == 3 else (following,)


def _go(text: str, address: str) -> h.Element:
    return h.a(".button.primary", href=address)[text]
