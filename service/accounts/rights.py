"""The one place where rights are decided: who may do what, how far, and which pupils they see.

Every act asks `require`; every query takes `reach`; every row that tells of a pupil passes `sight`.
Must not know: routes, queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from service.refusals import Refusal
from service.store.reach import Reach
from service.tables import Role

Scope = Literal["lecture", "ecriture", "calcul", "publication"]
SCOPES: tuple[Scope, ...] = ("lecture", "ecriture", "calcul", "publication")
"""What a token may be made for; accounts and tokens themselves need a session."""


@dataclass(frozen=True, slots=True)
class User:
    """Whoever asks: an account, and the scopes of the token if it came with one."""

    id: str
    login: str
    name: str
    role: Role
    academy: str = ""
    bassins: tuple[str, ...] = ()
    establishments: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None
    """None: a session, which may do all that the role may."""


class Action(StrEnum):
    """Everything that can be asked for."""

    READ_SCENARIO = "scenario.lire"
    READ_CONTENT = "scenario.contenu"
    WRITE_SCENARIO = "scenario.ecrire"
    DERIVE_SCENARIO = "scenario.deriver"
    READ_RUN = "calcul.lire"
    START_RUN = "calcul.lancer"
    READ_PLAN = "plan.lire"
    READ_PUPILS = "plan.eleves"
    READ_PLAN_CONTENT = "plan.contenu"
    WRITE_PLAN = "plan.ecrire"
    TRY_SHIFT = "plan.essayer"
    PUBLISH = "plan.publier"
    READ_PROPOSAL = "proposition.lire"
    PROPOSE = "proposition.faire"
    DECIDE = "proposition.decider"
    READ_JOURNAL = "journal.lire"
    MANAGE_ACCOUNTS = "comptes.gerer"
    OWN_ACCOUNT = "compte.soi"


@dataclass(frozen=True, slots=True)
class Right:
    """Which roles an action is open to, and the scope a token needs for it (None: none will do)."""

    roles: frozenset[Role]
    scope: Scope | None


_COORDINATION: frozenset[Role] = frozenset({"coordonnateur", "admin"})
_ACADEMY: frozenset[Role] = _COORDINATION | {"rectorat"}
_SCHOOL: frozenset[Role] = _COORDINATION | {"ddf"}
_ALL: frozenset[Role] = _ACADEMY | {"ddf"}

RIGHTS: Mapping[Action, Right] = MappingProxyType(
    {
        Action.READ_SCENARIO: Right(_ALL, "lecture"),
        Action.READ_CONTENT: Right(_COORDINATION, "lecture"),
        Action.WRITE_SCENARIO: Right(_COORDINATION, "ecriture"),
        Action.DERIVE_SCENARIO: Right(_ACADEMY, "ecriture"),
        Action.READ_RUN: Right(_ACADEMY, "lecture"),
        Action.START_RUN: Right(_ACADEMY, "calcul"),
        Action.READ_PLAN: Right(_ALL, "lecture"),
        Action.READ_PUPILS: Right(_SCHOOL, "lecture"),
        Action.READ_PLAN_CONTENT: Right(_COORDINATION, "lecture"),
        Action.WRITE_PLAN: Right(_COORDINATION, "ecriture"),
        Action.TRY_SHIFT: Right(_SCHOOL, "lecture"),
        Action.PUBLISH: Right(_COORDINATION, "publication"),
        Action.READ_PROPOSAL: Right(_SCHOOL, "lecture"),
        Action.PROPOSE: Right(frozenset({"ddf"}), "ecriture"),
        Action.DECIDE: Right(_COORDINATION, "ecriture"),
        Action.READ_JOURNAL: Right(_ACADEMY, "lecture"),
        Action.MANAGE_ACCOUNTS: Right(frozenset({"admin"}), None),
        Action.OWN_ACCOUNT: Right(_ALL, None),
    }
)


def may(user: User, action: Action) -> bool:
    """Whether the role is given the action; a token must have been made for it too."""
    right = RIGHTS[action]
    return user.role in right.roles and (user.scopes is None or right.scope in user.scopes)


def require(user: User, action: Action) -> None:
    """Raises `Refusal` where the user may not do this anywhere."""
    right = RIGHTS[action]
    if user.role not in right.roles:
        raise Refusal(
            "droit-absent", f"Le rôle « {user.role} » ne permet pas cette action ({action}).",
            action=action,
        )  # fmt: skip
    if not may(user, action):
        raise Refusal(
            "portee-absente", "Ce jeton n’a pas été créé pour cette action : "
            + (f"il lui faut la portée « {right.scope} »." if right.scope
               else "elle demande une session."),
            action=action,
        )  # fmt: skip


def reach(user: User) -> Reach:
    """How far the user looks: a condition of every query."""
    match user.role:
        case "admin":
            return Reach(everything=True)
        case "rectorat":
            return Reach(academy=user.academy)
        case "coordonnateur":
            return Reach(academy=user.academy, bassins=user.bassins)
        case "ddf":
            return Reach(establishments=user.establishments)


def require_bassin(user: User, academy: str, bassin: str) -> None:
    """Raises `Refusal` where what is brought in belongs to a bassin that is not the user's."""
    if not reach(user).holds(academy, bassin):
        raise Refusal(
            "bassin-etranger",
            f"Le bassin « {bassin} » de l’académie « {academy} » n’est pas dans votre territoire.",
            bassin=bassin,
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose pupils a user sees: all of them, those of some establishments, or none."""

    every_pupil: bool
    establishments: frozenset[str] = frozenset()

    def of(self, establishment: str) -> bool:
        """Whether rows about pupils of that establishment may be shown, and its small counts."""
        return self.every_pupil or establishment in self.establishments


def sight(user: User) -> Sight:
    """Coordinators see the pupils of their bassins, a DDF those of their school, rectorat none."""
    if user.role in _COORDINATION:
        return Sight(every_pupil=True)
    return Sight(False, frozenset(user.establishments) if user.role == "ddf" else frozenset())
