"""The shape of a comparison: the first plan is the base, the others are told against it.

Must not know: how figures are computed, how they are printed.
"""

from typing import Annotated, Literal

from solver.domain import Frozen, column
from solver.week import Week

Better = Literal["moins", "plus", ""]
Value = float | None


class Side(Frozen):
    """One of the plans compared."""

    name: Annotated[str, column("nom", "Nom du plan")]
    title: Annotated[str, column("scenario", "Titre de son scénario")]
    cost: Annotated[int, column("cout", "Coût, en points")]
    bound: Annotated[int | None, column("borne", "Borne prouvée, si elle est connue")]
    violations: Annotated[int, column("infractions", "Règles dures enfreintes")]


class Measure(Frozen):
    """One figure of every plan; what is missing is None."""

    key: Annotated[str, column("cle", "Mesure, identifiant stable")]
    label: Annotated[str, column("libelle", "Ce qui est mesuré")]
    unit: Annotated[str, column("unite", "Unité")]
    better: Annotated[Better, column("mieux", "Dans quel sens c’est mieux")]
    values: Annotated[tuple[Value, ...], column("valeurs", "Une valeur par plan")]

    @property
    def differences(self) -> tuple[Value, ...]:
        """Each plan less the base, which has none."""
        base = self.values[0]
        return tuple(
            None if base is None or value is None else round(value - base, 6)
            for value in self.values[1:]
        )


class School(Frozen):
    """What each plan means for one establishment: who pays for the improvement."""

    uai: Annotated[str, column("uai", "UAI")]
    name: Annotated[str, column("nom", "Nom")]
    demands: Annotated[tuple[int, ...], column("demandes", "Élève-périodes à placer")]
    unplaced: Annotated[tuple[int, ...], column("sans_place", "Élève-périodes sans place")]
    minutes: Annotated[tuple[Value, ...], column("trajet", "Trajet moyen des placés (min)")]
    shift: Annotated[tuple[Value, ...], column("decalage", "Écart moyen au souhait (semaines)")]

    def rate(self, side: int) -> float | None:
        """Share placed, from 0 to 1."""
        if not self.demands[side]:
            return None
        return 1 - self.unplaced[side] / self.demands[side]


class Redated(Frozen):
    """A period that leaves in another week than in the base; None where it has no date."""

    period: Annotated[str, column("periode", "Période")]
    division: Annotated[str, column("division", "Division")]
    base: Annotated[Week | None, column("base", "Départ dans le premier plan")]
    other: Annotated[Week | None, column("autre", "Départ dans l’autre")]
    weeks: Annotated[int | None, column("ecart", "Semaines d’écart")]


class Demand(Frozen):
    """A pupil in a period."""

    pupil: Annotated[str, column("eleve", "Élève")]
    period: Annotated[str, column("periode", "Période")]


class Pair(Frozen):
    """The base against another plan, row by row."""

    other: Annotated[str, column("autre", "Nom de l’autre plan")]
    redated: Annotated[tuple[Redated, ...], column("decalees", "Périodes qui changent de semaine")]
    lost: Annotated[tuple[Demand, ...], column("perdues", "Placés dans le premier plan seulement")]
    won: Annotated[tuple[Demand, ...], column("gagnees", "Placés dans l’autre seulement")]
    rehoused: Annotated[int, column("changent_accueil", "Placés dans les deux, pas au même lieu")]
    only_base: Annotated[int, column("propres_base", "Élève-périodes absentes de l’autre scénario")]
    only_other: Annotated[int, column("propres_autre", "Élève-périodes absentes du premier")]


class Point(Frozen):
    """A plan on the plane of two measures."""

    name: Annotated[str, column("nom", "Nom du plan")]
    x: Annotated[float, column("x", "Première mesure")]
    y: Annotated[float, column("y", "Seconde mesure")]
    dominated: Annotated[bool, column("domine", "Un autre plan fait au moins aussi bien des deux")]


class Comparison(Frozen):
    """Plans side by side."""

    sides: Annotated[tuple[Side, ...], column("plans", "Les plans, le premier sert de base")]
    measures: Annotated[tuple[Measure, ...], column("mesures", "Indicateurs")]
    costs: Annotated[tuple[Measure, ...], column("couts", "Points par préférence")]
    schools: Annotated[tuple[School, ...], column("etablissements", "Par établissement")]
    pairs: Annotated[tuple[Pair, ...], column("paires", "Chaque plan contre le premier")]
    same_scenario: Annotated[bool, column("meme_scenario", "Un seul et même scénario")]

    def measure(self, key: str) -> Measure:
        """A measure or the cost of a preference, by key; raises `KeyError`."""
        for measure in (*self.measures, *self.costs):
            if measure.key == key:
                return measure
        raise KeyError(key)
