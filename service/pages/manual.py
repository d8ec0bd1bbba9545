"""`/aide` and `/tables`: the terms of the trade, and every column of the tables to fill.

Must not know: any scenario.
"""

from collections.abc import Mapping

import htpy as h

from scenarios.tables import Column, scenario_tables, settings_columns
from service.pages import navigation
from service.pages.frame import frame
from service.pages.guides import HELP, shelf
from service.pages.pieces import main_action, put, table
from service.pages.visit import Visit, page
from service.pages.words import TERMS


@page("/aide")
async def terms(visit: Visit) -> None:
    """The words."""
    with frame(visit, "Aide", lead="Où commencer, les guides, et les mots d’ici."):
        put(
            h.ul[
                h.li[h.a(href="/essai")["Essayer en cinq étapes"], " avec un bassin inventé"],
                h.li[h.a(href="/tables")["Les tables à remplir"], ", colonne par colonne"],
            ],
            h.h2["Les guides"],
            shelf(visit.user.role),
            h.h2["Les mots"],
            h.dl(".words")[
                (
                    (h.dt[word], h.dd[meaning])
                    for word, meaning in sorted(TERMS.items(), key=lambda t: t[0].casefold())
                )
            ],
            h.h2["Au clavier"],
            h.p[
                "Tabulation passe d’un lien à l’autre, Entrée ouvre, Échap referme l’explication "
                "d’un mot ; dans le calendrier, Entrée sur un établissement déplie ses divisions, "
                "et une table ou un dessin plus large que l’écran se parcourt avec les flèches."
            ],
        )


@page("/tables")
async def columns(visit: Visit) -> None:
    """The columns."""
    with frame(
        visit,
        "Les tables à remplir",
        crumbs=(navigation.HOME, HELP),
        action=main_action("Télécharger les tables vides (.xlsx)", "/tables/vides.xlsx"),
        lead="Une feuille par table. Établissements, divisions et périodes suffisent pour un "
        "premier calendrier ; le reste l’améliore.",
    ):
        put(
            *(
                (h.h2(id=name)[h.code[name], f" — {found.meaning}"], _grid(name, found.columns))
                for name, found in scenario_tables().items()
            ),
            h.h2(id="scenario")[h.code["scenario"], " — les réglages, une clé par ligne"],
            _grid("scenario", [c for c in settings_columns().values() if isinstance(c, Column)]),
            *(
                (h.h3[h.code[f"[{name}]"]], _grid(name, list(section.values())))
                for name, section in settings_columns().items()
                if isinstance(section, Mapping)
            ),
        )


def _grid(name: str, listed: tuple[Column, ...] | list[Column]) -> h.Element:
    return table(
        f"Colonnes de {name}",
        ("Colonne", "Obligatoire", "Contenu", "Attendu", "Exemple"),
        (
            (
                h.code[c.header], "oui" if c.required else "", c.meaning, c.expected,
                h.code[c.example] if c.example else "",
            )
            for c in listed
        ),
        hidden_caption=True,
    )  # fmt: skip
