"""MEF codes: what pupils study, read from the code itself.

10 digits: dispositif (3), last five of FORMATION_DIPLOME, years of the track, year. SIECLE and
SYGNE add an eleventh character. MEFSTAT11, of the same length, is MEF_STAT_4 and seven digits.
Source: nomenclature des MEF (BCN, ministère de l'Éducation nationale), 2025-2026.
Must not know: files, divisions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.cells import Unreadable
from solver.domain import Public


@dataclass(frozen=True, slots=True)
class Mef:
    """What a code says."""

    public: Public
    level: str
    """`3E`, `2P`, `1P`, `TP`, `CAP1`, `CAP2`, `BTS1`, `CS`…: the year within the track."""
    diploma: str | None = None
    changed: str = ""
    """What had to be bent for the format, in French."""


_DISPOSITIFS: Mapping[str, tuple[Public, str]] = {
    "240": ("CAP", "500"), "241": ("CAP", "500"), "242": ("CAP", "500"),
    "247": ("BACPRO", "400"),
    "250": ("BACPRO", "401"), "251": ("BACPRO", "401"),
    "221": ("BACPRO", "420"), "222": ("BACPRO", "420"),
    "257": ("CS", "561"), "258": ("CS", "461"),
    "271": ("CAP", "503"), "276": ("BACPRO", "403"), "280": ("CS", "503"),
    "310": ("BTS", "320"), "311": ("BTS", "320"),
    "370": ("BTS", "323"), "371": ("BTS", "323"),
}  # fmt: skip
"""Public and diploma prefix of the vocational dispositifs."""
_GENERAL: Mapping[str, Public] = {
    "102": "4E", "103": "3E", "104": "3E", "110": "3PM", "131": "3E",
    "166": "SEGPA", "167": "SEGPA", "200": "2GT", "210": "2GT",
}  # fmt: skip
_ANY_YEAR = frozenset({"280"})
"""Their last two digits are 99: no year is meant."""
_ART_TRADES = frozenset({"250", "251", "221", "222"})
_STATISTICAL: Mapping[str, tuple[Public, str, str]] = {
    "231": ("CAP", "500", "CAP"), "232": ("CAP", "500", "CAP"), "233": ("CAP", "500", "CAP"),
    "238": ("BACPRO", "400", "BACPRO"),
    "239": ("CS", "", "CS"), "23J": ("CS", "561", "CS"), "23K": ("CS", "461", "CS"),
    "23I": ("CS", "503", "CS"),
    "23B": ("BACPRO", "401", "BMA"), "23C": ("BACPRO", "401", "BMA"),
    "221": ("BACPRO", "420", "BMA"),
}  # fmt: skip
_STATISTICAL_GENERAL: Mapping[str, Public] = {
    "2115": "4E", "2116": "3E", "2211": "2GT", "2433": "SEGPA", "2434": "SEGPA",
}  # fmt: skip
_BACPRO_YEARS = {1: "2P", 2: "1P", 3: "TP"}
_BENT = "brevet des métiers d’art ou BT, compté avec les bacs professionnels"


def decoded(code: str, diploma: str | None = None) -> Mef:
    """What a MEF (10 or 11 characters) or a MEFSTAT11 says.

    `diploma`: FORMATION_DIPLOME where the file states it; it wins over the code.
    Raises `Unreadable` with the reason.
    """
    code = re.sub(r"[\s.]", "", code).upper()
    if not re.fullmatch(r"[0-9]{2}[0-9A-Z]{2}[0-9]{6}[0-9A-Z]?", code):
        hint = " (arrondi par le tableur : colonne au format Texte)" if "E+" in code else ""
        raise Unreadable(f"MEF illisible : 10 ou 11 caractères attendus{hint}")
    mef = _statistical(code) if _is_statistical(code) else _national(code)
    if diploma is not None and re.fullmatch("[0-9]{8}", diploma):
        return Mef(mef.public, mef.level, diploma, mef.changed)
    if mef.diploma is not None and len(mef.diploma) != 8:
        return Mef(mef.public, mef.level, None, "diplôme inconnu pour ce code, à saisir")
    return mef


def _is_statistical(code: str) -> bool:
    """MEFSTAT11 of the vocational levels begin with 23; no dispositif does."""
    return len(code) == 11 and (
        code[:2] == "23" or (code[:4] in _STATISTICAL_GENERAL and code[4:6] == "00")
    )


def _national(code: str) -> Mef:
    dispositif, diploma, year = code[:3], code[3:8], code[9]
    if dispositif in _GENERAL:
        public = _GENERAL[dispositif]
        return Mef(public, public)
    if dispositif not in _DISPOSITIFS:
        raise Unreadable(f"dispositif {dispositif} sans stage obligatoire, ou inconnu")
    if dispositif in _ANY_YEAR:
        year = "1"
    if year not in ("1", "2", "3"):
        raise Unreadable("MEF illisible : l’année (10e chiffre) va de 1 à 3")
    public, prefix = _DISPOSITIFS[dispositif]
    bent = _BENT if dispositif in _ART_TRADES else ""
    return Mef(public, _level(public, int(year), bent), prefix + diploma, bent)


def _statistical(code: str) -> Mef:
    if code[:4] in _STATISTICAL_GENERAL:
        public = _STATISTICAL_GENERAL[code[:4]]
        return Mef(public, public)
    if code[:3] not in _STATISTICAL:
        raise Unreadable(f"MEFSTAT {code[:4]} inconnu")
    public, prefix, kind = _STATISTICAL[code[:3]]
    year = int(code[3]) if code[3] in "123" else 1
    bent = _BENT if kind == "BMA" else ""
    return Mef(public, _level(public, year, bent), prefix + code[6:], bent)


def _level(public: Public, year: int, bent: str) -> str:
    if public == "BACPRO":
        return _BACPRO_YEARS[min(year + 1, 3) if bent else year]
    return f"{public}{min(year, 2)}" if public in ("CAP", "BTS") else public
