"""The verbs of `bassin`, and how the command ends whatever happens.

Must not know: what the verbs do (their modules are imported when they run).
"""

import gc
import sys

import typer

from service.cli.exits import MEANINGS, Exit
from service.cli.french import FrenchCommand, FrenchGroup, usage_error
from service.cli.sources import importer
from service.cli.verbs import deciding, planning, reading, serving, territory

_EPILOG = "Codes de retour : " + " ; ".join(f"{int(c)} {m}" for c, m in MEANINGS.items()) + "."

app = typer.Typer(
    name="bassin",
    cls=FrenchGroup,
    help=(
        "Planifie les stages et PFMP de tout un bassin : les semaines de départ de chaque "
        "division, une place pour chaque élève, et la distance au meilleur plan possible."
    ),
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

VERBS = (
    planning.demo,
    planning.generate,
    planning.controle,
    planning.expliquer,
    planning.solve,
    planning.front,
    planning.verify,
    planning.indicateurs,
    deciding.decaler,
    deciding.replanifier,
    deciding.pourquoi,
    deciding.prospecter,
    deciding.comparer,
    deciding.exporter,
    territory.batch,
    reading.guide,
    territory.carte,
    territory.academie,
    reading.regles,
    reading.schema,
    serving.serve,
    serving.config,
    serving.purge,
)
"""In the order of the help."""

_FEW_COLLECTIONS = (100_000, 20, 20)
"""Rows of tables hold no cycles: looking for garbage among them cost half of reading a bassin."""

for verb in VERBS:
    app.command(cls=FrenchCommand)(verb)
app.add_typer(importer)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; every way of failing ends with a French sentence and its exit code."""
    gc.set_threshold(*_FEW_COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(args=arguments, prog_name="bassin", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _stop("Interrompu : rien n’a été écrit.", Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(Exit.OK)
    except Exception as error:
        sentence = usage_error(error)
        if sentence is not None:
            _stop(sentence, Exit.USAGE)
        _explain(error)
    sys.exit(code if isinstance(code, int) else Exit.OK)


def _explain(error: Exception) -> None:
    from service.cli.failures import sentence_and_code

    _stop(*sentence_and_code(error))


def _stop(sentence: str, code: Exit) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201
    sys.exit(code)
