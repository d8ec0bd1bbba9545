"""`/scenarios`: sent, measured, listed, varied. Must not know: how they are read or measured."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from scenarios import example
from scenarios.writing import zipped
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import scenarios as acts
from service.acts import variants
from service.acts.masks import masked_loads, masked_tension
from service.api.bodies import Archive, Body, Labels, Listing, archive, require_match, tagged
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.api.idempotency import IdempotentRoute
from service.patches import MOST_OPERATIONS, Operation
from service.refusals import Refusal
from service.tables import ScenarioRow
from solver.domain import Conflict

router = APIRouter(prefix="/scenarios", tags=["scenarios"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=64, description="Identifiant")]
_KINDS = {
    "zip": "application/zip",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SAID_TO_ALL = frozenset({"code", "message", "table"})
_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "Le scénario : zip des tables, classeur ou JSON (voir GET /schema).",
        "content": {
            "application/zip": {"schema": {"type": "string", "format": "binary"}},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
            "application/json": {"schema": {"type": "object"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


class ScenarioMetadata(BaseModel):
    """What a list shows of a scenario."""

    id: str
    digest: str = Field(description="Empreinte du contenu : ce qui lie un plan à son scénario")
    title: str
    bassin: str
    academy: str
    year: str
    origin: str = Field(description="upload, from-input, from-patch, import ou proposition")
    parent: str | None = Field(description="Scénario dont il est une variante")
    owner: str = Field(description="Compte qui l’a déposé")
    created_at: datetime
    tags: list[str]
    sizes: dict[str, int]


class ScenarioRecord(ScenarioMetadata):
    """The scenario with what was measured without solving."""

    warnings: list[dict[str, Any]] = Field(description="Ce qui mérite un regard, sans bloquer")
    risks: list[dict[str, Any]] = Field(description="Ce qui peut laisser des élèves sans place")
    loads: list[dict[str, Any]] = Field(description="Charge si chacun partait quand il le souhaite")
    patch: list[dict[str, Any]] = Field(description="Opérations qui en ont fait une variante")


class Tags(Body):
    tags: Labels


Operations = Annotated[
    tuple[Operation, ...],
    Field(min_length=1, max_length=MOST_OPERATIONS, description="Dans l’ordre"),
]
Reference = Annotated[
    str | None, Field(max_length=64, description="Plan dont les suivants resteront proches")
]


class Patch(Body):
    """A variant: rows and settings changed."""

    operations: Operations
    reference: Reference = None
    tags: Labels = ()


class Input(Body):
    """The same tables, under another title or other rules."""

    titre: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    regles: Annotated[
        dict[str, Any], Field(default_factory=dict, description="Clés de [regles] à changer")
    ]
    bareme: Annotated[
        dict[str, Any], Field(default_factory=dict, description="Clés de [bareme] à changer")
    ]
    reference: Reference = None
    tags: Labels = ()

    def operations(self) -> list[Operation]:
        changes = {"/titre": self.titre} if self.titre is not None else {}
        changes |= {f"/regles/{key}": value for key, value in self.regles.items()}
        changes |= {f"/bareme/{key}": value for key, value in self.bareme.items()}
        return [Operation(op="replace", path=p, value=v) for p, v in changes.items()]


def metadata_of(row: ScenarioRow) -> ScenarioMetadata:
    return ScenarioMetadata(
        id=row.id, digest=row.digest, title=row.title, bassin=row.bassin, academy=row.academy,
        year=row.year, origin=row.origin, parent=row.parent_id, owner=row.owner_id,
        created_at=row.created_at, tags=row.tags, sizes=row.sizes,
    )  # fmt: skip


def record_of(row: ScenarioRow, user: User) -> ScenarioRecord:
    """Examples and values name pupils: they are left out for whoever may not see them all."""
    every = rights.sight(user).every_pupil
    warnings = [w if every else {k: w[k] for k in w if k in _SAID_TO_ALL} for w in row.warnings]
    risks = [r if every else {**r, "exemples": []} for r in row.measures["risques"]]
    return ScenarioRecord(
        **metadata_of(row).model_dump(),
        warnings=warnings,
        risks=risks,
        loads=masked_loads(row.measures["charges"], rights.sight(user)),
        patch=row.patch if every else [],
    )


@router.post(
    "",
    status_code=201,
    **(
        route(
            Action.WRITE_SCENARIO,
            "scenario-invalide", "annee-inconnue", "archive-illisible", "format-inconnu",
            "trop-compresse", "trop-de-cellules", "bassin-etranger", changes=True,
        )
        | {"openapi_extra": {"x-droit": str(Action.WRITE_SCENARIO), **_UPLOAD}}
    ),
)  # fmt: skip
async def submit(
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
    tag: Annotated[Labels, Query(description="Étiquettes")] = (),
) -> ScenarioRecord:
    """Dépose un scénario : gardé tel que reçu, contrôlé, mesuré sans être résolu."""
    content = await _content(request)
    row = await run_in_threadpool(acts.submit, house, user, content, tags=tag)
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return tagged(response, record_of(row, user))


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refusal("format-inconnu", "Le formulaire n’a pas de fichier « file ».")
        return await file.read()


@router.get("", **route(Action.READ_SCENARIO))
def listed(
    user: CurrentUser,
    house: HouseDep,
    part: SliceDep,
    bassin: Annotated[str | None, Query(max_length=100)] = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    digest: Annotated[str | None, Query(max_length=64)] = None,
) -> Listing[ScenarioMetadata]:
    """Les scénarios à portée, du plus récent au plus ancien."""
    found = acts.listed(
        house, user, bassin=bassin, tag=tag, digest=digest, cursor=part.cursor, limit=part.limit
    )
    return Listing(lignes=[metadata_of(row) for row in found.rows], suite=found.next)


@router.get("/demo", response_class=Archive, **route(Action.READ_SCENARIO))
def demo() -> Response:
    """Le bassin de démonstration (fictif), prêt à déposer."""
    files = {file.name: file.read_bytes() for file in sorted(example("demo").iterdir())}
    return archive(zipped(files), "demo.zip")


@router.get("/{scenario}", **route(Action.READ_SCENARIO, "introuvable"))
def one(scenario: Id, user: CurrentUser, house: HouseDep, response: Response) -> ScenarioRecord:
    """Un scénario et ce qui se mesure sans le résoudre."""
    return tagged(response, record_of(acts.one(house, user, scenario), user))


@router.get("/{scenario}/indicators", **route(Action.READ_SCENARIO, "introuvable"))
def indicators(scenario: Id, user: CurrentUser, house: HouseDep) -> dict[str, Any]:
    """Charge et tension de chaque semaine si chacun partait quand il le souhaite."""
    row, sight = acts.one(house, user, scenario), rights.sight(user)
    return {
        "charges": masked_loads(row.measures["charges"], sight),
        "tension": masked_tension(row.measures["tension"], sight),
    }


@router.get("/{scenario}/metadata", **route(Action.READ_SCENARIO, "introuvable"))
def metadata(
    scenario: Id, user: CurrentUser, house: HouseDep, response: Response
) -> ScenarioMetadata:
    """Un scénario en quelques lignes."""
    return tagged(response, metadata_of(acts.one(house, user, scenario)))


_CONTENT = route(Action.READ_CONTENT, "introuvable")
_CONTENT["responses"][200] = {
    "description": "Le scénario, dans le format où il a été envoyé",
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in _KINDS.values()
    },
}


@router.get("/{scenario}/content", response_class=Response, **_CONTENT)
def content(scenario: Id, user: CurrentUser, house: HouseDep) -> Response:
    """Le scénario tel que reçu."""
    kept = acts.received(house, user, scenario)
    name = f'attachment; filename="scenario.{kept.kind}"'
    return Response(
        kept.received, media_type=_KINDS[kept.kind], headers={"Content-Disposition": name}
    )


@router.patch(
    "/{scenario}", **route(Action.WRITE_SCENARIO, "introuvable", "etat-change", changes=True)
)
def relabel(
    scenario: Id,
    tags: Tags,
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> ScenarioRecord:
    """Change les étiquettes ; le contenu ne change jamais."""
    require_match(request, record_of(acts.one(house, user, scenario), user))
    return tagged(response, record_of(acts.relabel(house, user, scenario, tags.tags), user))


@router.delete(
    "/{scenario}",
    status_code=204,
    **route(Action.WRITE_SCENARIO, "introuvable", "encore-utilise", changes=True),
)
def remove(scenario: Id, user: CurrentUser, house: HouseDep) -> None:
    """Supprime un scénario auquel rien ne tient."""
    acts.remove(house, user, scenario)


_DERIVE = route(
    Action.DERIVE_SCENARIO, "introuvable", "scenario-invalide", "modification-impossible",
    "annee-inconnue", "bassin-etranger", changes=True,
)  # fmt: skip


@router.post("/{scenario}/from-input", status_code=201, **_DERIVE)
def from_input(
    scenario: Id,
    given: Input,
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> ScenarioRecord:
    """Un nouveau scénario sur les mêmes tables : autre titre, autres règles, autre barème."""
    row = variants.vary(
        house, user, scenario, given.operations(), reference=given.reference, tags=given.tags,
        origin="from-input",
    )  # fmt: skip
    response.headers["Location"] = request.url.path.rsplit("/", 2)[0] + f"/{row.id}"
    return tagged(response, record_of(row, user))


@router.post("/{scenario}/from-patch", status_code=201, **_DERIVE)
def from_patch(
    scenario: Id,
    patch: Patch,
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> ScenarioRecord:
    """Une variante : des lignes ajoutées, changées ou supprimées, dans l’ordre."""
    row = variants.vary(
        house, user, scenario, patch.operations, reference=patch.reference, tags=patch.tags
    )
    response.headers["Location"] = request.url.path.rsplit("/", 2)[0] + f"/{row.id}"
    return tagged(response, record_of(row, user))


@router.get("/{scenario}/conflicts", **route(Action.READ_CONTENT, "introuvable"))
def conflicts(scenario: Id, user: CurrentUser, house: HouseDep) -> list[Conflict]:
    """Pourquoi aucun plan n’est possible ; vide s’il y en a un."""
    return list(acts.conflicts(house, user, scenario))
