"""`/accounts` and `/tokens`: who may come in. Must not know: how keys are kept."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from service.accounts.rights import Action, Scope
from service.acts import accounts as acts
from service.api.bodies import Body, Listing, tagged
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.tables import AccountRow, Role, TokenRow

router = APIRouter(tags=["comptes"])
Id = Annotated[str, Path(max_length=64, description="Identifiant")]
Named = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Uai = Annotated[str, Field(pattern=r"^\d{7}[A-Z]$")]


class Territory(Body):
    """What a role looks after: bassins, establishments or a whole académie."""

    name: Annotated[str, Field(max_length=100, description="Nom affiché")] = ""
    role: Role
    academy: Annotated[str, Field(max_length=100)] = ""
    bassins: Annotated[tuple[Named, ...], Field(max_length=100)] = ()
    establishments: Annotated[tuple[Uai, ...], Field(max_length=100, description="UAI")] = ()


class NewAccount(Territory):
    login: Annotated[Named, Field(description="Identifiant (adresse professionnelle)")]


class AccountChange(Territory):
    disabled: bool = False


class Account(BaseModel):
    """Somebody who may sign in."""

    id: str
    login: str
    name: str
    role: str
    academy: str
    bassins: list[str]
    establishments: list[str]
    created_at: datetime
    disabled_at: datetime | None


class Invited(Account):
    invitation: str = Field(description="Code à transmettre : il sert une fois")


class Invitation(BaseModel):
    invitation: str = Field(description="Code à transmettre : il sert une fois")


class NewToken(Body):
    name: Annotated[Named, Field(description="À quoi il sert")]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=366, description="Durée de validité")] = 90


class Token(BaseModel):
    """A key for programs, without the key."""

    id: str
    name: str
    scopes: list[Literal["lecture", "ecriture", "calcul", "publication"]]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenWithKey(Token):
    key: str = Field(description="La clé, montrée cette seule fois")


def _fields(row: AccountRow) -> dict[str, Any]:
    return {
        "id": row.id, "login": row.login, "name": row.name, "role": row.role,
        "academy": row.academy, "bassins": row.bassins, "establishments": row.establishments,
        "created_at": row.created_at, "disabled_at": row.disabled_at,
    }  # fmt: skip


def _token(row: TokenRow) -> dict[str, Any]:
    return row.model_dump(include=set(Token.model_fields))


@router.get("/accounts", **route(Action.MANAGE_ACCOUNTS))
def listed(user: CurrentUser, house: HouseDep, part: SliceDep) -> Listing[Account]:
    """Tous les comptes."""
    found = acts.listed(house, user, cursor=part.cursor, limit=part.limit)
    return Listing(lignes=[Account(**_fields(row)) for row in found.rows], suite=found.next)


@router.post(
    "/accounts",
    status_code=201,
    **route(Action.MANAGE_ACCOUNTS, "deja-pris", "etat-contraire", changes=True),
)
def create(account: NewAccount, user: CurrentUser, house: HouseDep) -> Invited:
    """Crée un compte ; le code d’invitation permet d’en choisir le mot de passe."""
    row, code = acts.create(house, user, **account.model_dump())
    return Invited(**_fields(row), invitation=code)


@router.get("/accounts/{account}", **route(Action.MANAGE_ACCOUNTS, "introuvable"))
def one(account: Id, user: CurrentUser, house: HouseDep, response: Response) -> Account:
    """Un compte."""
    return tagged(response, Account(**_fields(acts.one(house, user, account))))


@router.put(
    "/accounts/{account}",
    **route(Action.MANAGE_ACCOUNTS, "introuvable", "etat-contraire", changes=True),
)
def change(account: Id, change: AccountChange, user: CurrentUser, house: HouseDep) -> Account:
    """Change le rôle, le territoire, ou désactive."""
    return Account(**_fields(acts.change(house, user, account, **change.model_dump())))


@router.post(
    "/accounts/{account}/invitation",
    **route(Action.MANAGE_ACCOUNTS, "introuvable", changes=True),
)
def invite(account: Id, user: CurrentUser, house: HouseDep) -> Invitation:
    """Un nouveau code d’invitation."""
    return Invitation(invitation=acts.invite(house, user, account))


@router.get("/accounts/{account}/export", **route(Action.OWN_ACCOUNT, "introuvable"))
def export(account: Id, user: CurrentUser, house: HouseDep) -> dict[str, Any]:
    """Tout ce qui est gardé d’un compte : le sien, ou tout autre pour un administrateur."""
    return acts.export(house, user, account)


@router.delete(
    "/accounts/{account}",
    status_code=204,
    **route(Action.OWN_ACCOUNT, "introuvable", "etat-contraire", changes=True),
)
def erase(account: Id, user: CurrentUser, house: HouseDep) -> None:
    """Efface un compte : le sien, ou tout autre pour un administrateur."""
    acts.erase(house, user, account)


@router.get("/tokens", **route(Action.OWN_ACCOUNT))
def tokens(user: CurrentUser, house: HouseDep) -> list[Token]:
    """Ses jetons, sans leurs clés."""
    return [Token(**_token(row)) for row in acts.tokens(house, user)]


@router.post(
    "/tokens", status_code=201, **route(Action.OWN_ACCOUNT, "etat-contraire", changes=True)
)
def create_token(token: NewToken, user: CurrentUser, house: HouseDep) -> TokenWithKey:
    """Crée un jeton ; sa clé n’est montrée que dans cette réponse."""
    row, key = acts.create_token(house, user, token.name, token.scopes, token.days)
    return TokenWithKey(**_token(row), key=key)


@router.delete(
    "/tokens/{token}", status_code=204, **route(Action.OWN_ACCOUNT, "introuvable", changes=True)
)
def revoke_token(token: Id, user: CurrentUser, house: HouseDep) -> None:
    """Révoque un de ses jetons."""
    acts.revoke_token(house, user, token)
