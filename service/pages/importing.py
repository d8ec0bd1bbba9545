"""`/importer`: a file people have, shown row by row before anything of it is kept.

Must not know: how files are read.
"""

from collections.abc import Sequence

import htpy as h

from scenarios.importers.preview import Outcome, listed
from service.accounts import rights
from service.accounts.rights import Action
from service.acts import scenarios
from service.acts.imports import Brought
from service.pages import navigation
from service.pages.frame import frame
from service.pages.pieces import choice, figures, filters, notice, put, table
from service.pages.sending import Shown, shown
from service.pages.sources import BESIDE, FIELDS, SOURCES, Field, Source
from service.pages.visit import Visit, page
from service.pages.words import count, instant, number
from service.tables import ScenarioRow

_NEW = "nouveau"
_MOST = 200
_MOST_REASONS = 60
_TITLES: dict[Outcome, str] = {"refusee": "Lignes refusées", "changee": "Lignes prises, changées"}


@page("/importer")
async def importing(visit: Visit, scenario: str = "", source: str = "", apercu: str = "") -> None:
    """Choose where and what; `apercu`: the file that was sent a moment ago."""
    rights.require(visit.user, Action.WRITE_SCENARIO)
    rows = (await visit.ask(scenarios.listed, limit=_MOST)).rows
    seen = shown(visit, apercu) if apercu else None
    if seen is not None:
        scenario, source = seen.scenario, seen.source
    if source not in SOURCES:
        source = ""
    into = next((row for row in rows if row.id == scenario), None)
    with frame(
        visit,
        "Importer un fichier",
        crumbs=navigation.down_to_scenario(into) if into else (navigation.HOME,),
        lead="Les fichiers que l’on a déjà : on voit d’abord ce qu’ils donnent, ligne par ligne.",
    ):
        put(_choices(rows, scenario, source))
        if apercu and seen is None:
            put(notice("Cet aperçu n’est plus là : envoyer le fichier de nouveau."))
        if seen is not None:
            put(_result(visit, apercu, seen))
        elif not source or not scenario:
            put(_kinds(scenario, _NEW if scenario == _NEW else ""))
        elif scenario == _NEW and source != "etablissements":
            put(notice("Un bassin commence par ses établissements : l’annuaire national."))
        else:
            put(_form(visit, scenario, source, SOURCES[source]))


def _choices(rows: Sequence[ScenarioRow], scenario: str, source: str) -> h.Element:
    known = [(row.id, f"{row.title} · {instant(row.created_at)}") for row in rows]
    return filters(
        "/importer",
        choice("scenario", "Dans", [(_NEW, "un nouveau bassin"), *known], scenario, "Choisir"),
        choice("source", "Depuis", [(k, s.title) for k, s in SOURCES.items()], source, "Choisir"),
        press="Continuer",
    )


def _kinds(scenario: str, only: str) -> h.Node:
    kinds = {k: s for k, s in SOURCES.items() if not only or k == "etablissements"}
    return (
        h.p["Choisir dans quel scénario, puis depuis quel fichier."],
        table(
            "Ce qui s’importe",
            ("Fichier", "Ce qu’il donne"),
            (
                (
                    h.a(href=navigation.address("/importer", scenario=scenario, source=key))[
                        kind.title
                    ],
                    kind.gives,
                )
                for key, kind in kinds.items()
            ),
            hidden_caption=True,
        ),
    )


def _form(visit: Visit, scenario: str, source: str, kind: Source) -> h.Node:
    new = scenario == _NEW
    return (
        h.p[kind.gives],
        _pupils() if source == "eleves" else None,
        h.form(".sheet", method="post", action="/importer", enctype="multipart/form-data")[
            h.input(type="hidden", name="csrf", value=visit.csrf),
            h.input(type="hidden", name="source", value=source),
            None if new else h.input(type="hidden", name="scenario", value=scenario),
            _file("file", kind.file, required=True) if kind.file else None,
            (_file(name, BESIDE[name]) for name in kind.beside),
            _beginning(visit) if new else None,
            (_field(name, FIELDS[name]) for name in kind.asked),
            h.button(".button.primary", type="submit")["Voir ce que ça donne"],
            h.p(".busy", role="status", data_stopped="Arrêté : rien n’est gardé."),
        ],
        h.p(".soft")[
            "Rien n’est gardé avant votre accord. Noms, téléphones et adresses de personnes "
            "restent à la porte : aucune colonne inconnue n’est lue."
        ],
    )


def _pupils() -> h.Element:
    return notice(
        h.p[
            "Ce service ne reçoit ni nom, ni INE, ni date de naissance. "
            "À l’établissement, d’abord :"
        ],
        h.p[
            h.code[
                "bassin importer pseudonymes siecle.csv --cle cle --annee 2026-2027 "
                "--sortie eleves.csv"
            ]
        ],
        h.p["La clé reste à l’établissement ; c’est eleves.csv qui se dépose ici."],
    )


def _file(name: str, label: str, *, required: bool = False) -> h.Element:
    return h.label[
        h.span[label],
        h.input(type="file", name=name, accept=".csv,.txt,.tsv,.xlsx,.zip", required=required),
    ]


def _field(name: str, field: Field) -> h.Element:
    if field.kind == "checkbox":
        return h.label(".tick")[
            h.input(type="checkbox", name=name, value="oui", checked=True), h.span[field.label]
        ]
    if field.options:
        return h.label[
            h.span[field.label],
            h.select(name=name)[
                (h.option(value=v, selected=v == field.value)[text] for v, text in field.options)
            ],
        ]
    return h.label[
        h.span[field.label],
        h.input(
            type="text",
            name=name,
            value=field.value,
            inputmode="numeric" if field.kind == "n" else None,
        ),
    ]


def _beginning(visit: Visit) -> h.Node:
    user = visit.user
    bassin = Field("Bassin, comme dans l’annuaire", user.bassins[0] if user.bassins else "")
    if len(user.bassins) > 1:
        bassin = Field("Bassin", user.bassins[0], tuple((b, b) for b in user.bassins))
    return (
        _field("bassin", bassin),
        _field("academy", Field("Académie", user.academy)),
        _field("year", Field("Année scolaire", "2026-2027")),
        _field("title", Field("Titre, si vous voulez le choisir")),
    )


def _result(visit: Visit, key: str, seen: Shown) -> h.Node:
    if seen.brought is None:
        return (
            notice(h.p[h.strong[f"{seen.name} n’est pas pris."]], h.p[seen.sentence], alert=True),
            _faults(seen),
            _again(seen),
        )
    brought = seen.brought
    made = brought.made
    return (
        h.h2[f"Ce que donne {made.file}"],
        figures(
            ("Lignes lues", number(made.rows_read), ""),
            ("Prises", number(made.taken), f"dont {count(made.changed, 'changée')}"),
            ("Refusées", number(made.refused), "voir pourquoi plus bas" if made.refused else ""),
        ),
        h.ul(".notes")[(h.li[note] for note in made.notes)] if made.notes else None,
        _tables(brought),
        _accept(visit, key, brought),
        (_reasons(brought, outcome) for outcome in _TITLES),
        h.p[
            h.a(href=f"/importer/{key}/rapport.csv", download=True)[
                "Télécharger le rapport, ligne par ligne"
            ]
        ],
        _again(seen),
    )


def _accept(visit: Visit, key: str, brought: Brought) -> h.Node:
    if brought.landed is None:
        return notice("Aucune ligne n’est à prendre : rien ne peut être gardé.", alert=True)
    what = "une variante du scénario" if brought.parent else "un nouveau scénario"
    return h.form(".row", method="post", action=f"/importer/{key}")[
        h.input(type="hidden", name="csrf", value=visit.csrf),
        h.button(".button.primary", type="submit")["Prendre ces lignes"],
        h.span(".soft")[f"Cela fait {what} ; rien d’autre ne change."],
    ]


def _tables(brought: Brought) -> h.Node:
    landed = brought.landed
    if landed is None:
        return None
    return table(
        "Ce qui entre dans le scénario",
        ("Table", "Lignes nouvelles", "Complétées", "Déjà là"),
        (
            (h.code[name], number(n), number(landed.changed[name]), number(landed.same[name]))
            for name, n in landed.added.items()
        ),
        " ddd",
    )


def _reasons(brought: Brought, outcome: Outcome) -> h.Node:
    reasons = brought.made.reasons(outcome)
    if not reasons:
        return None
    return (
        h.h2[_TITLES[outcome]],
        table(
            _TITLES[outcome],
            ("Pourquoi", "Lignes", "Lesquelles"),
            (
                (why, number(len(lines)), h.span(".soft")[listed((str(n) for n in lines), 12)])
                for why, lines in list(reasons.items())[:_MOST_REASONS]
            ),
            " d",
            hidden_caption=True,
        ),
        h.p(".soft")[f"Les {_MOST_REASONS} premières raisons ; toutes sont dans le rapport."]
        if len(reasons) > _MOST_REASONS
        else None,
    )


def _faults(seen: Shown) -> h.Node:
    if not seen.faults:
        return None
    return table(
        "Ce qui ne va pas",
        ("Fichier", "Ligne", "Ce qui ne va pas", "Attendu"),
        (
            (
                str(f.get("file") or f.get("table") or "–"),
                number(f["line"]) if "line" in f else "",
                (f["message"], (h.br, f["hint"]) if "hint" in f else None),
                str(f.get("expected", "")),
            )
            for f in seen.faults
        ),
        " d",
        hidden_caption=True,
    )


def _again(seen: Shown) -> h.Element:
    address = navigation.address("/importer", scenario=seen.scenario, source=seen.source)
    return h.p[h.a(href=address)["Choisir un autre fichier"]]
