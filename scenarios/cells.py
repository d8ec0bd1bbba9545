"""One cell: from what people type to a value, and back.

Gives, for a column, a function that reads a cell tolerantly (French dates, weeks, decimal comma,
oui/non, case and accents of fixed words) or says what is wrong with it, never guessing silently.
Must not know: files, tables, rows.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from scenarios.tables import Column
from solver.domain import EquityStep
from solver.week import Week

LARGEST = 1_000_000_000
"""No count, price or duration of a bassin comes near; larger is a typing error."""

_TRUE = frozenset({"oui", "o", "vrai", "true", "yes", "y", "x", "1"})
_FALSE = frozenset({"non", "n", "faux", "false", "no", "0"})
_INTEGER = re.compile(r"-?[0-9]{1,3}(?: [0-9]{3})+|-?[0-9]+")
_WHOLE = re.compile(r"(-?[0-9]+)[.,]0+")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?", re.ASCII)
_YEAR_WEEK = re.compile(r"(\d{4})\s*[-_/]?\s*[ws]\s*(\d{1,2})", re.IGNORECASE | re.ASCII)
_WEEK_YEAR = re.compile(
    r"(?:semaine|sem\.?|s|w)\s*(?:n°\s*)?(\d{1,2})(?:\s*(?:[-/,]|de)?\s*(\d{4}))?",
    re.IGNORECASE | re.ASCII,
)
_SPACES = re.compile(r"[\s\u00a0\u202f\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_STRAY_SEPARATOR = re.compile(r"[,;|]")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,2}")

Reader = Callable[[Any], Any]


class Unreadable(ValueError):
    """A cell that cannot be what its column wants: a French sentence, and perhaps a way out."""

    def __init__(self, message: str = "valeur illisible", hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


def fold(text: str) -> str:
    """`Début min *` → `debut_min`: how headers, keys and fixed words are compared."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("œ", "oe").replace("æ", "ae")
    return re.sub(r"[^0-9a-z+]+", "_", plain).strip("_")


def shown(value: Any) -> str:
    """The cell as the person saw it, cut to a readable length."""
    if isinstance(value, bool):
        text = "oui" if value else "non"
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def empty(value: Any) -> bool:
    """Whether the cell holds nothing."""
    if isinstance(value, str):
        return not value or not value.strip("\ufeff \t\r\n\v\f\u00a0\u202f")
    return value is None


def first_year(year: str) -> int | None:
    """`2026-2027` → 2026; None where the school year is unreadable."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", year)
    return int(match[1]) if match else None


def reader_of(column: Column, year: int | None, *, typed: bool = False) -> Reader:
    """The function that reads a non-empty cell of this column, or raises `Unreadable`.

    `year` is the first calendar year of the school year, for weeks written without one. `typed`:
    numbers and yes/no must come as such (TOML), text that looks like them is refused.
    """
    one = _reader_of_one(column, year, typed=typed)
    if not column.many:
        return one

    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            parts: Sequence[Any] = value.split()
            if not typed and column.kind == "text":
                for part in parts:
                    if _STRAY_SEPARATOR.search(part):
                        raise Unreadable("liste mal séparée", "séparer les valeurs par des espaces")
        elif isinstance(value, list | tuple):
            parts = value
        else:
            parts = (value,)
        return tuple(one(part) for part in parts)

    return read


def _reader_of_one(column: Column, year: int | None, *, typed: bool) -> Reader:
    if column.kind == "text":
        strict = column.key or bool(column.references) or column.many
        return lambda value: _text(value, one_line=strict, typed=typed)
    if column.kind == "integer":
        return lambda value: _integer(value, typed=typed)
    if column.kind == "decimal":
        return _decimal
    if column.kind == "flag":
        return lambda value: _flag(value, typed=typed)
    if column.kind == "week":
        return lambda value: _week(value, year)
    if column.kind == "date":
        return _date
    if column.kind == "day":
        return lambda value: _day_or_week(value, year)
    if column.kind == "steps":
        return _step
    words = {fold(choice) or choice: choice for choice in column.choices}
    compact = {key.replace("_", ""): choice for key, choice in words.items()}
    return lambda value: _choice(value, words, compact)


def _text(value: Any, *, one_line: bool, typed: bool) -> str:
    if not isinstance(value, str):
        if typed:
            raise Unreadable("un texte entre guillemets est attendu")
        return _number_as_text(value)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \t\r\n\v\f\u00a0\u202f")
    if _CONTROL.search(text):
        raise Unreadable("caractère de contrôle invisible", "retaper la valeur")
    if one_line and ("\n" in text or "\r" in text or "\t" in text):
        raise Unreadable("un identifiant tient sur une ligne")
    return text


def _number_as_text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, date):
        raise Unreadable(
            "le tableur a transformé ce texte en date", "mettre la colonne au format Texte"
        )
    raise Unreadable()


def _integer(value: Any, *, typed: bool) -> int:
    number: int
    if isinstance(value, bool):
        raise Unreadable()
    if isinstance(value, int):
        number = value
    elif isinstance(value, float) and math.isfinite(value) and value.is_integer() and not typed:
        number = int(value)
    elif isinstance(value, str) and not typed:
        text = _SPACES.sub(" ", value).strip()
        whole = _WHOLE.fullmatch(text)
        if whole is not None:
            text = whole[1]
        if not _INTEGER.fullmatch(text):
            raise Unreadable("nombre entier illisible")
        if len(text) > 24:
            raise Unreadable("nombre trop grand")
        number = int(text.replace(" ", ""))
    else:
        raise Unreadable("nombre entier illisible")
    if abs(number) > LARGEST:
        raise Unreadable("nombre trop grand")
    return number


def _decimal(value: Any) -> float:
    if isinstance(value, str):
        text = value.strip().replace("\u2212", "-")
        if not _DECIMAL.fullmatch(text):
            raise Unreadable("nombre illisible")
        return float(text.replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise Unreadable("nombre trop grand") from None
        if math.isfinite(number):
            return number
    raise Unreadable("nombre illisible")


def _flag(value: Any, *, typed: bool) -> bool:
    if isinstance(value, bool):
        return value
    if not typed:
        word = fold(shown(value))
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    raise Unreadable("ni oui ni non", "écrire true ou false, sans guillemets" if typed else None)


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        if value.time() != time():
            raise Unreadable("date avec une heure")
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        text = value.strip()
        if iso := _ISO_DATE.fullmatch(text):
            return _day(int(iso[1]), int(iso[2]), int(iso[3]))
        if french := _FRENCH_DATE.fullmatch(text):
            return _day(int(french[3]), int(french[2]), int(french[1]))
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Unreadable("nombre au lieu d'une date", "mettre la colonne au format Date")
    raise Unreadable("date illisible")


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("cette date n'existe pas") from None


def _week(value: Any, year: int | None) -> Week:
    if isinstance(value, Week):
        return value
    if isinstance(value, date):
        return _week_of(_date(value))
    if not isinstance(value, str):
        raise Unreadable(
            "semaine illisible", f"écrire par exemple S{value}" if isinstance(value, int) else None
        )
    text = _SPACES.sub(" ", value).strip()
    if match := _YEAR_WEEK.fullmatch(text):
        return _existing_week(int(match[1]), int(match[2]))
    if match := _WEEK_YEAR.fullmatch(text):
        number = int(match[1])
        if match[2]:
            return _existing_week(int(match[2]), number)
        if year is None:
            raise Unreadable("semaine sans année", "écrire l'année, par exemple 2027-W04")
        return _existing_week(year if number >= 31 else year + 1, number)
    if _ISO_DATE.fullmatch(text) or _FRENCH_DATE.fullmatch(text):
        return _week_of(_date(text))
    hint = (
        f"écrire S{int(text):02d} ou donner l'année" if re.fullmatch("[0-9]{1,2}", text) else None
    )
    raise Unreadable("semaine illisible", hint)


def _week_of(day: date) -> Week:
    if day.weekday() > 4:
        raise Unreadable("cette date tombe un week-end : la semaine n'est pas sûre")
    if not 1 < day.year < 9999:
        raise Unreadable("cette semaine n'existe pas")
    return Week.of(day)


def _existing_week(year: int, number: int) -> Week:
    try:
        date.fromisocalendar(year, number, 5)
    except ValueError:
        raise Unreadable("cette semaine n'existe pas") from None
    return Week(year, number)


def _day_or_week(value: Any, year: int | None) -> Week | date:
    if isinstance(value, str) and not (
        _ISO_DATE.fullmatch(value.strip()) or _FRENCH_DATE.fullmatch(value.strip())
    ):
        try:
            return _week(value, year)
        except Unreadable as reason:
            raise Unreadable("ni une date ni une semaine", reason.hint) from None
    return _date(value)


def _step(value: Any) -> EquityStep:
    if isinstance(value, EquityStep):
        return value
    if isinstance(value, str):
        match = re.fullmatch(r"([0-9]{1,6}):([0-9]{1,6})", value)
        if match is not None:
            return EquityStep(threshold_percent=int(match[1]), surcharge_percent=int(match[2]))
    if isinstance(value, dict) and set(value) == {"seuil", "surcout"}:
        numbers = [_integer(value[key], typed=True) for key in ("seuil", "surcout")]
        if min(numbers) >= 0:
            return EquityStep(threshold_percent=numbers[0], surcharge_percent=numbers[1])
    raise Unreadable("palier illisible", "écrire {seuil = 2, surcout = 50}")


def _choice(value: Any, words: dict[str, str], compact: dict[str, str]) -> str:
    text = shown(value) if not isinstance(value, str) else value.strip()
    if text in words.values():
        return text
    word = fold(text)
    found = words.get(word) or compact.get(word.replace("_", ""))
    if found is None or (not word and found == ""):
        raise Unreadable("valeur inconnue")
    return found


def lost_by_spreadsheet(column: Column, value: str) -> str | None:
    """What a spreadsheet did to an identifier that no longer fits its pattern, in French."""
    if column.pattern is None:
        return None
    if _SCIENTIFIC.fullmatch(value):
        return "le tableur a arrondi ce numéro : le ressaisir, colonne au format Texte"
    if re.fullmatch(column.pattern, value.strip().upper()):
        return f"écrire « {value.strip().upper()} »"
    squeezed = _SPACES.sub("", value).upper()
    if re.fullmatch(column.pattern, squeezed):
        return f"sans espaces : « {squeezed} »"
    if re.fullmatch(r"[0-9]+[A-Z]?", squeezed):
        for zeros in (1, 2):
            if re.fullmatch(column.pattern, "0" * zeros + squeezed):
                whole = "0" * zeros + squeezed
                return f"un zéro de tête a été perdu (« {whole} » ?) : colonne au format Texte"
    return None


def written(value: Any) -> str:
    """A value as canonical text: ISO dates and weeks, oui/non, lists separated by spaces."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return " ".join(written(part) for part in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, EquityStep):
        return f"{value.threshold_percent}:{value.surcharge_percent}"
    if isinstance(value, float):
        return repr(value)
    return str(value)
