"""The same workplace said several times: found by SIRET, then by name and commune, and merged.

Schools that share a list count the same places: the largest number is kept, never their sum.
Must not know: files.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.cells import Unreadable, fold
from solver.domain import OBSERVATION, TRAINING, Host, Public

_LEGAL_FORMS = frozenset(
    {"sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "gaec", "earl", "ets",
     "etablissements", "etablissement", "entreprise", "societe", "ste", "la", "le", "les", "l"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A host as one row says it; `id` is a SIRET, or empty."""

    line: int
    host: Host
    siret: bool


@dataclass(slots=True)
class Merged:
    """One workplace, from the rows that say it."""

    host: Host
    siret: bool
    lines: list[int] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    known: bool = False
    """It already stood in the scenario."""


def name_key(name: str) -> str:
    """How names are compared: no case, accent, legal form nor article."""
    words = [w for w in re.split("_+", fold(name)) if w and w not in _LEGAL_FORMS]
    return "_".join(words) or fold(name)


class Register:
    """The workplaces met so far, those of the scenario first."""

    def __init__(self, known: Iterable[Host] = ()) -> None:
        self._by_siret: dict[str, Merged] = {}
        self._by_name: dict[tuple[str, str], list[Merged]] = {}
        self.merged: list[Merged] = []
        for host in known:
            siret = host.legal_person is not None
            self._enter(Merged(host, siret, known=True))

    def put(self, said: Said) -> str:
        """Enters a row; returns how it was merged, empty where it is new.

        Raises `Unreadable` where two workplaces could be meant.
        """
        if said.siret and (found := self._by_siret.get(said.host.id)):
            self._merge(found, said)
            return self._why(found, "même SIRET")
        key = (name_key(said.host.name), said.host.place)
        alike = self._by_name.get(key, []) if said.host.name else []
        if said.siret:
            alike = [m for m in alike if not m.siret]
        if len(alike) > 1:
            raise Unreadable("nom et commune de plusieurs structures connues : donner le SIRET")
        if alike:
            (found,) = alike
            self._merge(found, said)
            if said.siret and found.known:
                return (
                    f"{self._why(found, 'même nom et même commune')}, SIRET de la ligne non repris"
                )
            if said.siret:
                found.host = found.host.model_copy(update={"id": said.host.id})
                found.siret = True
                self._by_siret[said.host.id] = found
            return self._why(found, "même nom et même commune")
        new = Merged(said.host, said.siret, [said.line])
        self._enter(new)
        return ""

    def _why(self, found: Merged, how: str) -> str:
        with_ = f"la ligne {found.lines[0]}" if not found.known else "une structure du scénario"
        return f"{how} : réunie avec {with_}" if len(found.lines) > 1 or found.known else how

    def _enter(self, merged: Merged) -> None:
        self.merged.append(merged)
        if merged.siret:
            self._by_siret[merged.host.id] = merged
        if merged.host.name:
            key = (name_key(merged.host.name), merged.host.place)
            self._by_name.setdefault(key, []).append(merged)

    def _merge(self, found: Merged, said: Said) -> None:
        one, other = found.host, said.host
        found.lines.append(said.line)
        update: dict[str, object] = {
            "publics": _publics(one.publics, other.publics),
            "diplomas": tuple(dict.fromkeys((*one.diplomas, *other.diplomas))),
            "equipment": tuple(dict.fromkeys((*one.equipment, *other.equipment))),
            "slots": max(one.slots, other.slots),
            "group_max": max(one.group_max, other.group_max),
        }
        for column, name in (("nom", "name"), ("naf", "activity"), ("effectif", "staff"),
                             ("tuteurs", "tutors"), ("lieu", "place"),
                             ("derogation_jusqu_au", "waiver_until")):  # fmt: skip
            ours, theirs = getattr(one, name), getattr(other, name)
            if ours in (None, "") and theirs not in (None, ""):
                update[name] = theirs
            elif theirs not in (None, "", ours) and not _alike(name, ours, theirs):
                found.conflicts.append(
                    f"ligne {said.line}, {column} : « {ours} » gardé, « {theirs} » écarté"
                )
        if one.age_min != other.age_min:
            update["age_min"] = max(one.age_min, other.age_min)
        found.host = one.model_copy(update=update)


def _alike(name: str, ours: object, theirs: object) -> bool:
    return name == "name" and name_key(str(ours)) == name_key(str(theirs))


def _publics(one: tuple[Public, ...], other: tuple[Public, ...]) -> tuple[Public, ...]:
    both = {*one, *other}
    return tuple(p for p in (*OBSERVATION, *TRAINING) if p in both)
