"""Settings, read once at the door; unknown ones are refused by name, values are never shown."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from conversations.errors import SettingsError

PREFIX = "PORTEVOIX_"
TELEGRAM = "https://api.telegram.org"


class Settings(BaseSettings):
    """Everything an operator can set, by environment or `.env`, each name with the prefix `PORTEVOIX_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path("data")
    """Where the database, the contacts and the key folder lie."""
    database_url: str = ""
    """Empty: SQLite in the data folder. Other engines come later."""
    telegram_token: SecretStr | None = None
    """The bot's token; without it Telegram is off."""
    telegram_api_url: str = TELEGRAM
    """Any server that speaks the Bot API."""
    telegram_mode: Literal["polling", "webhook"] = "polling"
    """How updates come: we ask for them (polling), or Telegram posts them to `public_url` (webhook)."""
    public_url: str = ""
    """The address under which the program is reached from outside, without a slash at its end."""
    host: str = "127.0.0.1"
    """Where the web page listens."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port of the web page; 0 takes any free one."""
    timezone: str = "Europe/Brussels"
    """The time zone in which local times are meant and shown where a city names none."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged; no level logs addresses, answers or tokens."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("is no time zone of the IANA list, such as Europe/Brussels")
        return zone

    @field_validator("public_url", "telegram_api_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: names every variable that is unknown or wrong, never a value.
    """
    names = [*(os.environ if environ is None else environ), *_names_in_file(Path(".env"))]
    wanted = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    unknown = sorted({name for name in names if name.upper().startswith(PREFIX)} - wanted)
    if unknown:
        raise SettingsError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(wanted))}")
    try:
        settings = Settings()
    except ValidationError as error:
        faults = [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False)
        ]
        raise SettingsError("; ".join(faults)) from None
    if settings.database_url:
        raise SettingsError(
            f"{PREFIX}DATABASE_URL: only SQLite in the data folder is there yet; leave it empty"
        )
    _check_webhook(settings)
    return settings


def _check_webhook(settings: Settings) -> None:
    """Refuse a webhook to which nobody could post."""
    if settings.telegram_mode != "webhook":
        return
    if not settings.public_url:
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL: a webhook needs the https address at which Telegram reaches this program; "
            f"set it, or set {PREFIX}TELEGRAM_MODE=polling"
        )
    if settings.telegram_api_url == TELEGRAM and not settings.public_url.startswith("https://"):
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL: Telegram posts to https only; "
            f"begin it with https://, or set {PREFIX}TELEGRAM_MODE=polling"
        )


def _names_in_file(file: Path) -> list[str]:
    """Return the names that a `.env` file sets."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [line.split("=", 1)[0].removeprefix("export ").strip() for line in lines if "=" in line]
