"""Every way a request can fail: a stable code, its status, its meaning, an example (RFC 9457).

The only place where a refusal becomes a status. Must not know: routes, rights.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from service.acts.scenarios import fault
from service.refusals import Refusal
from solver.errors import (
    EngineDefect,
    InvalidPlan,
    InvalidScenario,
    UnknownSchoolYear,
    UnknownSubject,
)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/problems/"
_log = logging.getLogger("service.api")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of failing; `extra` is what an example carries besides its sentence."""

    status: int
    title: str
    example: str
    extra: Mapping[str, Any] = field(default_factory=dict)


_FAULT = {
    "code": "reference-inconnue",
    "message": "« lieu » inconnu",
    "table": "eleves",
    "column": "lieu",
    "value": "5439",
    "expected": "un « lieu » de lieux.csv",
    "hint": "vouliez-vous dire « 54395 » ?",
    "severity": "faute",
    "file": "eleves.csv",
    "line": 12,
}
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "requete-invalide": Kind(
            422,
            "La requête ne suit pas le contrat",
            "Un champ au moins n’est pas celui que le contrat attend : voir « erreurs ».",
            {"erreurs": [{"ou": "query › limit", "message": "Input should be less than 200"}]},
        ),
        "scenario-invalide": Kind(
            422, "Le scénario a des fautes", "Le scénario a 1 faute.", {"fautes": [_FAULT]}
        ),
        "plan-invalide": Kind(
            422, "Le plan ne peut pas être lu", "Le plan a 1 faute.", {"fautes": [_FAULT]}
        ),
        "fichier-refuse": Kind(
            422, "Le fichier ne peut pas servir",
            "Ce fichier ne peut pas servir : voir « fautes ». Rien n’en est gardé.",
            {"fautes": [{
                "code": "identite",
                "message": "le fichier dit qui sont les élèves (ine, nom) : rien n’en a été lu",
                "expected": "un fichier sans identité, avec la colonne « pseudonyme »",
                "severity": "faute",
                "file": "siecle.csv",
            }]},
        ),
        "modification-impossible": Kind(
            422, "La modification ne s’applique pas",
            "Opération 1 : aucune ligne de « divisions » ne répond à [division=X].",
            {"operation": 1},
        ),
        "annee-inconnue": Kind(
            422, "Aucun calendrier de vacances connu",
            "Aucun calendrier de vacances connu pour 2099-2100, zone B.",
        ),
        "mot-de-passe-faible": Kind(
            422, "Mot de passe trop faible",
            "Le mot de passe doit avoir de 12 à 128 caractères ; une phrase convient.",
        ),
        "format-inconnu": Kind(
            415, "Format inconnu",
            "Envoyer un .zip des tables, un classeur .xlsx ou du JSON.",
        ),
        "archive-illisible": Kind(
            422, "Archive illisible", "L’archive est abîmée ou chiffrée : la refaire."
        ),
        "trop-gros": Kind(413, "Envoi trop gros", "L’envoi dépasse 20 Mo : il n’est pas lu."),
        "trop-compresse": Kind(
            413, "Archive trop compressée",
            "Une fois décompressé, l’envoi dépasse 100 fois sa taille : il n’est pas lu.",
        ),
        "trop-de-cellules": Kind(
            413, "Trop de cellules",
            "Le scénario a plus de 5000000 cellules : il n’est pas lu.",
        ),
        "identifiants-refuses": Kind(
            401, "Connexion refusée", "Identifiant ou mot de passe refusé."
        ),
        "connexion-requise": Kind(
            401, "Connexion requise",
            "Se connecter (POST /api/v1/session) ou envoyer un jeton (Authorization: Bearer …).",
        ),
        "invitation-perimee": Kind(
            410, "Invitation périmée",
            "Cette invitation n’est plus valable : en demander une autre à l’administrateur.",
        ),
        "csrf-absent": Kind(
            403, "Jeton de formulaire absent",
            "Avec un cookie de session, une modification répète son « csrf » dans X-CSRF-Token.",
        ),
        "droit-absent": Kind(
            403, "Droit absent",
            "Le rôle « rectorat » ne permet pas cette action (plan.eleves).",
            {"action": "plan.eleves"},
        ),
        "portee-absente": Kind(
            403, "Portée du jeton insuffisante",
            "Ce jeton n’a pas été créé pour cette action : il lui faut la portée « calcul ».",
            {"action": "calcul.lancer"},
        ),
        "bassin-etranger": Kind(
            403, "Bassin d’un autre territoire",
            "Le bassin « NANCY » de l’académie « Nancy-Metz » n’est pas dans votre territoire.",
            {"bassin": "NANCY"},
        ),
        "introuvable": Kind(
            404, "Introuvable", "Rien à cette adresse dans votre territoire."
        ),
        "sujet-inconnu": Kind(
            404, "Inconnu du scénario",
            "« e99999 » n’est pas dans le scénario : un élève attendu.",
        ),
        "methode-refusee": Kind(
            405, "Méthode refusée", "Cette adresse n’accepte pas cette méthode."
        ),
        "encore-utilise": Kind(
            409, "Encore utilisé",
            "Des calculs, des plans ou des variantes tiennent à ce scénario.",
        ),
        "etat-contraire": Kind(
            409, "L’état ne le permet pas",
            "Cette proposition a déjà reçu une réponse.",
        ),
        "compte-inconnu": Kind(
            403, "Aucun compte ici",
            "Votre identité est reconnue, mais aucun compte ne lui correspond : le demander à "
            "l’administrateur.",
        ),
        "deja-pris": Kind(409, "Déjà pris", "Un compte porte déjà cet identifiant."),
        "semaine-interdite": Kind(
            409, "Semaine interdite",
            "Le départ ne peut pas avoir lieu en 2027-W09 : vacances scolaires.",
        ),
        "cle-reutilisee": Kind(
            409, "Clé d’idempotence réutilisée",
            "Cette clé a déjà servi à une autre requête.",
        ),
        "en-cours": Kind(
            409, "Première requête en cours",
            "La même requête est encore en cours de traitement : recommencer plus tard.",
        ),
        "deja-final": Kind(
            410, "Calcul déjà terminé", "Ce calcul est terminé : lire son résultat."
        ),
        "etat-change": Kind(
            412, "L’état a changé",
            "La ressource a changé depuis que vous l’avez lue : la relire, puis recommencer.",
        ),
        "trop-de-requetes": Kind(
            429, "Trop de requêtes", "Réessayer dans 12 s.", {"secondes": 12}
        ),
        "trop-de-calculs": Kind(
            429, "Trop de calculs en attente",
            "20 calculs attendent ou tournent déjà pour ce compte.", {"secondes": 60},
        ),
        "defaut": Kind(
            500, "Défaut du programme",
            "Un défaut du programme : merci de le signaler avec le numéro de la requête.",
            {"requete": "019c5e0a7b3c"},
        ),
        "base-absente": Kind(
            503, "Base de données injoignable", "Réessayer dans un instant.", {"secondes": 5}
        ),
        "fournisseur-absent": Kind(
            502, "Fournisseur d’identité injoignable ou réponse refusée",
            "Le fournisseur d’identité n’a pas confirmé la connexion.",
        ),
    }
)  # fmt: skip
"""Every code that clients may rely on."""


class Problem(BaseModel):
    """What every error answers; more members depend on the code (`fautes`, `erreurs`, …)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Adresse de la description de ce problème")
    code: str = Field(description="Identifiant stable, pour les programmes")
    title: str = Field(description="Ce qui s’est passé, en quelques mots")
    status: int = Field(description="Code HTTP")
    detail: str = Field(description="Ce qui s’est passé, où, que faire")


def answers(codes: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route, each with an example."""
    documented: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = KINDS[code]
        answer = documented.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {},
                    }
                },
            },
        )
        if kind.title not in answer["description"]:
            answer["description"] += " ; " + kind.title[0].lower() + kind.title[1:]
        answer["content"][MEDIA_TYPE]["examples"][code] = {"$ref": f"#/components/examples/{code}"}
    return documented


def examples() -> dict[str, Any]:
    """An example of every problem, for the components of the document."""
    return {
        code: {"summary": kind.title, "value": body(code, kind.example, kind.extra)}
        for code, kind in KINDS.items()
    }


def body(code: str, detail: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a problem."""
    kind = KINDS[code]
    return {
        "type": PREFIX + code,
        "code": code,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        **extra,
    }


def response(
    code: str, detail: str, extra: Mapping[str, Any] | None = None, **headers: str
) -> JSONResponse:
    """The answer to a request that failed."""
    said = dict(extra or {})
    if "secondes" in said:
        headers["Retry-After"] = str(said["secondes"])
    if KINDS[code].status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="bassin"'
    return JSONResponse(
        body(code, detail, jsonable_encoder(said)),
        KINDS[code].status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def _told(error: Exception) -> JSONResponse | None:
    match error:
        case Refusal():
            return response(error.code, error.detail, error.extra)
        case InvalidScenario() | InvalidPlan():
            code = "scenario-invalide" if isinstance(error, InvalidScenario) else "plan-invalide"
            count = len(error.faults)
            what = "Le scénario" if code == "scenario-invalide" else "Le plan"
            said = f"{what} a {count} faute{'s' if count > 1 else ''} : voir « fautes »."
            return response(code, said, {"fautes": [fault(f) for f in error.faults]})
        case UnknownSubject():
            return response("sujet-inconnu", str(error), {"attendu": error.expected})
        case UnknownSchoolYear():
            return response("annee-inconnue", str(error))
        case OperationalError() | InterfaceError():
            _log.warning("base injoignable : %s", type(error.orig).__name__)
            return response("base-absente", KINDS["base-absente"].example, {"secondes": 5})
    return None


def install(app: FastAPI) -> None:
    """Make the application answer every failure this way."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        answer = _told(error)
        assert answer is not None
        return answer

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        said = [
            {"ou": " › ".join(str(part) for part in e["loc"]), "message": e["msg"]}
            for e in error.errors()
        ]
        kind = KINDS["requete-invalide"]
        return response("requete-invalide", kind.example, {"erreurs": said})

    async def plain(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "introuvable", 405: "methode-refusee"}.get(error.status_code)
        if code is None:
            code = "requete-invalide" if error.status_code < 500 else "defaut"
        headers = dict(error.headers or {})
        return response(code, KINDS[code].example, None, **headers)

    async def defect(request: Request, error: Exception) -> JSONResponse:
        key = getattr(request.state, "key", "")
        kind = KINDS["defaut"]
        return response("defaut", kind.example, {"requete": key})

    for family in (
        Refusal, InvalidScenario, InvalidPlan, UnknownSubject, UnknownSchoolYear,
        OperationalError, InterfaceError,
    ):  # fmt: skip
        app.add_exception_handler(family, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(EngineDefect, defect)
