"""`/deposer`: a zip or a workbook dropped; taken, or given back with each fault at its cell.

Must not know: how tables are read.
"""

import htpy as h

from service.accounts import rights
from service.accounts.rights import Action
from service.pages import navigation
from service.pages.forms import Rejected, rejected
from service.pages.frame import frame
from service.pages.pieces import notice, put, table
from service.pages.visit import Visit, page
from service.pages.words import count, number

_SHOWN = 300


@page("/deposer")
async def upload(visit: Visit, refus: str = "") -> None:
    """Drop a scenario; `refus`: what was refused a moment ago."""
    rights.require(visit.user, Action.WRITE_SCENARIO)
    megabytes = visit.house.settings.upload_bytes // 1_000_000
    with frame(
        visit,
        "Déposer un bassin",
        crumbs=(navigation.HOME,),
        lead="Un classeur Excel avec une feuille par table, ou le .zip des tables en CSV.",
    ):
        if refus:
            found = rejected(visit, refus)
            put(_refused(found, refus) if found else notice("Ce fichier n’est plus là : le "
                                                            "déposer de nouveau."))  # fmt: skip
        put(
            h.form(".drop", method="post", action="/deposer", enctype="multipart/form-data")[
                h.input(type="hidden", name="csrf", value=visit.csrf),
                h.p[f"Déposer le fichier ici, ou le choisir ({megabytes} Mo au plus)."],
                h.div(".row")[
                    h.label(".pick")[
                        h.input(
                            ".visually-hidden",
                            type="file",
                            name="fichier",
                            accept=".zip,.xlsx,.json",
                            required=True,
                        ),
                        h.span(".button")["Choisir un fichier"],
                    ],
                    h.span(".picked.soft")["aucun fichier choisi"],
                ],
                h.button(".button.primary", type="submit")["Déposer"],
                h.p(
                    ".busy",
                    role="status",
                    data_stopped="Arrêté. Si tout était lu, le scénario est déposé.",
                ),
            ],
            None
            if refus
            else (
                h.h2["Pas encore de tables ?"],
                h.ul[
                    h.li[
                        h.a(href="/tables")["Prendre les tables vides"],
                        ", avec un exemple dans chaque colonne ;",
                    ],
                    h.li[
                        h.a(href="/importer")["importer les fichiers que l’on a"],
                        " : annuaire, effectifs, structures ;",
                    ],
                    h.li[h.a(href="/essai")["essayer avec le bassin de démonstration"], "."],
                ],
            ),
            h.p(".soft")[
                "N’entrent jamais : INE, noms et prénoms d’élèves, dates de naissance, adresses, "
                "téléphones, courriels. Un fichier qui en contient est refusé."
            ],
        )


def _refused(found: Rejected, key: str) -> h.Node:
    """Every fault at its cell, and the file with the faults written in it."""
    if found.sentence:
        return notice(
            h.p[h.strong[f"{found.name} n’est pas déposé."]], h.p[found.sentence], alert=True
        )
    faults = found.faults
    return (
        notice(
            h.p[
                h.strong[f"{found.name} n’est pas déposé : {count(len(faults), 'faute')}."],
                " Rien n’a été gardé. Corriger les cellules, puis déposer de nouveau.",
            ],
            h.p[
                h.a(".button", href=f"/deposer/{key}/annote.xlsx", download=True)[
                    "Télécharger le fichier annoté"
                ],
                " : chaque faute y est un commentaire sur sa cellule.",
            ],
            alert=True,
        ),
        table(
            "Fautes",
            ("Fichier", "Ligne", "Colonne", "Valeur lue", "Ce qui ne va pas", "Attendu"),
            (
                (
                    f.file or f.table or "–",
                    number(f.line) if f.line else "",
                    f.column or "",
                    h.code[f.value] if f.value else "",
                    (f.message, f" {f.hint}" if f.hint else ""),
                    f.expected or "",
                )
                for f in faults[:_SHOWN]
            ),
            " d",
        ),
        h.p(".soft")[f"Les {_SHOWN} premières ; toutes sont dans le fichier annoté."]
        if len(faults) > _SHOWN
        else None,
    )
