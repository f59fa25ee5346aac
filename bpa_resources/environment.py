"""The only reader of environment variables.

Add a setting here when a machine, not a process, decides it; what a person says about one process is in
`bpa_assets/settings.py`.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bpa_resources.errors import InputError

_POSTGRES_SCHEMES = {"postgresql", "postgres", "postgresql+psycopg2"}
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def home_folder() -> Path:
    """`BPA_HOME`, by default `./bpa_home`: where everything lies."""
    return Path(os.environ.get("BPA_HOME") or "bpa_home").absolute()


def memory_bytes() -> int:
    """`BPA_MEMORY` (such as `4GB`), by default half of the machine's: what the heavy stages may use."""
    text = os.environ.get("BPA_MEMORY", "").strip().upper().removesuffix("B").removesuffix("I")
    if not text:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    number, unit = (text[:-1], text[-1]) if text[-1] in _UNITS else (text, "")
    if not number.strip().isdigit() or int(number) * _UNITS[unit] < 100 << 20:
        raise InputError(f"BPA_MEMORY is '{os.environ['BPA_MEMORY']}'; write a size of at least 100MB, such as 4GB")
    return int(number) * _UNITS[unit]


def cores() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_home(folder: Path) -> None:
    """Make `folder` the home of this process and of those it starts, with Dagster's storage inside."""
    os.environ["BPA_HOME"] = str(folder)
    os.environ["DAGSTER_HOME"] = str(dagster_folder(folder))
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    if url := postgres_url():
        os.environ["BPA_POSTGRES_URL"] = url  # Dagster reads it as it is (deploy/dagster.yaml)


def dagster_folder(home: Path) -> Path:
    """Dagster's own folder in a home: another one with Postgres, so that switching it on or off loses neither."""
    return home / ("dagster-postgres" if postgres_url() else "dagster")


def postgres_url() -> str | None:
    """`BPA_POSTGRES_URL`: where Dagster's runs, events and schedules are stored instead of in the home."""
    return _database_address("BPA_POSTGRES_URL")


def ledger_url() -> str | None:
    """`BPA_LEDGER_URL`: where actions, approvals and their trail are stored instead of in the home."""
    return _database_address("BPA_LEDGER_URL")


def _database_address(name: str) -> str | None:
    """With the driver's name: dagster-postgres brings psycopg2, SQLAlchemy 2.1 would look for another."""
    url = os.environ.get(name, "").strip()
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in _POSTGRES_SCHEMES or not urlsplit(f"//{rest}").path.strip("/"):
        # Never the value itself: it may hold a password.
        raise InputError(f"{name} is no address of a database: postgresql://USER:PASSWORD@HOST:5432/DATABASE")
    return f"postgresql+psycopg2://{rest}"


@dataclass(frozen=True)
class Nightly:
    """When every process is refreshed: a cron expression and a time zone."""

    cron: str
    zone: str


def nightly() -> Nightly | None:
    """`BPA_NIGHTLY` (such as `02:30 Europe/Amsterdam`, or `off`), by default 02:00 UTC."""
    text = os.environ.get("BPA_NIGHTLY", "").strip() or "02:00"
    if text.lower() == "off":
        return None
    clock, _, zone = text.partition(" ")
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", clock)
    zone = zone.strip() or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as Europe
        found = None
    if found is None:
        raise InputError(f"BPA_NIGHTLY is '{text}'; write a time and a zone, such as 02:30 Europe/Amsterdam, or off")
    return Nightly(f"{int(found[2])} {int(found[1])} * * *", zone)


def alert_webhook() -> str | None:
    """`BPA_ALERT_WEBHOOK`: where alerts are posted as JSON. The address is a secret: whoever has it can post."""
    url = os.environ.get("BPA_ALERT_WEBHOOK", "").strip()
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise InputError("BPA_ALERT_WEBHOOK is no web address: write one that begins with https://")
    return url or None


@dataclass(frozen=True)
class MailSettings:
    """How alerts are mailed."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)


_MAIL_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def alert_mail() -> MailSettings | None:
    """`BPA_ALERT_MAIL_TO` (addresses with commas between) and the `BPA_SMTP_*` settings; without the first, none."""
    to = tuple(part.strip() for part in os.environ.get("BPA_ALERT_MAIL_TO", "").split(",") if part.strip())
    if not to:
        return None
    host = os.environ.get("BPA_SMTP_HOST", "").strip()
    security = os.environ.get("BPA_SMTP_SECURITY", "").strip().lower() or "starttls"
    port = os.environ.get("BPA_SMTP_PORT", "").strip() or str(_MAIL_PORTS.get(security, ""))
    if not host:
        raise InputError("BPA_ALERT_MAIL_TO is set, so the mail server must be named too: set BPA_SMTP_HOST")
    if security not in _MAIL_PORTS:
        raise InputError(f"BPA_SMTP_SECURITY is '{security}'; write starttls, ssl or none")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError(f"BPA_SMTP_PORT is '{port}'; write a number, such as {_MAIL_PORTS[security]}")
    if any("@" not in address or any(sign in address for sign in "\r\n") for address in to):
        raise InputError("BPA_ALERT_MAIL_TO holds no mail address: write addresses with commas between them")
    if security == "none" and os.environ.get("BPA_SMTP_PASSWORD"):
        raise InputError("BPA_SMTP_PASSWORD would be sent in the clear: set BPA_SMTP_SECURITY to starttls or ssl")
    return MailSettings(
        to=to,
        sender=os.environ.get("BPA_ALERT_MAIL_FROM", "").strip() or to[0],
        host=host,
        port=int(port),
        security=security,
        user=os.environ.get("BPA_SMTP_USER", ""),
        password=os.environ.get("BPA_SMTP_PASSWORD", ""),
    )


@dataclass(frozen=True)
class LanguageModelSettings:
    """Which language model may be asked, and what a run may spend on it."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0
    tokens: int = 20_000
    prices: tuple[float, float] | None = None
    """What a million tokens cost, read and written."""


def language_model() -> LanguageModelSettings | None:
    """`BPA_LLM_URL` and `BPA_LLM_MODEL` and the other `BPA_LLM_*` settings; without these two, none.

    Raises InputError where a setting makes no sense; what it says never holds the key, nor an address that may hold it.
    """
    url = os.environ.get("BPA_LLM_URL", "").strip().rstrip("/")
    model = os.environ.get("BPA_LLM_MODEL", "").strip()
    if not url and not model:
        return None
    if not url or not model:
        absent, given = ("BPA_LLM_URL", "BPA_LLM_MODEL") if model else ("BPA_LLM_MODEL", "BPA_LLM_URL")
        raise InputError(f"{given} is set, so {absent} must be set too")
    key = os.environ.get("BPA_LLM_KEY", "").strip()
    _refuse_model_address(url, key)
    return LanguageModelSettings(
        url=url,
        model=model,
        key=key,
        seconds=_amount("BPA_LLM_SECONDS", 60, lowest=1, highest=3600),
        tokens=int(_amount("BPA_LLM_TOKENS", 20_000, lowest=100, highest=10_000_000)),
        prices=_prices(),
    )


def _refuse_model_address(url: str, key: str) -> None:
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        host, user = None, None
    if not host or parts.scheme not in {"http", "https"}:
        raise InputError("BPA_LLM_URL is no web address: write one such as https://api.example.com/v1")
    if user or parts.query or parts.fragment:
        raise InputError("BPA_LLM_URL may hold no user, password or query: the key belongs in BPA_LLM_KEY")
    if key and parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        raise InputError("BPA_LLM_KEY would be sent in the clear: BPA_LLM_URL must begin with https://")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError("BPA_LLM_KEY holds a sign that no key has, such as a blank or a line break")


def _amount(name: str, default: float, *, lowest: float, highest: float) -> float:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) or not lowest <= float(text) <= highest:
        raise InputError(f"{name} is '{text}'; write a number from {lowest:,} to {highest:,}".replace(",", ""))
    return float(text)


def _prices() -> tuple[float, float] | None:
    text = os.environ.get("BPA_LLM_PRICE", "").strip()
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\s*/\s*(\d{1,6}(?:\.\d{1,6})?)", text, re.ASCII)
    if found is None:
        raise InputError(f"BPA_LLM_PRICE is '{text}'; write what a million tokens cost, read/written, such as 0.5/1.5")
    return float(found[1]), float(found[2])


def name_ui(url: str) -> None:
    """Tell the processes that this one starts where the Dagster UI is served."""
    os.environ["BPA_UI_URL"] = url


def ui_address() -> str | None:
    """`BPA_UI_URL`: where people find the Dagster UI; alerts link to it."""
    return os.environ.get("BPA_UI_URL", "").strip().rstrip("/") or None


def name_reports(url: str) -> None:
    """Tell the processes that this one starts where the files of `reports/` are served."""
    os.environ["BPA_REPORTS_URL"] = url


def reports_address() -> str:
    """`BPA_REPORTS_URL`: where people find the reports, by default where `bpa dev` serves them; the UI links there."""
    return os.environ.get("BPA_REPORTS_URL", "").strip().rstrip("/") or "http://127.0.0.1:3001"


def name_kpi_build(database: Path) -> None:
    """Tell the dbt that this process starts which private file to build (`dbt_kpis/profiles.yml`)."""
    os.environ["BPA_KPIS_BUILD"] = str(database)


def user_cache() -> Path:
    """Where this user's caches lie, for what cannot lie beside the code."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bpa"


def variable(name: str) -> str | None:
    """The variable that a person named in connections.yaml as the place of a secret; None where it is not set."""
    return os.environ.get(name)
