"""What whoever runs the service may set, from the environment (`BASSIN_…`) or a `.env` file.

Every setting has a default that works on one machine. Must not know: who reads them.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings; `bassin config` shows them with their meaning, secrets hidden."""

    model_config = SettingsConfigDict(
        env_prefix="BASSIN_", env_file=".env", extra="ignore", frozen=True
    )

    home: Annotated[Path, Field(description="Dossier du service : base SQLite et clé.")] = Path(
        "bassin-service"
    )
    database: Annotated[
        str,
        Field(
            description="Base de données (postgresql+psycopg://…) ; vide = SQLite dans « home »."
        ),
    ] = ""
    host: Annotated[str, Field(description="Adresse d’écoute.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port d’écoute.")] = 8000
    public_url: Annotated[
        str, Field(description="Adresse publique, pour les liens et les cookies (https://…).")
    ] = ""
    secret: Annotated[
        SecretStr, Field(description="Clé des cookies ; vide = tirée une fois et gardée.")
    ] = SecretStr("")

    session_hours: Annotated[int, Field(ge=1, description="Durée d’une session, en heures.")] = 12
    failures_allowed: Annotated[
        int, Field(ge=1, description="Échecs de connexion avant verrouillage du compte.")
    ] = 5
    lock_minutes: Annotated[int, Field(ge=1, description="Durée du verrouillage, en minutes.")] = 15
    invitation_hours: Annotated[
        int, Field(ge=1, description="Durée de validité d’un lien d’invitation, en heures.")
    ] = 72

    oidc_issuer: Annotated[
        str, Field(description="Fournisseur d’identité (OpenID Connect) ; vide = aucun.")
    ] = ""
    oidc_client: Annotated[str, Field(description="Identifiant du service chez lui.")] = ""
    oidc_secret: Annotated[SecretStr, Field(description="Secret du service chez lui.")] = SecretStr(
        ""
    )

    upload_bytes: Annotated[
        int, Field(ge=1, description="Taille d’un envoi, au plus, en octets.")
    ] = 20_000_000
    upload_cells: Annotated[
        int, Field(ge=1, description="Cellules d’un scénario envoyé, au plus.")
    ] = 5_000_000
    upload_ratio: Annotated[
        int, Field(ge=1, description="Rapport de décompression d’un envoi, au plus.")
    ] = 100
    requests_per_minute: Annotated[
        int, Field(ge=1, description="Requêtes par minute et par compte, au plus.")
    ] = 600
    sign_ins_per_minute: Annotated[
        int, Field(ge=1, description="Essais de connexion par minute et par adresse, au plus.")
    ] = 30

    scheduler: Annotated[
        str, Field(description="Ordonnanceur Dask (tcp://…) ; vide = un dans le service.")
    ] = ""
    workers: Annotated[int, Field(ge=0, description="Calculs menés de front par le service.")] = 1
    run_cores: Annotated[int, Field(ge=1, description="Cœurs d’un calcul.")] = 2
    run_megabytes: Annotated[
        int, Field(ge=256, description="Mémoire d’un calcul, au plus, en Mo.")
    ] = 4096
    run_seconds: Annotated[
        float, Field(gt=0, description="Durée d’un calcul, au plus, en secondes.")
    ] = 3600.0
    runs_per_account: Annotated[
        int, Field(ge=1, description="Calculs en attente ou en cours par compte, au plus.")
    ] = 20

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="Détail des journaux.")
    ] = "INFO"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL: the one set, or SQLite in `home`."""
        return self.database or f"sqlite:///{self.home / 'bassin.sqlite'}"

    @property
    def secure(self) -> bool:
        """Whether people come by https: cookies then never travel in clear."""
        return self.public_url.startswith("https://")
