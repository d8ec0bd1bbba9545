"""A host from a row of people's own lists and of platforms: one way for all of them.

Must not know: files, which source the row came from.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from scenarios.cells import Unreadable, fold
from scenarios.importers.merging import name_key
from scenarios.importers.nomenclature import Nomenclature, naf
from scenarios.importers.sirene import siret_of
from scenarios.importers.sought import Row, record
from solver.domain import OBSERVATION, TRAINING, Host, Place, Public

_PUBLICS: tuple[tuple[str, tuple[Public, ...]], ...] = (
    ("tous", (*OBSERVATION, *TRAINING)), ("toutes", (*OBSERVATION, *TRAINING)),
    ("4e", ("4E",)), ("4eme", ("4E",)), ("quatrieme", ("4E",)),
    ("3e", ("3E",)), ("3eme", ("3E",)), ("troisieme", ("3E",)), ("college", ("3E",)),
    ("3pm", ("3PM",)), ("prepa_metiers", ("3PM",)), ("segpa", ("SEGPA",)),
    ("2gt", ("2GT",)), ("2de", ("2GT",)), ("2nde", ("2GT",)), ("seconde", ("2GT",)),
    ("2de_gt", ("2GT",)), ("seconde_gt", ("2GT",)), ("2de_pro", ("BACPRO",)),
    ("cap", ("CAP",)), ("bacpro", ("BACPRO",)), ("bac_pro", ("BACPRO",)), ("bac", ("BACPRO",)),
    ("cs", ("CS",)), ("mc", ("CS",)), ("bts", ("BTS",)), ("pfmp", ("CAP", "BACPRO")),
    ("lp", ("CAP", "BACPRO")), ("lycee_professionnel", ("CAP", "BACPRO")),
)  # fmt: skip
_WORDS = dict(_PUBLICS)


def host_of(
    row: Row,
    name: str,
    place: Place,
    publics: tuple[Public, ...],
    slots: int | None,
    nomenclature: Nomenclature,
    stated: Iterable[str] = (),
    **more: Any,
) -> Host:
    """The host of a row (columns `siret`, `naf`, `rome`), known by its SIRET or by name and place.

    `slots`: one where the row does not say. `stated`: diplomas and sectors that it names itself;
    what its activity and jobs suit goes with them, and where nothing is known, all are supposed.
    `more`: other fields of the host. Raises `Unreadable`.
    """
    siret = siret_of(row.text("siret")) if _has_siret(row.text("siret")) else ""
    if not siret and not name:
        raise Unreadable("ni SIRET ni nom : structure non identifiée")
    activity = naf(row.text("naf"))
    jobs = re.findall(r"[A-Za-z][0-9]{4}", row.text("rome"))
    tokens = tuple(dict.fromkeys((*stated, *nomenclature.tokens(activity, jobs))))
    if set(publics) & set(TRAINING) and not tokens:
        tokens = ("*",)
    host = record(
        Host,
        {
            "id": siret or local_id(name, place),
            "name": name,
            "place": place.id,
            "activity": activity or None,
            "publics": publics,
            "diplomas": tokens,
            "slots": 1 if slots is None else slots,
            **more,
        },
    )
    assert isinstance(host, Host)
    return host


def publics_of(text: str) -> tuple[Public, ...]:
    """`3e, 2de / bac pro` → `3E 2GT BACPRO`. Raises `Unreadable` for a word it does not know."""
    found: set[Public] = set()
    for part in re.split(r"[,;/+&|]| et | ou |\n", text):
        word = fold(part)
        if not word:
            continue
        if word in _WORDS:
            found.update(_WORDS[word])
            continue
        for piece in part.split():
            if fold(piece) not in _WORDS:
                raise Unreadable(f"public « {part.strip()} » inconnu : écrire 3E 2GT CAP BACPRO…")
            found.update(_WORDS[fold(piece)])
    return tuple(p for p in (*OBSERVATION, *TRAINING) if p in found)


def local_id(name: str, place: Place) -> str:
    """The identifier of a workplace without SIRET: the same for the same name and commune."""
    key = name_key(name)
    mark = hashlib.sha256(f"{key}\x1f{place.id}".encode()).hexdigest()[:6]
    return f"X-{place.id}-{key[:24].replace('_', '-')}-{mark}"


def _has_siret(text: str) -> bool:
    return bool(text) and not text.upper().startswith("X-") and fold(text) not in ("nc", "inconnu")
