# ruff: noqa: E501  (tables: one sector or track, one line)
"""Where pupils of each trade learn: sectors of workplaces, and the tracks that lead to them.

Diploma codes are those of the national nomenclature (FORMATION_DIPLOME, BCN); sectors are the
groups of NAF activities of « carte des stages » (maths-sciences-lp, open licence); frequencies
follow the vocational head counts of an academy. Must not know: scenarios, seeds.
"""

from dataclasses import dataclass

from solver.domain import Public


@dataclass(frozen=True, slots=True)
class Sector:
    """A kind of workplace: how often it is met (`weight`), how it is called, by law or not."""

    id: str
    activity: str
    """NAF code of most of its hosts."""
    weight: int
    labels: tuple[str, ...]
    """Beginnings of a host's name: « Garage », « EHPAD »."""
    regulated: bool = False
    """Its work is partly forbidden to minors without a waiver."""


@dataclass(frozen=True, slots=True)
class Track:
    """A two- or three-year track: one division a year, named `levels`, with a diploma each."""

    name: str
    public: Public
    diplomas: tuple[str, ...]
    """One per level."""
    sectors: tuple[str, ...]
    weight: int
    regulated: bool = False


# fmt: off
SECTORS: tuple[Sector, ...] = (
    Sector("agroalimentaire", "10.51C", 5, ("Fromagerie", "Laiterie", "Conserverie")),
    Sector("aide_domicile", "88.10A", 13, ("Aide à domicile", "Services à la personne")),
    Sector("animation", "93.29Z", 6, ("Centre de loisirs", "Maison des jeunes")),
    Sector("architectes", "71.11Z", 6, ("Atelier d’architecture",)),
    Sector("banques", "64.19Z", 11, ("Agence bancaire", "Caisse mutuelle")),
    Sector("boucherie", "47.22Z", 6, ("Boucherie",)),
    Sector("boulangerie", "10.71C", 7, ("Boulangerie",)),
    Sector("bureaux_etudes", "71.12B", 6, ("Bureau d’études",)),
    Sector("chaudronnerie", "25.11Z", 4, ("Chaudronnerie",), True),
    Sector("chimie_papier", "17.12Z", 4, ("Papeterie",), True),
    Sector("coiffure", "96.02A", 13, ("Salon",)),
    Sector("comptabilite", "69.20Z", 7, ("Cabinet comptable",)),
    Sector("concessions", "45.11Z", 7, ("Automobiles",), True),
    Sector("couture", "14.13Z", 3, ("Atelier de couture",)),
    Sector("creches", "88.91A", 10, ("Crèche",)),
    Sector("dechets", "38.11Z", 5, ("Recyclerie",), True),
    Sector("ebenisterie", "31.09B", 2, ("Ébénisterie",), True),
    Sector("ecoles", "85.20Z", 8, ("École",)),
    Sector("ehpad", "87.10A", 10, ("EHPAD",)),
    Sector("electricite", "43.21A", 5, ("Électricité",), True),
    Sector("electronique", "26.12Z", 3, ("Électronique",)),
    Sector("elevage", "01.41Z", 4, ("Ferme",), True),
    Sector("entrepots", "52.10B", 9, ("Entrepôt", "Logistique")),
    Sector("esthetique", "96.02B", 9, ("Institut",)),
    Sector("froid_industriel", "33.20B", 5, ("Froid",), True),
    Sector("garages", "45.20A", 10, ("Garage",), True),
    Sector("grandes_surfaces", "47.11F", 15, ("Hypermarché", "Supermarché")),
    Sector("gros", "46.90Z", 17, ("Négoce", "Comptoir")),
    Sector("gros_oeuvre", "43.99C", 5, ("Maçonnerie",), True),
    Sector("handicap", "87.10C", 13, ("Foyer", "ESAT")),
    Sector("hopitaux", "86.10Z", 11, ("Hôpital", "Clinique")),
    Sector("hotels", "55.10Z", 6, ("Hôtel",)),
    Sector("immobilier", "68.31Z", 9, ("Agence immobilière",)),
    Sector("imprimerie", "18.12Z", 3, ("Imprimerie",)),
    Sector("magasins_spec", "47.52B", 18, ("Quincaillerie", "Bricolage", "Librairie")),
    Sector("mairies", "84.11Z", 11, ("Mairie",)),
    Sector("maintenance_equip", "33.14Z", 4, ("Maintenance",), True),
    Sector("materiels_agricoles", "33.12Z", 5, ("Motoculture",), True),
    Sector("menuiserie_bois", "43.32A", 8, ("Menuiserie",), True),
    Sector("menuiserie_metal", "25.12Z", 6, ("Métallerie",), True),
    Sector("mode_magasins", "47.71Z", 16, ("Prêt-à-porter", "Chaussures")),
    Sector("nettoyage", "81.21Z", 6, ("Propreté",)),
    Sector("paysagistes", "81.30Z", 4, ("Jardins",), True),
    Sector("pharmacie_optique", "47.73Z", 12, ("Pharmacie", "Optique")),
    Sector("plomberie_cvc", "43.22A", 4, ("Plomberie",), True),
    Sector("poids_lourds", "45.20B", 7, ("Poids lourds",), True),
    Sector("production_energie", "35.11Z", 4, ("Hydroélectricité",), True),
    Sector("reparation_info", "95.11Z", 4, ("Informatique",)),
    Sector("reseaux_elec", "42.22Z", 6, ("Réseaux",), True),
    Sector("restaurants", "56.10A", 10, ("Restaurant", "Auberge")),
    Sector("restauration_collective", "56.29B", 10, ("Cuisine centrale",)),
    Sector("restauration_rapide", "56.10C", 9, ("Sandwicherie",)),
    Sector("second_oeuvre", "43.34Z", 5, ("Peinture",), True),
    Sector("secretariat", "82.11Z", 7, ("Bureau d’accueil",)),
    Sector("services_info", "62.02A", 4, ("Services numériques",)),
    Sector("sport", "93.12Z", 6, ("Club sportif",)),
    Sector("superettes", "47.11C", 16, ("Épicerie", "Supérette")),
    Sector("telecoms", "61.10Z", 4, ("Télécoms",)),
    Sector("traiteur_chocolat", "10.82Z", 5, ("Traiteur", "Chocolaterie")),
    Sector("transport_marchandises", "49.41A", 12, ("Transports",)),
    Sector("transport_voyageurs", "49.39A", 8, ("Autocars",)),
    Sector("travaux_publics", "42.11Z", 5, ("Travaux publics",), True),
    Sector("usinage", "25.62B", 4, ("Mécanique",), True),
    Sector("veterinaires", "75.00Z", 3, ("Cabinet vétérinaire",)),
)

BACPRO: tuple[Track, ...] = (
    Track("Gestion administrative", "BACPRO", ("40030003", "40030004", "40030004"), ("comptabilite", "mairies", "secretariat", "banques", "immobilier"), 12),
    Track("Relation client, commerce", "BACPRO", ("40031211", "40031213", "40031213"), ("grandes_surfaces", "magasins_spec", "mode_magasins", "superettes"), 13),
    Track("Relation client, vente", "BACPRO", ("40031211", "40031214", "40031214"), ("gros", "magasins_spec", "concessions", "immobilier", "banques"), 8),
    Track("Accueil", "BACPRO", ("40031211", "40031212", "40031212"), ("secretariat", "hotels", "mairies", "grandes_surfaces", "banques"), 5),
    Track("Logistique", "BACPRO", ("40030003", "40031106", "40031106"), ("entrepots", "transport_marchandises", "grandes_surfaces"), 6),
    Track("Conduite routière", "BACPRO", ("40031107", "40031107", "40031107"), ("transport_marchandises", "entrepots"), 3),
    Track("Accompagnement, soins", "BACPRO", ("40033005", "40033004", "40033004"), ("ehpad", "handicap", "creches", "hopitaux", "aide_domicile"), 14),
    Track("Animation", "BACPRO", ("40033006", "40033006", "40033006"), ("animation", "ehpad", "creches", "mairies"), 3),
    Track("Esthétique", "BACPRO", ("40033605", "40033603", "40033603"), ("esthetique",), 3),
    Track("Mode", "BACPRO", ("40024203", "40024203", "40024203"), ("couture", "mode_magasins"), 2),
    Track("Boulangerie-pâtisserie", "BACPRO", ("40022107", "40022105", "40022105"), ("boulangerie", "traiteur_chocolat", "grandes_surfaces"), 4),
    Track("Cuisine", "BACPRO", ("40033404", "40022106", "40022106"), ("restaurants", "hotels", "restauration_collective"), 6),
    Track("Électricité", "BACPRO", ("40025510", "40025510", "40025510"), ("electricite", "maintenance_equip", "telecoms", "production_energie", "reseaux_elec"), 12, True),
    Track("Systèmes numériques", "BACPRO", ("40025516", "40025515", "40025515"), ("services_info", "reparation_info", "telecoms", "electronique"), 6),
    Track("Froid et climatisation", "BACPRO", ("40025509", "40025509", "40025509"), ("plomberie_cvc", "froid_industriel", "maintenance_equip"), 4, True),
    Track("Maintenance industrielle", "BACPRO", ("40025007", "40025007", "40025007"), ("maintenance_equip", "usinage", "agroalimentaire", "chimie_papier"), 6, True),
    Track("Usinage", "BACPRO", ("40025106", "40025106", "40025106"), ("usinage", "chaudronnerie"), 4, True),
    Track("Automobile", "BACPRO", ("40025218", "40025214", "40025214"), ("garages", "concessions"), 6, True),
    Track("Matériels agricoles", "BACPRO", ("40025217", "40025220", "40025220"), ("materiels_agricoles", "poids_lourds", "travaux_publics"), 2, True),
    Track("Menuiserie-agencement", "BACPRO", ("40023405", "40023405", "40023405"), ("menuiserie_bois", "ebenisterie"), 4, True),
    Track("Études du bâtiment", "BACPRO", ("40023007", "40023004", "40023004"), ("bureaux_etudes", "architectes", "gros_oeuvre"), 3),
    Track("Hygiène et propreté", "BACPRO", ("40034304", "40034304", "40034304"), ("nettoyage", "hopitaux"), 2),
)

CAP: tuple[Track, ...] = (
    Track("Commerce", "CAP", ("50031224", "50031224"), ("grandes_surfaces", "magasins_spec", "mode_magasins", "superettes"), 8),
    Track("Logistique", "CAP", ("50031122", "50031122"), ("entrepots", "transport_marchandises", "grandes_surfaces"), 4),
    Track("Aide en milieu familial", "CAP", ("50033411", "50033411"), ("ehpad", "restauration_collective", "nettoyage", "aide_domicile"), 5),
    Track("Restauration", "CAP", ("50022142", "50022142"), ("restauration_collective", "restauration_rapide", "hopitaux", "ehpad"), 4),
    Track("Coiffure", "CAP", ("50033616", "50033616"), ("coiffure",), 3),
    Track("Pâtisserie", "CAP", ("50022141", "50022141"), ("boulangerie", "traiteur_chocolat"), 3),
    Track("Électricité", "CAP", ("50025524", "50025524"), ("electricite", "maintenance_equip", "reseaux_elec"), 4, True),
    Track("Maintenance automobile", "CAP", ("50025218", "50025218"), ("garages", "concessions"), 4, True),
    Track("Maintenance des bâtiments", "CAP", ("50023002", "50023002"), ("mairies", "hopitaux", "ehpad", "second_oeuvre"), 3),
    Track("Métallerie", "CAP", ("50025431", "50025431"), ("menuiserie_metal", "chaudronnerie"), 3, True),
    Track("Conduite d’installations", "CAP", ("50020101", "50020101"), ("usinage", "agroalimentaire", "chimie_papier"), 3, True),
)

AFTER_BACCALAUREATE: tuple[Track, ...] = (
    Track("BTS Management commercial", "BTS", ("32031213", "32031213"), ("grandes_surfaces", "magasins_spec", "mode_magasins", "gros"), 3),
    Track("BTS Gestion de la PME", "BTS", ("32031008", "32031008"), ("comptabilite", "mairies", "secretariat", "banques"), 2),
    Track("BTS Électrotechnique", "BTS", ("32025515", "32025515"), ("electricite", "maintenance_equip", "production_energie"), 2, True),
)

SPECIALISED: tuple[Track, ...] = (
    Track("CS Services numériques", "CS", ("01025506",), ("services_info", "reparation_info"), 1),
    Track("CS Desserts de restaurant", "CS", ("01022103",), ("restaurants", "traiteur_chocolat"), 1),
)
# fmt: on
