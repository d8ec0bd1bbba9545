"""Sectors of the divisions and hosts a scenario already holds, from NAF and diploma tables.

Must not know: files of hosts or divisions.
"""

from scenarios.importers.nomenclature import Nomenclature
from scenarios.importers.preview import Import
from solver.domain import TRAINING, Scenario
from solver.errors import Fault


def sectors(scenario: Scenario, nomenclature: Nomenclature) -> Import:
    """Divisions with a diploma, and training hosts with a NAF code, completed.

    One row is one division or host, divisions first; what they already say is kept.
    """
    made = Import("secteurs", "divisions.csv, accueils.csv")
    for division in scenario.divisions:
        if division.diploma is None:
            continue
        made.rows_read += 1
        found = nomenclature.sectors_of_diploma.get(division.diploma, ())
        after = tuple(dict.fromkeys((*division.sectors, *found)))
        if not found:
            made.refuse(made.rows_read, f"diplôme {division.diploma} absent de la table")
            continue
        made.add(division.model_copy(update={"sectors": after}))
        made.take(made.rows_read, "secteurs ajoutés" if after != division.sectors else "")
    for host in scenario.hosts:
        if not host.activity or not set(host.publics) & set(TRAINING):
            continue
        made.rows_read += 1
        tokens = nomenclature.tokens(host.activity)
        if not tokens:
            made.refuse(made.rows_read, f"activité {host.activity} hors des secteurs d’accueil")
            continue
        after = tuple(dict.fromkeys((*host.diplomas, *tokens)))
        made.add(host.model_copy(update={"diplomas": after}))
        made.take(made.rows_read, "formations ajoutées" if after != host.diplomas else "")
    if not made.rows_read:
        message = "ni division avec un diplôme, ni structure avec un code NAF"
        made.faults.append(Fault("rien-a-prendre", message, file=made.file))
    return made
