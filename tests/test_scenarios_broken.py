"""Broken scenarios: the name is the fault, each is found, and nothing else is."""

import pytest

import scenarios
from solver.errors import InvalidScenario

BROKEN = {
    "annee-impossible": ("annee-illisible", "scenario.toml", 3, "annee", "2026-2028"),
    "base-introuvable": ("introuvable", "scenario.toml", 1, "base", "../nulle-part"),
    "bases-en-conflit": (
        "bases-en-conflit", "../../small/meme-accueil/periodes.csv", 2, "hote", "meme",
    ),
    "boucle": ("bases-en-boucle", "scenario.toml", 1, "base", "../boucle"),
    "capacites-en-double": (
        "capacite-double", "capacites.csv", 3, "debut", "X-garage ; * ; 2026-W45 à 2026-W50",
    ),
    "cle-inconnue": ("cle-inconnue", "scenario.toml", 5, "bareme.non_plasse", "non_plasse"),
    "colonne-inconnue": ("colonne-inconnue", "eleves.csv", 1, "trajt_max", "trajt_max"),
    "colonne-interdite": ("donnee-personnelle", "eleves.csv", 1, "prénom", None),
    "date-impossible": (
        "valeur-illisible", "accueils.csv", 2, "derogation_jusqu_au", "31/02/2027",
    ),
    "fin-avant-debut": ("ordre-inverse", "periodes.csv", 2, "fin_max", "2027-W04"),
    "formation-illisible": ("formation-illisible", "accueils.csv", 2, "diplomes", "nsf:31"),
    "groupe-min-trop-grand": ("ordre-inverse", "accueils.csv", 2, "groupe_min", "3"),
    "guillemet-ouvert": ("guillemets", "lieux.csv", 2, None, None),
    "hors-annee": ("hors-annee", "periodes.csv", 2, "debut_souhaite", "2028-W04"),
    "identifiant-double": ("doublon", "lieux.csv", 3, "lieu", "54999"),
    "ligne-courte": ("ligne-courte", "eleves.csv", 2, None, "3 cellules"),
    "ligne-longue": ("ligne-longue", "lieux.csv", 2, None, "5 cellules"),
    "nombre-negatif": ("valeur-refusee", "accueils.csv", 2, "places", "-1"),
    "placement-autre-division": ("autre-division", "placements.csv", 2, "periode", "CAP1-1"),
    "pseudonyme-ine": ("donnee-personnelle", "eleves.csv", 2, "eleve", None),
    "rang-double": ("rang-double", "periodes.csv", 2, "rang", "2"),
    "reference-inconnue": ("reference-inconnue", "eleves.csv", 2, "division", "CAP9"),
    "semaine-inexistante": ("valeur-illisible", "periodes.csv", 2, "debut_souhaite", "2025-W53"),
    "siret-tronque": ("valeur-refusee", "accueils.csv", 2, "accueil", "5520001000001"),
    "suppression-vaine": ("rien-a-supprimer", "accueils.csv", 2, "accueil", "X-garaje"),
    "table-inconnue": ("table-inconnue", "elevs.csv", None, None, "elevs"),
    "toml-illisible": ("toml-illisible", "scenario.toml", 3, None, "academie = Nancy"),
    "valeur-absente": ("valeur-absente", "eleves.csv", 2, "lieu", "(vide)"),
}  # fmt: skip

ENTIER = "un nombre entier d'au moins 0"
SEMAINE = "une semaine, par exemple 2027-W04"
THIRTY = {
    ("scenario.toml", 6, "zone", "D", "une valeur parmi A, B, C"),
    ("scenario.toml", 9, "bareme.non_plase", "non_plase", "une clé parmi non_place, "),
    ("scenario.toml", 10, "bareme.saturation", "cinq", ENTIER),
    ("lieux.csv", 4, "lieu", "54039", "une seule ligne par lieu"),
    ("lieux.csv", 5, "lat", "148.556", "un nombre de -90 à 90"),
    ("etablissements.csv", 2, "divisions_absentes_max", "deux", ENTIER),
    ("etablissements.csv", 3, "type", "LYCEE", "une valeur parmi CLG, LP, LPO, "),
    ("etablissements.csv", 4, "uai", "054006", "code UAI : 7 chiffres et une lettre "),
    ("divisions.csv", 3, "diplome", "5003121", "code FORMATION_DIPLOME à 8 chiffres"),
    ("divisions.csv", 3, "reglemente", "peut-être", "oui ou non"),
    ("periodes.csv", 2, "debut_souhaite", "S60 2027", SEMAINE),
    ("periodes.csv", 3, "fin_max", "2026-W38", "2027-W07 ou plus tard"),
    ("periodes.csv", 4, "rang", "1", "un rang par période de la division"),
    ("periodes.csv", 5, "duree", "0", "un nombre entier de 1 à 52"),
    ("periodes.csv", 5, "debut_souhaite", "2029-W20", "une semaine de 2026-W35 à 2027-W27"),
    ("eleves.csv", 1, "mode", "mode", "une colonne parmi eleve, division, "),
    ("eleves.csv", 1, "téléphone", None, "retirer la colonne du fichier"),
    ("eleves.csv", 3, "lieu", "54093", "un identifiant de la table « lieux »"),
    ("eleves.csv", 5, "sexe", "m", "une valeur parmi f, g"),
    ("eleves.csv", 6, "eleve", None, "un pseudonyme local, par exemple e00042"),
    ("eleves.csv", 7, "division", "(vide)", "division de l'élève "),
    ("eleves.csv", 8, None, "5 cellules", "7 cellules, comme l'en-tête"),
    ("accueils.csv", 2, "groupe_min", "3", "au plus 2 (groupe_max)"),
    ("accueils.csv", 3, "publics", "3E CAPA", "une ou plusieurs valeurs parmi 4E, 3E, "),
    ("accueils.csv", 4, "diplomes", "5003121", "un code à 8 chiffres, nsf:NNN "),
    ("accueils.csv", 4, "derogation_jusqu_au", "30/02/2027", "une date, par exemple 2027-12-31"),
    ("accueils.csv", 5, "accueil", "Y-marche", "SIRET à 14 chiffres, ou identifiant "),
    ("accueils.csv", 5, "places", "-1", ENTIER),
    ("capacites.csv", 3, "debut", "X-garage ; * ; 2026-W44 à 2026-W50", "une seule ligne par "),
    ("placements.csv", 2, "periode", "CAP1-1", "une période de la division « 3A »"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_scenario_has_the_fault_of_its_name_and_no_other(name: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        scenarios.read(scenarios.example(f"broken/{name}"))
    faults = [(f.code, f.file, f.line, f.column, f.value) for f in caught.value.faults]
    assert faults == [BROKEN[name]]
    assert caught.value.faults[0].expected
    assert str(caught.value).startswith("Le scénario a 1 faute ;")


def test_every_broken_example_is_tested() -> None:
    names = {n.removeprefix("broken/") for n in scenarios.example_names() if n.startswith("broken")}
    assert names == {*BROKEN, "trente-fautes"}


def test_thirty_planted_faults_give_thirty_answers() -> None:
    reading = scenarios.inspect(scenarios.example("broken/trente-fautes"))
    found = {(f.file, f.line, f.column, f.value): f.expected or "" for f in reading.faults}
    assert len(reading.faults) == len(THIRTY) == 30
    assert set(found) == {fault[:4] for fault in THIRTY}
    for file, line, column, value, expected in THIRTY:
        assert found[file, line, column, value].startswith(expected)


@pytest.mark.parametrize(
    "name", sorted(n for n in scenarios.example_names() if n.startswith("small"))
)
def test_a_small_scenario_has_neither_fault_nor_warning(name: str) -> None:
    reading = scenarios.inspect(scenarios.example(name))
    assert (reading.faults, reading.warnings) == ((), ())


def test_an_example_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        scenarios.example("small/rien")
