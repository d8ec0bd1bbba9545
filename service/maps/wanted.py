"""The map asked for: which bassins are planned together, cut apart, or share a trade.

    titre = "Trois pôles"
    [[poles]]
    nom = "Est"
    bassins = ["pole-01", "pole-02"]                # put together
    [[poles]]
    nom = "Nord"
    bassins = ["pole-03"]
    etablissements = ["0990042H", "0990043J"]       # cut: these only; the others in another pôle
    [[echanges]]
    bassins = ["pole-04", "pole-05"]
    secteurs = ["ehpad"]                            # hosts shared for this trade, boarding open

Bassins not named stay as they are. Must not know: plans.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from scenarios.maps import exchanged, parted, pooled
from solver.domain import Frozen, Scenario, column
from solver.errors import Fault, InvalidScenario

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Pole(Frozen):
    """A pôle of the new map."""

    name: Annotated[str, column("nom", "Nom du pôle")]
    bassins: Annotated[Names, column("bassins", "Bassins d’aujourd’hui")]
    schools: Annotated[
        tuple[str, ...], column("etablissements", "UAI, si le bassin est coupé")
    ] = ()


class Exchange(Frozen):
    """Bassins that share the hosts of some sectors, and nothing else."""

    bassins: Annotated[tuple[str, ...], column("bassins", "Bassins qui échangent", min_length=2)]
    sectors: Annotated[Names, column("secteurs", "Secteurs d’accueil partagés")]


class WantedMap(Frozen):
    """A map of the pôles."""

    title: Annotated[str, column("titre", "Titre de la carte")] = "Nouvelle carte"
    poles: Annotated[tuple[Pole, ...], column("poles", "Pôles nouveaux")] = ()
    exchanges: Annotated[tuple[Exchange, ...], column("echanges", "Échanges")] = ()

    @property
    def _tied(self) -> list[tuple[str, ...]]:
        return [p.bassins for p in self.poles] + [e.bassins for e in self.exchanges]

    @property
    def bassins(self) -> set[str]:
        """Bassins that the map touches."""
        return {bassin for tied in self._tied for bassin in tied}

    def components(self) -> list[set[str]]:
        """Bassins that are tied by a new pôle or an exchange."""
        groups = {b: {b} for b in sorted(self.bassins)}
        for tied in self._tied:
            union = set().union(*(groups[bassin] for bassin in tied))
            for bassin in union:
                groups[bassin] = union
        return list({id(g): g for g in groups.values()}.values())

    def plannings(self, bassins: Mapping[str, Scenario]) -> Iterator[tuple[str, Scenario]]:
        """Name and scenario of each pôle of the new map that is not as it was.

        Raises `InvalidScenario` where names are unknown or an establishment has no pôle, or two.
        """
        self._check(bassins)
        for pole in self.poles:
            parts = {name: bassins[name] for name in pole.bassins}
            scenario = pooled(parts, pole.name)
            yield (
                pole.name,
                (parted(scenario, pole.schools, pole.name) if pole.schools else scenario),
            )
        for exchange in self.exchanges:
            name = f"{' ⇄ '.join(exchange.bassins)} ({', '.join(exchange.sectors)})"
            parts = {b: bassins[b] for b in exchange.bassins}
            yield name, exchanged(parts, exchange.sectors, name)

    def _check(self, bassins: Mapping[str, Scenario]) -> None:
        faults = [
            Fault("reference-inconnue", "bassin inconnu", value=name, expected=", ".join(bassins))
            for name in sorted(self.bassins - set(bassins))
        ]
        times: Counter[str] = Counter()
        if not faults:
            for pole in self.poles:
                whole = [e.uai for b in pole.bassins for e in bassins[b].establishments]
                times.update(pole.schools or whole)
            for exchange in self.exchanges:
                times.update(e.uai for b in exchange.bassins for e in bassins[b].establishments)
            for name in sorted(self.bassins):
                faults += (
                    Fault(
                        "carte-incomplete",
                        "établissement dans plusieurs pôles ou échanges"
                        if times[e.uai]
                        else "établissement sans pôle dans la nouvelle carte",
                        value=f"{e.uai} ({name})",
                    )
                    for e in bassins[name].establishments
                    if times[e.uai] != 1
                )
        if faults:
            raise InvalidScenario(faults)


def read_map(path: Path) -> WantedMap:
    """The map of a TOML file. Raises `InvalidScenario` with every fault, `OSError`."""
    try:
        return WantedMap.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        fault = Fault("toml-illisible", f"écriture TOML incorrecte ({reason})", file=str(path))
        raise InvalidScenario([fault]) from None
    except ValidationError as error:
        raise InvalidScenario(
            Fault(
                "valeur-illisible",
                "clé inconnue" if e["type"] == "extra_forbidden" else "valeur impossible",
                file=str(path),
                column=".".join(map(str, e["loc"])),
                value=str(e["input"])[:80],
            )
            for e in error.errors()
        ) from None


def merger(bassins: tuple[str, ...]) -> WantedMap:
    """The map that puts these bassins together."""
    name = " + ".join(bassins)
    return WantedMap(title=name, poles=(Pole(name=name, bassins=bassins),))
