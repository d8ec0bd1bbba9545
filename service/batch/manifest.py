"""What a batch runs: a folder of scenarios, or a manifest `lot.toml` that names them.

    titre = "Rentrée 2026"
    scenarios = ["pole-*", "variantes/fusion.zip"]     # from the manifest's folder
    graines = [0, 1]
    [baremes.equite-forte]                             # keys of [bareme], over the scenario's own
    non_place = 2000

Must not know: what the scenarios hold.
"""

import tomllib
from collections.abc import Iterator, Mapping
from glob import iglob
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from solver.domain import Frozen, Prices, column
from solver.errors import Fault, InvalidScenario

MANIFEST = "lot.toml"
OWN_PRICES = ""
"""Name of the price list that a scenario brings itself."""
_PACKED = frozenset({".zip", ".xlsx", ".json"})


class Manifest(Frozen):
    """What to run: every scenario under every price list with every seed."""

    title: Annotated[str, column("titre", "Titre du lot")] = ""
    scenarios: Annotated[
        tuple[str, ...], column("scenarios", "Dossiers ou fichiers, jokers permis")
    ] = ("**", "*.zip", "*.xlsx", "*.json")
    seeds: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...], column("graines", "Graines", min_length=1)
    ] = (0,)
    prices: Annotated[
        Mapping[str, Mapping[str, Any]], column("baremes", "Barèmes par nom : ce qui change")
    ] = Field(default_factory=dict)


class Batch(Frozen):
    """A manifest resolved: the files there are, each under a name that tells it apart."""

    title: str
    paths: Mapping[str, Path]
    seeds: tuple[int, ...]
    prices: Mapping[str, Mapping[str, Any]]


def batch(path: Path) -> Batch:
    """The batch of a folder (every scenario below it), of one scenario, or of a manifest.

    Raises `FileNotFoundError`, and `InvalidScenario` with every fault of the manifest.
    """
    if not path.exists():
        raise FileNotFoundError(2, "", str(path))
    if path.suffix == ".toml":
        root, manifest = path.parent, _read(path)
    elif (path / MANIFEST).is_file():
        root, manifest = path, _read(path / MANIFEST)
    else:
        root, manifest = path, Manifest(title=path.absolute().name)
    found = _found(root, manifest.scenarios)
    if not found:
        raise InvalidScenario(
            [
                Fault(
                    "lot-vide",
                    "aucun scénario à cet endroit",
                    file=str(path),
                    expected="des dossiers avec un scenario.toml, ou des .zip, .xlsx, .json",
                )
            ]
        )
    return Batch(
        title=manifest.title or root.absolute().name,
        paths=found,
        seeds=manifest.seeds,
        prices=manifest.prices or {OWN_PRICES: {}},
    )


def repriced(prices: Prices, changes: Mapping[str, Any]) -> Prices:
    """A price list with other values for the keys named (French, as in `[bareme]`)."""
    return Prices.model_validate(prices.model_dump(by_alias=True) | dict(changes))


def _read(path: Path) -> Manifest:
    faults: list[Fault] = []
    try:
        manifest = Manifest.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise InvalidScenario(
            [Fault("toml-illisible", f"écriture TOML incorrecte ({reason})", file=str(path))]
        ) from None
    except ValidationError as error:
        raise InvalidScenario(_faults(path, error, "")) from None
    for name, changes in manifest.prices.items():
        try:
            repriced(Prices(), changes)
        except ValidationError as error:
            faults += _faults(path, error, f"baremes.{name}.")
    if faults:
        raise InvalidScenario(faults)
    return manifest


def _faults(path: Path, error: ValidationError, prefix: str) -> list[Fault]:
    return [
        Fault(
            "valeur-illisible",
            "clé inconnue" if e["type"] == "extra_forbidden" else "valeur impossible",
            file=str(path),
            column=prefix + ".".join(map(str, e["loc"])),
            value=str(e["input"])[:80],
        )
        for e in error.errors()
    ]


def _found(root: Path, patterns: tuple[str, ...]) -> dict[str, Path]:
    """Scenarios by the path that names them, in order of name, each once."""
    if _is_scenario(root):
        return {root.absolute().name: root}
    found: dict[str, Path] = {}
    for pattern in patterns:
        named = (pattern,) if (root / pattern).exists() else _below(root, pattern)
        found |= {Path(n).as_posix(): root / n for n in named if _is_scenario(root / n)}
    return dict(sorted(found.items()))


def _below(root: Path, pattern: str) -> Iterator[str]:
    """What a pattern names below a folder, behind links too; `**` alone names folders only."""
    folders = pattern.endswith("**")
    for name in iglob(pattern, root_dir=root, recursive=True):  # noqa: PTH207 - Path.glob stops at links
        if not folders or (root / name).is_dir():
            yield name


def _is_scenario(path: Path) -> bool:
    if path.is_dir():
        return (path / "scenario.toml").is_file()
    return path.suffix.lower() in _PACKED and not path.name.startswith((".", "~"))
