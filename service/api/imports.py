"""`/imports`: a file people have, shown row by row, then kept. Must not know: how it is read."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from scenarios.cells import Unreadable
from scenarios.importers.desk import WITHOUT_FILE
from scenarios.importers.documentation import SOURCES
from scenarios.importers.hosts import publics_of
from scenarios.importers.identity import CIVIL
from scenarios.importers.preview import Import, Outcome
from service.accounts.rights import Action
from service.acts import imports as acts
from service.api.bodies import Body, Labels, tagged
from service.api.dependencies import CurrentUser, HouseDep, route
from service.api.files import files_of
from service.api.idempotency import IdempotentRoute
from service.api.scenarios import ScenarioRecord, record_of
from service.refusals import Refusal
from solver.domain import Mode

router = APIRouter(prefix="/imports", tags=["fichiers"], route_class=IdempotentRoute)
Source = Literal[
    "etablissements", "divisions", "effectifs", "eleves", "sirene", "entreprises", "offres",
    "trajets", "secteurs", "simulation",
]  # fmt: skip
FILES = ("file", *acts.BESIDE)
_MOST_LINES = 1_000
_BINARY = {"type": "string", "format": "binary"}
_FORM = {
    "requestBody": {
        "description": "Le fichier (.csv, .xlsx ou .zip d’un CSV) et les tables de référence. "
        "« eleves » : jamais de nom, d’INE ni de date de naissance ; voir « bassin importer "
        "pseudonymes ».",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": dict.fromkeys(FILES, _BINARY),
                }
            }
        },
    }
}
_PROBLEMS = (
    "fichier-refuse", "format-inconnu", "introuvable", "scenario-invalide", "annee-inconnue",
    "archive-illisible", "trop-compresse", "trop-de-cellules", "bassin-etranger",
)  # fmt: skip
Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


class Options(Body):
    """Where the file goes, and what it cannot say itself; each source reads what it needs."""

    scenario: Annotated[
        str | None, Field(max_length=64, description="Scénario à compléter ; sinon : un nouveau")
    ] = None
    bassin: Annotated[Text | None, Field(description="Nouveau scénario : son bassin")] = None
    academy: Annotated[Text | None, Field(description="Nouveau scénario : son académie")] = None
    year: Annotated[str | None, Field(pattern=r"^20\d\d-20\d\d$", description="« 2026-2027 »")] = (
        None
    )
    zone: Annotated[
        Literal["A", "B", "C"] | None, Field(description="Si l’académie ne suffit pas")
    ] = None
    title: Text | None = None
    school: Annotated[
        str | None, Field(pattern=r"^\d{7}[A-Z]$", description="UAI, si le fichier ne le dit pas")
    ] = None
    radius_km: Annotated[
        float | None, Field(ge=0, le=500, description="Autour des établissements")
    ] = None
    periods: Annotated[bool, Field(description="Ouvrir aussi les périodes usuelles")] = True
    largest: Annotated[int, Field(ge=1, le=100, description="Élèves d’une division, au plus")] = 24
    publics: Annotated[str, Field(max_length=100, description="« sirene » : publics supposés")] = (
        "3E 2GT CAP BACPRO CS"
    )
    slots: Annotated[
        int, Field(ge=0, le=1000, description="« sirene » : places par semaine supposées")
    ] = 1
    fewest: Annotated[int, Field(ge=0, le=100_000, description="« sirene » : salariés")] = 1
    mode: Annotated[Mode | None, Field(description="« trajets » : mode de déplacement")] = None
    seed: Annotated[int, Field(ge=0, le=2**31, description="« simulation » : hasard")] = 0
    tension: Literal["basse", "normale", "haute"] = "normale"
    tag: Annotated[Labels, Field(description="Étiquettes")] = ()

    def into(self) -> str | acts.Beginning:
        """Where it goes. Raises `Refusal` where that is not said."""
        if self.scenario is not None:
            return self.scenario
        if self.bassin is None or self.academy is None or self.year is None:
            raise Refusal(
                "requete-invalide",
                "Donner « scenario », ou « bassin », « academy » et « year » d’un nouveau.",
            )
        return acts.Beginning(
            bassin=self.bassin, academy=self.academy, year=self.year, zone=self.zone,
            title=self.title,
        )  # fmt: skip

    def options(self) -> dict[str, Any]:
        """What the importers are told. Raises `Refusal` for a public that there is not."""
        told = self.model_dump(include=_TOLD)
        try:
            return told | {"publics": publics_of(self.publics)}
        except Unreadable as reason:
            raise Refusal("requete-invalide", reason.message) from None


_TOLD = {
    "school", "radius_km", "periods", "largest", "slots", "fewest", "mode", "seed", "tension",
}  # fmt: skip


class Reason(BaseModel):
    """Rows changed or refused alike."""

    outcome: Outcome
    why: str
    rows: int
    lines: list[int] = Field(description=f"Lignes du fichier, les {_MOST_LINES} premières")


class Counted(BaseModel):
    """What becomes of a table of the scenario."""

    table: str
    added: int
    changed: int
    same: int


class ImportPreview(BaseModel):
    """What a file gives, nothing stored: every row read is taken, changed or refused."""

    source: str
    file: str
    read: int
    taken: int
    changed: int
    refused: int
    reasons: list[Reason]
    notes: list[str]
    tables: list[Counted] = Field(description="Vide : aucune ligne n’est à prendre")


class Columns(BaseModel):
    """A source, or a reference table, and the columns it looks for."""

    source: str
    meaning: str
    columns: list[dict[str, Any]]


def described(brought: acts.Brought) -> ImportPreview:
    """A preview, as programs read it."""
    made, landed = brought.made, brought.landed
    counts = [] if landed is None else [
        Counted(table=name, added=n, changed=landed.changed[name], same=landed.same[name])
        for name, n in landed.added.items()
    ]  # fmt: skip
    return ImportPreview(
        source=made.source, file=made.file, read=made.rows_read, taken=made.taken,
        changed=made.changed, refused=made.refused, reasons=_reasons(made), notes=made.notes,
        tables=counts,
    )  # fmt: skip


def _reasons(made: Import) -> list[Reason]:
    outcomes: tuple[Outcome, ...] = ("changee", "refusee")
    return [
        Reason(outcome=outcome, why=why, rows=len(lines), lines=lines[:_MOST_LINES])
        for outcome in outcomes
        for why, lines in made.reasons(outcome).items()
    ]


def _route(*problems: str) -> dict[str, Any]:
    options = route(Action.WRITE_SCENARIO, *_PROBLEMS, *problems, changes=True)
    return options | {"openapi_extra": options["openapi_extra"] | _FORM}


async def _asked(request: Request, source: str, options: Options) -> acts.Asked:
    sent = request.headers.get("content-type") or source not in WITHOUT_FILE
    files = await files_of(request, FILES) if sent else {}
    return acts.Asked(source=source, into=options.into(), files=files, options=options.options())


@router.get("", **route(Action.WRITE_SCENARIO))
def sources() -> list[Columns]:
    """Les sources, et les colonnes que chacune reconnaît."""
    return [
        Columns(
            source=name.removeprefix("--"),
            meaning=meaning,
            columns=[
                {"name": c.name, "headers": c.headers, "required": c.required}
                for c in columns
                if c not in CIVIL
            ],
        )
        for name, meaning, columns in SOURCES
    ]  # fmt: skip


@router.post("/{source}/preview", **_route())
async def preview(
    source: Source,
    options: Annotated[Options, Query()],
    request: Request,
    user: CurrentUser,
    house: HouseDep,
) -> ImportPreview:
    """Ce qu’un fichier donnerait : lignes prises, changées, refusées, et pourquoi."""
    asked = await _asked(request, source, options)
    return described(await run_in_threadpool(acts.preview, house, user, asked))


@router.post("/{source}", status_code=201, **_route("etat-contraire"))
async def accept(
    source: Source,
    options: Annotated[Options, Query()],
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> ScenarioRecord:
    """Prend les lignes : une variante du scénario complété, ou un nouveau scénario."""
    asked = await _asked(request, source, options)

    def bring() -> ScenarioRecord:
        brought = acts.preview(house, user, asked)
        return record_of(acts.keep(house, user, brought, tags=options.tag), user)

    record = await run_in_threadpool(bring)
    response.headers["Location"] = f"/api/v1/scenarios/{record.id}"
    return tagged(response, record)
