# ruff: noqa: E501  (lists of words)
"""Names that sound French and belong to no real place, school or firm; seldom the same twice.

Must not know: scenarios.
"""

import random
from collections.abc import Iterator
from itertools import count, product

RIVERS = (
    "Aubrelle", "Sorvanne", "Brenouse", "Ivelaine", "Torvelle", "Mésandre", "Orsenne", "Cérouze",
)  # fmt: skip
_STEMS = (
    "Aubr", "Bress", "Chantev", "Corv", "Dampl", "Escl", "Ferr", "Grim", "Hauteb", "Jorm", "Lisv",
    "Marb", "Noirl", "Ormel", "Perv", "Querr", "Roum", "Sauv", "Tarn", "Vauc", "Vermel", "Ysol",
)  # fmt: skip
_ENDINGS = (
    "aincourt", "eraye", "ervaux", "igneulle", "imont", "ivelle", "ondrey", "oncelle", "ouville",
    "ormes", "urival", "uzey",
)  # fmt: skip
_ADDITIONS = ("", "-le-Haut", "-la-Forêt", "-aux-Bois", "-le-Moulin", "-les-Étangs")
_SPOTS = (
    "des Trois-Hêtres", "du Gué-Clair", "des Tilleuls", "de la Colline", "du Vieux-Pont", "des Sources",
    "de la Roseraie", "du Mirador", "des Quatre-Vents", "de la Clairière", "du Lavoir", "des Marronniers",
    "de l’Orangerie", "du Beffroi", "des Remparts", "de la Passerelle", "du Verger", "des Sablons",
    "de l’Écluse", "du Belvédère", "des Genêts", "de la Prairie", "du Vieux-Moulin", "des Lavandières",
)  # fmt: skip
_SURNAMES = (
    "Abrial-Tessan", "Bérignac", "Corvaisy", "Daubrenne", "Estoublas", "Fargevel", "Grésivaux",
    "Hautemule", "Isarnelle", "Jorquin", "Kervassac", "Lombrel", "Maudruc", "Noirsaule", "Orvaltin",
    "Pradinet", "Quintefeuil", "Rouvrac", "Savignot", "Tibrault", "Ursanne", "Varnelin", "Yzerac",
)  # fmt: skip
_FOREIGN = {
    "LU": ("Remerbach", "Nidderhaus", "Steenfelt", "Welderkirch"),
    "DE": ("Oberlinnbach", "Saarwellern", "Kirchenbrunn", "Hinterau"),
}
_SIGNS = (
    "des Glycines", "du Moulin", "de la Gare", "des Arcades", "du Centre", "de l’Étoile", "du Parc",
    "de la Fontaine", "des Halles", "du Canal", "de la Poste", "des Acacias", "du Rond-Point",
)  # fmt: skip


def places(dice: random.Random) -> Iterator[str]:
    """Names of towns and villages, all different."""
    plain = [stem + ending for stem, ending in product(_STEMS, _ENDINGS)]
    dice.shuffle(plain)
    for addition in _ADDITIONS:
        yield from (name + addition for name in plain)
    yield from (f"{plain[i % len(plain)]}-{i}" for i in count(1))


def places_abroad(country: str) -> tuple[str, ...]:
    return _FOREIGN[country]


def schools(dice: random.Random) -> Iterator[str]:
    """What follows « Collège » or « Lycée », all different."""
    spots = list(_SPOTS)
    people = [
        f"{first} {surname}"
        for first, surname in product(
            ("Ariane", "Félicien", "Mahaut", "Octave", "Solène"), _SURNAMES
        )
    ]
    dice.shuffle(spots)
    dice.shuffle(people)
    yield from (name for pair in zip(spots, people, strict=False) for name in pair)
    yield from people[len(spots) :]
    yield from (f"{spots[i % len(spots)]} {i}" for i in count(2))


def host(dice: random.Random, label: str, place: str) -> str:
    """« Garage Lombrel », « EHPAD des Glycines », « Mairie de Corvimont »."""
    if label in ("Mairie", "École"):
        return f"{label} {of_place(place)}"
    return f"{label} {dice.choice(dice.choice((_SURNAMES, _SIGNS)))}"


def of_place(name: str) -> str:
    """« de Corvimont », « d’Aubrimont »."""
    return f"d’{name}" if name[0] in "AEIOUYÉ" else f"de {name}"
