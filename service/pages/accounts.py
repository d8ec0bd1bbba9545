"""`/comptes`: who may come in, and the links by which they choose their password.

Must not know: how passwords and keys are kept.
"""

from collections.abc import Sequence
from typing import cast

import htpy as h
from nicegui import ui

from service.acts import accounts
from service.pages import navigation
from service.pages.doing import button
from service.pages.frame import ROLES, frame
from service.pages.pieces import notice, put, table
from service.pages.visit import Visit, page
from service.pages.words import instant
from service.tables import AccountRow, Role

_NEEDS: dict[Role, str] = {
    "coordonnateur": "académie et bassins",
    "ddf": "académie et établissements (UAI)",
    "rectorat": "académie",
    "admin": "rien",
}


@page("/comptes")
async def accounts_page(visit: Visit) -> None:
    """Accounts, and inviting somebody."""
    rows = (await visit.ask(accounts.listed, cursor=None, limit=200)).rows
    with frame(visit, "Comptes", crumbs=(navigation.HOME,)):
        link = put()
        put(h.h2["Inviter quelqu’un"])
        with ui.element("form").classes("invite").on("submit.prevent", lambda: None):
            fields = {
                "login": _field("Identifiant"),
                "name": _field("Nom affiché"),
                "academy": _field("Académie"),
                "bassins": _field("Bassins, un par ligne", lines=True),
                "schools": _field("UAI, un par ligne", lines=True),
            }
            role = (
                ui.select(
                    {key: f"{name} : {_NEEDS[key]}" for key, name in ROLES.items()},
                    value="coordonnateur", label="Rôle et ce qu’il faut en dire",
                )
                .props("outlined dense options-dense").classes("wide")
            )  # fmt: skip

            async def invite() -> None:
                row, code = await visit.ask(
                    accounts.create, fields["login"].value.strip(),
                    name=fields["name"].value.strip(),
                    role=cast("Role", role.value),
                    academy=fields["academy"].value.strip(),
                    bassins=_lines(fields["bassins"].value),
                    establishments=_lines(fields["schools"].value),
                )  # fmt: skip
                _show(link, visit, row, code)

            button("Inviter", invite, primary=True)
        put(h.h2["Comptes"], _table(rows))
        put(h.h2["Refaire un lien"])
        again = (
            ui.select({row.id: row.login for row in rows}, label="Compte", with_input=False)
            .props("outlined dense options-dense")
            .classes("wide")
        )

        async def renew() -> None:
            row = await visit.ask(accounts.one, str(again.value or ""))
            _show(link, visit, row, await visit.ask(accounts.invite, row.id))

        button("Donner un nouveau lien", renew)


def _field(label: str, *, lines: bool = False) -> ui.input | ui.textarea:
    made = ui.textarea(label) if lines else ui.input(label)
    return made.props("outlined dense autogrow" if lines else "outlined dense").classes("wide")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _show(place: ui.html, visit: Visit, row: AccountRow, code: str) -> None:
    settings = visit.house.settings
    home = settings.public_url or f"http://{settings.host}:{settings.port}"
    said = notice(
        h.p[
            f"Lien pour {row.login}, valable {settings.invitation_hours} heures et une seule fois, "
            "à lui remettre en main propre ou par messagerie professionnelle :"
        ],
        h.p[h.code[f"{home}/invitation/{code}"]],
    )
    place.set_content(str(said))
    ui.run_javascript("window.scrollTo(0, 0)")


def _table(rows: Sequence[AccountRow]) -> h.Element:
    return table(
        "Comptes",
        ("Identifiant", "Nom", "Rôle", "Territoire", "Créé le", "État"),
        (
            (
                row.login, row.name, ROLES[cast("Role", row.role)],
                " · ".join([row.academy, *row.bassins, *row.establishments]).strip(" ·"),
                instant(row.created_at),
                "désactivé" if row.disabled_at
                else "invité" if row.password_hash is None and row.oidc_subject is None
                else "actif",
            )
            for row in rows
            if row.erased_at is None
        ),
        hidden_caption=True,
    )  # fmt: skip
