"""`/connexion` and `/invitation/{code}`: coming in. Must not know: passwords, sessions."""

from urllib.parse import quote

import htpy as h
from nicegui import app, ui

from service.accounts.passwords import LONGEST, SHORTEST
from service.api.problems import KINDS
from service.pages.doors import inside
from service.pages.frame import frame
from service.pages.pieces import notice, put


def _refused(code: str) -> h.Node:
    if code == "differents":
        return notice("Les deux mots de passe ne sont pas les mêmes.", alert=True)
    return notice(KINDS[code].example, alert=True) if code in KINDS else None


@ui.page("/connexion")
def connexion(suite: str = "/", refus: str = "", login: str = "", nouveau: str = "") -> None:
    """Sign in, then go where one wanted to go."""
    with frame(None, "Se connecter"):
        put(
            _refused(refus),
            notice("Mot de passe enregistré : se connecter.") if nouveau else None,
            h.form(".door", method="post", action="/connexion")[
                h.input(type="hidden", name="suite", value=inside(suite)),
                h.label[
                    h.span["Identifiant"],
                    h.input(
                        name="login", value=login, autocomplete="username", required=True,
                        autocapitalize="none", spellcheck="false", maxlength="200",
                    ),
                ],
                h.label[
                    h.span["Mot de passe"],
                    h.input(
                        type="password", name="password", autocomplete="current-password",
                        required=True, maxlength="1000",
                    ),
                ],
                h.button(".button.primary", type="submit")["Se connecter"],
            ],
            h.p(".door-more")[h.a(href="/api/v1/session/oidc")["Se connecter par l’académie"]]
            if app.state.house.settings.oidc_issuer
            else None,
            h.p(".door-more")[
                "Mot de passe oublié, ou pas encore de compte ? L’administrateur du service envoie "
                "un lien d’invitation."
            ],
        )  # fmt: skip


@ui.page("/invitation/{code}")
def invitation(code: str, refus: str = "") -> None:
    """Choose a password."""
    with frame(None, "Choisir un mot de passe"):
        put(
            _refused(refus),
            h.form(".door", method="post", action=f"/invitation/{quote(code, safe='')}")[
                h.label[
                    h.span["Mot de passe"],
                    h.input(
                        type="password", name="password", autocomplete="new-password",
                        required=True, minlength=str(SHORTEST), maxlength=str(LONGEST),
                        aria_describedby="regle",
                    ),
                ],
                h.p("#regle.hint")[
                    f"De {SHORTEST} à {LONGEST} caractères ; une phrase de quatre mots convient."
                ],
                h.label[
                    h.span["Le même, encore une fois"],
                    h.input(
                        type="password", name="again", autocomplete="new-password", required=True,
                        maxlength=str(LONGEST),
                    ),
                ],
                h.button(".button.primary", type="submit")["Enregistrer"],
            ],
        )  # fmt: skip
