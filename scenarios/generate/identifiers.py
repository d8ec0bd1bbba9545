"""Identifiers that pass the checks of real ones and name nobody: UAI, SIREN, SIRET.

Sources: check letter of a UAI (ministère de l'Éducation nationale, répertoire Ramsese); Luhn check
of a SIRET (Insee, ISO/IEC 7812-1).
Must not know: scenarios.
"""

_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_FICTIONAL_DEPARTMENT = 99
"""No French département has this number, so no such UAI exists."""
_FICTIONAL_SIREN = 990_000_00
"""First eight digits of the first SIREN given out; real ones do not begin with 990 today."""


def uai(number: int) -> str:
    """The UAI of the `number`-th fictional establishment (1 to 9999): `0990001H`."""
    digits = _FICTIONAL_DEPARTMENT * 10_000 + number
    return f"{digits:07d}{_UAI_LETTERS[digits % 23]}"


def siren(number: int) -> str:
    """The nine digits of the `number`-th fictional legal person (0 to 999 999)."""
    return with_luhn_digit(f"{_FICTIONAL_SIREN + number:08d}")


def siret(legal_person: str, rank: int) -> str:
    """The fourteen digits of the `rank`-th site (from 1) of a legal person."""
    return with_luhn_digit(f"{legal_person}{rank:04d}")


def with_luhn_digit(digits: str) -> str:
    """`digits` followed by the digit that makes the whole pass the Luhn check."""
    return digits + str(-_luhn_sum(digits + "0") % 10)


def passes_luhn(digits: str) -> bool:
    return _luhn_sum(digits) % 10 == 0


def _luhn_sum(digits: str) -> int:
    """Sum of the digits, every second one from the right doubled (and its two figures added)."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled)
