"""`serve`, `config` and `purge`: the service, run and looked after. Must not know: its routes."""

from datetime import UTC, datetime

import typer
import uvicorn

from service import pages
from service.accounts import invitations
from service.api import create_app
from service.cli.output import as_json, count, err, grid, number, say
from service.house import House
from service.jobs.dispatcher import Dispatcher
from service.logs import install
from service.settings import Settings
from service.store import Database, journal, retention

_GRACE_SECONDS = 20
_KEEP_ALIVE_SECONDS = 30
"""Longer than clients keep an idle connection, which would otherwise meet one just closed."""


def serve(host: str | None, port: int | None) -> None:
    """Bring the database up to date, print the first administrator's link, answer until told."""
    settings = Settings()
    settings = settings.model_copy(
        update={"host": host or settings.host, "port": settings.port if port is None else port}
    )
    install(settings.log_level)
    house = House(settings)
    house.database.migrate()
    _welcome(house.database, settings)
    app = create_app(settings, house, Dispatcher(settings, house.database, early=True))
    pages.install(app)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    uvicorn.Server(config).run()


def work() -> None:
    """Lend this machine to the scheduler that is set, until told to end."""
    from service.jobs.worker import work

    settings = Settings()
    if not settings.scheduler:
        raise typer.BadParameter("BASSIN_SCHEDULER doit dire où est l’ordonnanceur (tcp://…).")
    install(settings.log_level)
    work(settings)


def _welcome(database: Database, settings: Settings) -> None:
    code = invitations.first_administrator(database, settings)
    if code is not None:
        home = settings.public_url or f"http://{settings.host}:{settings.port}"
        err.print(
            "Premier démarrage. Choisir le mot de passe du compte « admin » "
            f"({settings.invitation_hours} h, une seule fois) :\n{home}/invitation/{code}",
            soft_wrap=True,
            markup=False,
        )


def config(*, json: bool) -> None:
    """Every setting, its variable, its value (secrets hidden) and its meaning."""
    settings = Settings()
    rows = [
        (f"BASSIN_{name.upper()}", str(getattr(settings, name)), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    if json:
        as_json({variable: value for variable, value, _ in rows})
    else:
        grid("Réglages", ("variable", "valeur", "sens"), rows)


def purge(before: datetime, *, pretend: bool, json: bool) -> None:
    """Remove what was made before a day, but what is in force or still needed."""
    moment = before.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise typer.BadParameter("--avant est dans l’avenir.")
    database = Database(Settings().database_url)
    database.migrate()
    try:
        with database.session() as session:
            gone = retention.purge(session, moment)
            if pretend:
                session.rollback()
            else:
                journal.write(
                    session, None, "purge", "service", "", avant=str(before.date()), supprimes=gone
                )
    finally:
        database.close()
    if json:
        as_json(gone)
        return
    grid("Supprimés" if not pretend else "À supprimer", ("quoi", "combien"),
         [(what, number(n)) for what, n in gone.items()], " d")  # fmt: skip
    say(f"{count(sum(gone.values()), 'ligne')} d’avant le {before.date():%d/%m/%Y}.")
