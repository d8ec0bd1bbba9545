"""Typer in French: help pages and usage errors. Must not know: the verbs."""

import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_HELP = (
    (r"^Usage: ", "Usage : "),
    (r"^Options:$", "Options :"),
    (r"^Arguments:$", "Arguments :"),
    (r"^Commands:$", "Verbes :"),
    (r"COMMAND \[ARGS\]\.\.\.", "VERBE …"),
    (r"Show this message and exit\.", "Affiche cette aide."),
    (r"\[default:\s+", "[défaut : "),
    (r"(\d+)<=x<=(\d+)", r"de \1 à \2"),
    (r"x>=", "au moins "),
    (r" \{([A-Z]+)\}", r" \1"),
    (r" <(path|str|list\[Path\])>", ""),
    (r"(\[|; )required\]", r"\1obligatoire]"),
    (r"\bINTEGER( RANGE)?\b", "ENTIER"),
    (r"\bFLOAT( RANGE)?\b", "NOMBRE"),
    (r"\bTEXT\b", "TEXTE"),
    (r"\bPATH\b", "CHEMIN"),
)
_ERRORS = (
    (r"^Missing command\.$", "Il manque un verbe."),
    (r"^Missing argument (.*?)\.(.*)$", r"Il manque l’argument \1."),
    (r"^Missing option (.*?)\.(.*)$", r"Il manque l’option \1."),
    (r"^Missing parameter:? (.*)$", r"Il manque \1."),
    (r"^No such command ['\"](.*?)['\"]\.?", r"Verbe inconnu : « \1 »."),
    (r"Did you mean (.*)\?", r"Vouliez-vous dire \1 ?"),
    (r"^No such option: (\S+?)\.?(?= |$)", r"Option inconnue : \1."),
    (r"\(Possible options: (.*)\)", r"Options proches : \1."),
    (r"^Got unexpected extra arguments? ?(\(s\))? ?\((.*)\)", r"En trop : \2."),
    (r"^Option (.*) requires an argument\.", r"L’option \1 attend une valeur."),
    (r"^Option (.*) does not take a value\.", r"L’option \1 ne prend pas de valeur."),
    (r"^Invalid value for (.*?): (.*)$", r"Valeur refusée pour \1 : \2"),
    (r"(.*) is not a valid (integer|float|number)\b.*", r"\1 n’est pas un nombre."),
    (r"(.*) is not in the range (.*)\.?$", r"\1 n’est pas dans l’intervalle \2"),
    (r"(.*) is not one of (.*)\.?$", r"\1 n’est pas parmi \2"),
    (r"Input should be a valid (integer|number).*", "un nombre est attendu."),
    (r"Input should be greater than or equal to (\S+)", r"au moins \1 est attendu"),
    (r"Input should be less than or equal to (\S+)", r"au plus \1 est attendu"),
    (r"Input should be greater than (\S+)", r"plus de \1 est attendu"),
    (r"Input should be (.*)$", r"\1 est attendu"),
    (r"' or '", "' ou '"),
)


def _translated(text: str, phrases: Sequence[tuple[str, str]]) -> str:
    for english, french in phrases:
        text = re.sub(english, french, text, flags=re.MULTILINE)
    return text


class FrenchCommand(TyperCommand):
    """A verb whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        return _translated(super().get_help(ctx), _HELP)


class FrenchGroup(TyperGroup):
    """The list of verbs, in French."""

    def get_help(self, ctx: Any) -> str:
        return _translated(super().get_help(ctx), _HELP)


def usage_error(error: Exception) -> str | None:
    """A usage error of Typer in French; None for any other exception."""
    usage = typer.BadParameter.__mro__[1]
    if not isinstance(error, usage):
        return None
    message = _translated(error.format_message(), _ERRORS)  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    hint = f"\nVoir « {context.command_path} --help »." if context is not None else ""
    return message + hint
