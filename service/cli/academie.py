"""`academie`: the report of a batch, pôle by pôle. Must not know: how it is made."""

from pathlib import Path

from service.academy.national import ratio, trades
from service.academy.page import write_report
from service.academy.poles import poles
from service.cli.output import as_json, count, number, percent, say
from solver.domain import FAMILIES


def report(lot: Path, before: Path | None, prices: str | None, output: Path, *, json: bool) -> None:
    """Write the page, the tables and the pictures; tell the headline."""
    now = poles(lot, prices)
    earlier = None if before is None else poles(before, prices)
    academies = sorted({p.academy for p in now})
    title = academies[0] if len(academies) == 1 else f"{len(academies)} académies"
    files = write_report(title, now, earlier, output)
    demands, placed = (sum(getattr(p.figures, name) for p in now) for name in ("demands", "placed"))
    ratios = {family: ratio(now, family) for family in FAMILIES}
    tight = [t for t in trades(now) if t.ratio < 1]
    if json:
        as_json(
            {
                "poles": len(now),
                "offres_par_eleve": ratios,
                "demandes": demands,
                "placees": placed,
                "secteurs_en_manque": len(tight),
                "fichiers": [str(f) for f in files],
            }
        )
        return
    told = ", ".join(f"{number(value, 2)} en {family}" for family, value in ratios.items())
    say(f"{title} : offres ÷ élèves {told}.", "bold")
    say(
        f"{count(len(now), 'pôle')}, {number(demands)} élève-périodes, "
        f"{percent(placed / demands if demands else None)} placées ; "
        f"{count(len(tight), 'secteur')} en manque dans toute l’académie."
    )
    say(f"Page, tables et figures : {output}/ ({', '.join(f.name for f in files)})")
