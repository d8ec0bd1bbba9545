"""What a coordinator hands over and what comes back: scenario, plan, verdict. Names and dates only.

Each field says once how it is called in the tables (`alias`), what it means (`description`, French,
shown to people) and what it looks like (`examples`); the readers, the JSON schema, the table
documentation and the forms all come from here. Semantics: `rules.md`; columns: `format.md`.
Must not know: files, integers of the solver, OR-Tools.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from solver.week import Week

Public = Literal["4E", "3E", "3PM", "SEGPA", "2GT", "CAP", "BACPRO", "CS", "BTS"]
Family = Literal["observation", "formation"]
Mode = Literal["pied", "velo", "deux_roues", "voiture", "tc"]
SchoolType = Literal[
    "CLG", "LP", "LPO", "LGT", "LG", "LT", "SEP", "EREA", "LEGTPA", "MFR", "CFA"
]  # fmt: skip
Count = Annotated[int, Field(ge=0)]

OBSERVATION: tuple[Public, ...] = ("4E", "3E", "3PM", "SEGPA", "2GT")
TRAINING: tuple[Public, ...] = ("CAP", "BACPRO", "CS", "BTS")
FAMILIES: Mapping[Family, tuple[Public, ...]] = MappingProxyType(
    {"observation": OBSERVATION, "formation": TRAINING}
)


def family(public: Public) -> Family:
    """The family a public counts in: observation, or vocational training (`formation`)."""
    return "formation" if public in TRAINING else "observation"


def column(
    header: str,
    meaning: str,
    *,
    example: str = "",
    key: bool = False,
    references: str | None = None,
    **limits: Any,
) -> Any:
    """A field that is a column of a table: its header, meaning (French), example.

    `key`: part of the row's identity. `references`: the tables (separated by spaces) whose key it
    must name. `limits` go to pydantic's `Field` (`ge`, `le`, `pattern`, …).
    """
    return Field(
        alias=header,
        description=meaning,
        examples=[example] if example else None,
        json_schema_extra={"key": key, "references": references},
        **limits,
    )


class Frozen(BaseModel):
    """Base of all that is written once: immutable, unknown fields refused, French or English names."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Place(Frozen):
    """A row of `lieux.csv`."""

    id: Annotated[str, column("lieu", "Code commune Insee, ou tout autre identifiant de lieu", example="54329", key=True)]
    name: Annotated[str, column("nom", "Nom du lieu", example="Lunéville")] = ""
    latitude: Annotated[float, column("lat", "Latitude en degrés décimaux (WGS 84)", example="48.58930", ge=-90, le=90)]
    longitude: Annotated[float, column("lon", "Longitude en degrés décimaux (WGS 84)", example="6.50140", ge=-180, le=180)]


class Journey(Frozen):
    """A row of `trajets.csv`: a measured journey that replaces the estimate, in that direction."""

    origin: Annotated[str, column("origine", "Lieu de départ (domicile ou internat)", example="54329", key=True, references="lieux")]
    destination: Annotated[str, column("destination", "Lieu d'arrivée (structure d'accueil)", example="54395", key=True, references="lieux")]
    mode: Annotated[Mode, column("mode", "Mode de déplacement", example="tc", key=True)]
    minutes: Annotated[Count, column("minutes", "Durée de l'aller, en minutes", example="32")]


class Establishment(Frozen):
    """A row of `etablissements.csv`."""

    uai: Annotated[str, column("uai", "Code UAI : 7 chiffres et une lettre de contrôle", example="0540037X", key=True, pattern=r"^\d{7}[A-Z]$")]
    name: Annotated[str, column("nom", "Nom de l'établissement", example="Lycée Boutet de Monvel")]
    type: Annotated[SchoolType, column("type", "Nature de l'établissement", example="LPO")]
    place: Annotated[str, column("lieu", "Lieu de l'établissement", example="54329", references="lieux")]
    priority_education: Annotated[Literal["", "rep", "rep+"], column("rep", "Éducation prioritaire : vide, rep ou rep+", example="rep")] = ""
    max_divisions_away: Annotated[Count | None, column("divisions_absentes_max", "Nombre de divisions professionnelles (CAP, BACPRO, CS, BTS) absentes la même semaine, au plus ; vide = sans limite", example="9")] = None


class Division(Frozen):
    """A row of `divisions.csv`: an administrative class, the unit that leaves together."""

    id: Annotated[str, column("division", "Identifiant de la division", example="0540037X-CAP102", key=True)]
    establishment: Annotated[str, column("uai", "UAI de l'établissement", example="0540037X", references="etablissements")]
    name: Annotated[str, column("nom", "Nom d'usage", example="CAP1 EPC")] = ""
    public: Annotated[Public, column("public", "Public de la division", example="CAP")]
    diploma: Annotated[str | None, column("diplome", "Code FORMATION_DIPLOME à 8 chiffres (les chiffres 4 à 6 sont le groupe NSF)", example="50031211", pattern=r"^\d{8}$")] = None
    sectors: Annotated[tuple[str, ...], column("secteurs", "Secteurs d'accueil qui conviennent à la formation", example="magasins_spec superettes")] = ()
    headcount: Annotated[Count, column("effectif", "Nombre d'élèves, utilisé si aucun élève de la division n'est décrit", example="12")]
    regulated: Annotated[bool, column("reglemente", "oui : travaux interdits aux mineurs sans dérogation", example="non")] = False

    @property
    def family(self) -> Family:
        return family(self.public)

    @property
    def speciality_group(self) -> str | None:
        """NSF group: digits 4 to 6 of the diploma code."""
        return self.diploma[3:6] if self.diploma else None


class Period(Frozen):
    """A row of `periodes.csv`: one stay away from school that a division makes."""

    id: Annotated[str, column("periode", "Identifiant de la période", example="0540037X-CAP102-1", key=True)]
    division: Annotated[str, column("division", "Division qui part", example="0540037X-CAP102", references="divisions")]
    rank: Annotated[int, column("rang", "Rang de la période dans l'année de la division", example="1", ge=1)]
    duration_weeks: Annotated[int, column("duree", "Durée en semaines utilisables", example="3", ge=1, le=52)]
    earliest: Annotated[Week | None, column("debut_min", "Première semaine permise", example="2026-W38")] = None
    latest: Annotated[Week | None, column("fin_max", "Dernière semaine permise", example="2027-W07")] = None
    wished: Annotated[Week | None, column("debut_souhaite", "Semaine de départ souhaitée", example="2026-W48")] = None
    imposed: Annotated[Week | None, column("debut_impose", "Semaine de départ imposée", example="2027-W24")] = None
    may_straddle: Annotated[bool, column("coupure", "oui : la période peut enjamber des vacances", example="non")] = False
    min_gap_weeks: Annotated[Count, column("ecart_min", "Semaines au moins depuis la fin de la période de rang précédent", example="3")] = 0
    departure: Annotated[str | None, column("depart", "Départ commun : toutes les périodes de même valeur partent la même semaine", example="0540001H-3e")] = None
    exclusions: Annotated[tuple[str, ...], column("exclusion", "Groupes d'exclusion : deux divisions qui en partagent un ne sont jamais absentes ensemble", example="0540037X-atelier-312")] = ()
    host_link: Annotated[Literal["libre", "meme", "different"], column("hote", "Structure d'accueil par rapport au rang précédent", example="different")] = "libre"


class Pupil(Frozen):
    """A row of `eleves.csv`, or one of the `headcount` pupils a division without rows stands for."""

    id: Annotated[str, column("eleve", "Pseudonyme local ; jamais un nom ni un INE", example="e00042", key=True)]
    division: Annotated[str, column("division", "Division de l'élève", example="0540037X-CAP102", references="divisions")]
    home: Annotated[str, column("lieu", "Lieu du domicile (commune)", example="54395", references="lieux")]
    modes: Annotated[tuple[Mode, ...], column("modes", "Modes de déplacement possibles", example="tc velo")] = ("tc",)
    max_journey_minutes: Annotated[Count | None, column("trajet_max", "Durée maximale de l'aller en minutes ; vide = la règle du public", example="60")] = None
    age: Annotated[int | None, column("age", "Âge au 1er septembre", example="16", ge=3, le=99)] = None
    sex: Annotated[Literal["f", "g"] | None, column("sexe", "f, g ou vide ; ne sert qu'aux lits d'internat", example="f")] = None
    needs: Annotated[tuple[str, ...], column("besoins", "Besoins d'équipement", example="pmr")] = ()
    priority: Annotated[int, column("priorite", "Priorité de 1 à 5", example="1", ge=1, le=5)] = 1
    group: Annotated[str | None, column("groupe", "Binôme ou trinôme : élèves de la division placés ensemble", example="g0003")] = None
    boarding_house: Annotated[str | None, column("internat", "Internat où l'élève vit déjà", example="INT-0540037X", references="internats")] = None
    accepts_boarding: Annotated[bool, column("internat_accepte", "oui : peut loger dans un internat ouvert", example="non")] = False
    countries: Annotated[tuple[str, ...], column("pays", "Pays où l'élève peut aller", example="FR LU")] = ("FR",)


class Host(Frozen):
    """A row of `accueils.csv`: a workplace that takes pupils."""

    id: Annotated[str, column("accueil", "SIRET à 14 chiffres, ou identifiant commençant par X-", example="30100000100025", key=True, pattern=r"^(\d{14}|X-.+)$")]
    name: Annotated[str, column("nom", "Nom de la structure", example="Hôpital de jour")] = ""
    place: Annotated[str, column("lieu", "Lieu de la structure", example="54329", references="lieux")]
    activity: Annotated[str, column("naf", "Code NAF", example="86.10Z")] = ""
    staff: Annotated[Count | None, column("effectif", "Nombre de salariés ; vide = inconnu", example="12")] = None
    publics: Annotated[tuple[Public, ...], column("publics", "Publics accueillis", example="3E CAP BACPRO", min_length=1)]
    diplomas: Annotated[tuple[str, ...], column("diplomes", "Formations accueillies : code à 8 chiffres, nsf:NNN, secteur:ID ou *", example="secteur:hopitaux")] = ()
    slots: Annotated[Count, column("places", "Places par semaine", example="2")]
    tutors: Annotated[Count | None, column("tuteurs", "Nombre de tuteurs ; vide = inconnu, sans limite", example="1")] = None
    group_min: Annotated[int, column("groupe_min", "Élèves d'une même division par place, au moins", example="1", ge=1)] = 1
    group_max: Annotated[int, column("groupe_max", "Élèves d'une même division par place, au plus", example="2", ge=1)] = 1
    age_min: Annotated[Count, column("age_min", "Âge minimal", example="16")] = 0
    waiver_until: Annotated[date | None, column("derogation_jusqu_au", "Fin de la dérogation aux travaux réglementés", example="2027-12-31")] = None
    equipment: Annotated[tuple[str, ...], column("equipements", "Équipements disponibles", example="pmr")] = ()
    country: Annotated[str, column("pays", "Pays de la structure", example="FR")] = "FR"
    max_slot_weeks: Annotated[Count | None, column("semaines_max", "Places-semaines dans l'année, au plus", example="24")] = None
    reserved_for: Annotated[tuple[str, ...], column("uai_reserves", "Réservé à ces établissements", example="0540037X", references="etablissements")] = ()

    @property
    def legal_person(self) -> str | None:
        """SIREN, the first nine digits of a SIRET; None for a host without one."""
        return self.id[:9] if len(self.id) == 14 and self.id.isdigit() else None


class Capacity(Frozen):
    """A row of `capacites.csv`: slots that replace the default (`*`), or cap one public, for some weeks."""

    host: Annotated[str, column("accueil", "Structure d'accueil", example="30100000100025", key=True, references="accueils")]
    public: Annotated[Public | Literal["*"], column("public", "Public limité, ou * pour le total", example="3E", key=True)]
    first: Annotated[Week, column("debut", "Première semaine", example="2026-W49", key=True)]
    last: Annotated[Week, column("fin", "Dernière semaine, comprise", example="2026-W51", key=True)]
    slots: Annotated[Count, column("places", "Places par semaine", example="0")]


class BoardingHouse(Frozen):
    """A row of `internats.csv`; beds are those offered to pupils from elsewhere."""

    id: Annotated[str, column("internat", "Identifiant de l'internat", example="INT-0540037X", key=True)]
    establishment: Annotated[str | None, column("uai", "UAI de l'établissement", example="0540037X", references="etablissements")] = None
    place: Annotated[str, column("lieu", "Lieu de l'internat", example="54329", references="lieux")]
    beds_girls: Annotated[Count, column("places_f", "Lits de filles par semaine pour des élèves d'ailleurs", example="8")] = 0
    beds_boys: Annotated[Count, column("places_g", "Lits de garçons par semaine pour des élèves d'ailleurs", example="8")] = 0
    beds_mixed: Annotated[Count, column("places_mixtes", "Lits mixtes par semaine pour des élèves d'ailleurs", example="0")] = 0
    open: Annotated[bool, column("ouvert", "oui : accueille des élèves d'ailleurs", example="oui")] = False


class FoundPlace(Frozen):
    """A row of `placements.csv`: a place found by the pupil (`trouve`) or already agreed (`signee`)."""

    pupil: Annotated[str, column("eleve", "Élève", example="e00042", key=True, references="eleves")]
    period: Annotated[str, column("periode", "Période", example="0540037X-CAP102-1", key=True, references="periodes")]
    host: Annotated[str, column("accueil", "Structure d'accueil", example="30100000100025", references="accueils")]
    status: Annotated[Literal["trouve", "signee"], column("statut", "trouve : place trouvée par l'élève ; signee : convention signée", example="trouve")]


class Closure(Frozen):
    """A row of `blocages.csv`: weeks in which an establishment, a division or a host is closed."""

    target: Annotated[str, column("cible", "UAI, division ou structure d'accueil", example="0540037X", key=True, references="etablissements divisions accueils")]
    first: Annotated[Week, column("debut", "Première semaine", example="2027-W02", key=True)]
    last: Annotated[Week, column("fin", "Dernière semaine, comprise", example="2027-W02", key=True)]
    reason: Annotated[str, column("motif", "Motif", example="conseils et CCF")] = ""


class Regulation(Frozen):
    """`[regles]`: dated regulatory and local values."""

    min_days_per_week: Annotated[int, column("jours_min_semaine", "Jours de classe du lundi au vendredi pour qu'une semaine soit utilisable", ge=1, le=5)] = 3
    max_journey_observation_minutes: Annotated[Count, column("trajet_max_observation", "Trajet maximal par défaut en observation (minutes)")] = 45
    max_journey_training_minutes: Annotated[Count, column("trajet_max_formation", "Trajet maximal par défaut en formation (minutes)")] = 75
    trainees_per_tutor: Annotated[Count, column("stagiaires_par_tuteur", "Stagiaires par tuteur (C. éduc., R. 124-13)")] = 3
    legal_quota: Annotated[bool, column("quota_legal", "Appliquer le quota de stagiaires par personne morale (C. éduc., R. 124-10)")] = True
    rector_waiver: Annotated[bool, column("quota_derogation_recteur", "Quota élargi par arrêté du recteur (C. éduc., R. 124-11)")] = False


class EquityStep(Frozen):
    """One step of the `equite` price."""

    threshold_percent: Annotated[Count, column("seuil", "Part de périodes sans place tolérée (%)")]
    surcharge_percent: Annotated[Count, column("surcout", "Surcoût au-delà (% de non_place)")]


class Prices(Frozen):
    """`[bareme]`: what each thing costs, in points (1 point = 1 minute of one pupil's one-way journey)."""

    unplaced: Annotated[Count, column("non_place", "Élève-période sans place")] = 1000
    found_place_factor: Annotated[Count, column("coef_place_trouvee", "Multiplie non_place si l'élève avait trouvé une place")] = 3
    equity: Annotated[tuple[EquityStep, ...], column("equite", "Paliers d'équité par établissement")] = (
        EquityStep(threshold_percent=2, surcharge_percent=50),
        EquityStep(threshold_percent=10, surcharge_percent=50),
    )
    week_shift: Annotated[Count, column("decalage_semaine", "Élève et semaine d'écart au départ souhaité")] = 2
    journey_minute: Annotated[Count, column("trajet_minute", "Minute de trajet")] = 1
    journey_comfort_minutes: Annotated[Count, column("trajet_confort", "Trajet confortable (minutes)")] = 30
    journey_discomfort: Annotated[Count, column("trajet_inconfort", "Minute au-delà du trajet confortable")] = 1
    boarding: Annotated[Count, column("internat", "Élève-période logé dans un internat qui n'est pas le sien")] = 30
    fit_speciality: Annotated[Count, column("adequation_nsf", "Élève-période accueilli au titre du groupe NSF")] = 10
    fit_sector: Annotated[Count, column("adequation_secteur", "Élève-période accueilli au titre du secteur, ou sans lien")] = 20
    saturation: Annotated[Count, column("saturation", "Élève-semaine au-delà du seuil")] = 5
    saturation_threshold_percent: Annotated[Count, column("seuil_saturation", "Seuil : part des places de la semaine (%)")] = 80
    smoothing_threshold_percent: Annotated[Count, column("seuil_lissage", "Sans structure d'accueil : part de la charge moyenne (%)")] = 150
    date_stability: Annotated[Count, column("stabilite_date", "Élève et semaine d'écart à la référence")] = 5
    host_stability: Annotated[Count, column("stabilite_accueil", "Élève-période qui change de structure par rapport à la référence")] = 50


class Departure(Frozen):
    """One row of a plan's calendar: the week in which a period starts."""

    period: Annotated[str, column("periode", "Période", key=True)]
    start: Annotated[Week, column("debut", "Semaine de départ")]


class Placement(Frozen):
    """One pupil, one period, one host; `lodging` is a boarding house, or None from home."""

    pupil: Annotated[str, column("eleve", "Élève", key=True)]
    period: Annotated[str, column("periode", "Période", key=True)]
    host: Annotated[str, column("accueil", "Structure d'accueil")]
    lodging: Annotated[str | None, column("internat", "Internat où l'élève loge ; vide = domicile")] = None


class Plan(Frozen):
    """The decisions, and nothing that can be recomputed: a start per period, a host per placed pupil."""

    departures: Annotated[tuple[Departure, ...], column("calendrier", "Semaine de départ de chaque période")]
    placements: Annotated[tuple[Placement, ...], column("affectations", "Structure d'accueil de chaque élève placé")]

    @cached_property
    def start_of(self) -> Mapping[str, Week]:
        """Start week by period id."""
        return MappingProxyType({d.period: d.start for d in self.departures})

    @cached_property
    def placement_of(self) -> Mapping[tuple[str, str], Placement]:
        """Placement by (pupil id, period id)."""
        return MappingProxyType({(p.pupil, p.period): p for p in self.placements})


class SchoolYearChanges(Frozen):
    """`[calendrier]`: what the bassin closes besides the national calendar."""

    closures: Annotated[tuple[Week | date, ...], column("fermetures", "Jours ou semaines fermés en plus", example="2027-W20")] = ()


class Scenario(Frozen):
    """A whole bassin as its coordinator describes it. References between tables hold (see `integrity`)."""

    format: Annotated[Literal[1], Field(description="Version du format")] = 1
    title: Annotated[str, column("titre", "Titre du scénario", example="Lunéville 2026-2027")]
    bassin: Annotated[str, column("bassin", "Bassin d'éducation et de formation", example="LUNEVILLE")]
    academy: Annotated[str, column("academie", "Académie", example="Nancy-Metz")]
    year: Annotated[str, column("annee", "Année scolaire", example="2026-2027", pattern=r"^\d{4}-\d{4}$")]
    zone: Annotated[Literal["A", "B", "C"], column("zone", "Zone de vacances", example="B")]
    regulation: Annotated[Regulation, column("regles", "Valeurs réglementaires")] = Regulation()
    prices: Annotated[Prices, column("bareme", "Barème")] = Prices()
    school_year: Annotated[SchoolYearChanges, column("calendrier", "Calendrier local")] = SchoolYearChanges()
    places: Annotated[tuple[Place, ...], column("lieux", "Lieux")] = ()
    journeys: Annotated[tuple[Journey, ...], column("trajets", "Trajets mesurés")] = ()
    establishments: Annotated[tuple[Establishment, ...], column("etablissements", "Établissements")] = ()
    divisions: Annotated[tuple[Division, ...], column("divisions", "Divisions")] = ()
    periods: Annotated[tuple[Period, ...], column("periodes", "Périodes")] = ()
    pupils: Annotated[tuple[Pupil, ...], column("eleves", "Élèves")] = ()
    hosts: Annotated[tuple[Host, ...], column("accueils", "Structures d'accueil")] = ()
    capacities: Annotated[tuple[Capacity, ...], column("capacites", "Places par semaine et par public")] = ()
    boarding_houses: Annotated[tuple[BoardingHouse, ...], column("internats", "Internats")] = ()
    found_places: Annotated[tuple[FoundPlace, ...], column("placements", "Places trouvées et conventions signées")] = ()
    closures: Annotated[tuple[Closure, ...], column("blocages", "Semaines fermées")] = ()
    reference: Annotated[Plan | None, column("reference", "Plan dont rester proche")] = None

    @cached_property
    def everyone(self) -> tuple[Pupil, ...]:
        """All pupils: the rows, then those a division without rows stands for (`<division>#001`, …)."""
        described = {pupil.division for pupil in self.pupils}
        place = {e.uai: e.place for e in self.establishments}
        return self.pupils + tuple(
            Pupil(id=f"{d.id}#{i:03d}", division=d.id, home=place[d.establishment])
            for d in self.divisions
            if d.id not in described
            for i in range(1, d.headcount + 1)
        )

    @cached_property
    def pupils_of(self) -> Mapping[str, tuple[Pupil, ...]]:
        """Pupils by division id, in the order of `everyone`."""
        by_division: dict[str, list[Pupil]] = {d.id: [] for d in self.divisions}
        for pupil in self.everyone:
            by_division[pupil.division].append(pupil)
        return MappingProxyType({d: tuple(p) for d, p in by_division.items()})

    @cached_property
    def division_of(self) -> Mapping[str, Division]:
        return MappingProxyType({d.id: d for d in self.divisions})

    @cached_property
    def host_of(self) -> Mapping[str, Host]:
        return MappingProxyType({h.id: h for h in self.hosts})

    @cached_property
    def pupil_of(self) -> Mapping[str, Pupil]:
        return MappingProxyType({p.id: p for p in self.everyone})

    @cached_property
    def period_of(self) -> Mapping[str, Period]:
        return MappingProxyType({p.id: p for p in self.periods})

    @cached_property
    def boarding_house_of(self) -> Mapping[str, BoardingHouse]:
        return MappingProxyType({b.id: b for b in self.boarding_houses})

    @cached_property
    def found_place_of(self) -> Mapping[tuple[str, str], FoundPlace]:
        """Found or signed place by (pupil id, period id)."""
        return MappingProxyType({(f.pupil, f.period): f for f in self.found_places})

    @cached_property
    def previous_period(self) -> Mapping[str, Period]:
        """The period of the rank before, by period id; absent for the first of a division."""
        by_division: dict[str, list[Period]] = {}
        for period in self.periods:
            by_division.setdefault(period.division, []).append(period)
        previous = {}
        for periods in by_division.values():
            ordered = sorted(periods, key=lambda p: p.rank)
            previous.update({b.id: a for a, b in pairwise(ordered)})
        return MappingProxyType(previous)

    def demands(self) -> tuple[tuple[Pupil, Period], ...]:
        """Every pupil-period, by period then pupil: what a plan places or leaves without a place."""
        return tuple((u, p) for p in self.periods for u in self.pupils_of[p.division])


class Violation(Frozen):
    """A hard rule that a plan breaks, in words."""

    rule: Annotated[str, Field(description="Clé de la règle")]
    subject: Annotated[str, Field(description="Qui ou quoi : élève, période, structure, semaine")]
    message: Annotated[str, Field(description="Phrase française : ce qui ne va pas")]


class Report(Frozen):
    """What the verifier says of a plan: every violation, and the cost, preference by preference."""

    violations: Annotated[tuple[Violation, ...], Field(description="Règles dures enfreintes")]
    costs: Annotated[Mapping[str, int], Field(alias="couts", description="Points par préférence")]

    @property
    def cost(self) -> int:
        """Total cost in points."""
        return sum(self.costs.values())


Status = Literal["optimal", "feasible", "infeasible", "out_of_time"]


class Unplaced(Frozen):
    """Why a pupil has no place: a row of `non_places.csv`."""

    pupil: Annotated[str, column("eleve", "Élève", key=True)]
    period: Annotated[str, column("periode", "Période", key=True)]
    reason: Annotated[str, column("motif", "Motif, identifiant stable")]
    detail: Annotated[str, column("detail", "Motif, en une phrase")] = ""


class Conflict(Frozen):
    """A smallest set of statements that cannot hold together, and what would resolve it."""

    rules: Annotated[tuple[str, ...], Field(description="Clés des règles en cause")]
    rows: Annotated[tuple[str, ...], Field(description="Lignes en cause, telles qu'écrites dans les tables")]
    message: Annotated[str, Field(description="Le conflit, en français")]
    loosening: Annotated[str, Field(description="Le relâchement qui le résout")]


class Result(Frozen):
    """The answer of a search: a verified plan or why there is none, and how far from the best."""

    status: Status
    plan: Plan | None = None
    report: Report | None = None
    bound: Annotated[int, Field(description="Borne inférieure prouvée sur le coût de tout plan (points)")] = 0
    causes: Annotated[Mapping[str, int], Field(description="D'où vient l'écart entre le coût et la borne : points par cause, la plus grande d'abord")] = Field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    seed: int = 0
    seconds: float = 0.0
    versions: Annotated[Mapping[str, str], Field(description="Versions des composants du moteur")] = Field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """(cost − bound) / cost; 0 where both are 0, None without a plan."""
        if self.report is None:
            return None
        cost = self.report.cost
        return (cost - self.bound) / cost if cost else 0.0
