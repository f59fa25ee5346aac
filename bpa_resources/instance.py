"""Dagster's instance of a home: opened one at a time, on SQLite in the home or on Postgres.

Add here what concerns the storage of runs, whoever uses it. What a run is about is elsewhere.
"""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dagster as dg

from bpa_resources.environment import cores, postgres_url
from bpa_resources.errors import InputError, one_line
from bpa_resources.home import Home
from bpa_resources.kept_connections import kept_connections
from bpa_resources.publication import replace_file

_REPOSITORY = Path(__file__).resolve().parent.parent
_HOME_OF_THE_STORAGE = "bpa_home"


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance; its folder and settings are made if they are not there."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    wait_when_locked()
    with kept_connections():
        with home.instance_lock():
            prepare_instance_folder(home)
            instance = _opened(home)
        with instance:
            yield instance


def prepare_instance_folder(home: Home) -> None:
    """Make Dagster's folder with our settings, unless it has some: a person may have edited them."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        template = _REPOSITORY / ("deploy/dagster.yaml" if postgres_url() else "dagster.yaml")
        text = template.read_text(encoding="utf-8")
        replace_file(settings, re.sub(r"(max_concurrent_runs:) \d+", rf"\1 {cores()}", text).encode())


def _opened(home: Home) -> dg.DagsterInstance:
    """Errors: InputError where Postgres does not let us in, or serves another home."""
    url = postgres_url()
    if url is None:
        return dg.DagsterInstance.from_config(str(home.dagster))
    from sqlalchemy.exc import SQLAlchemyError

    try:
        _check_answers(url)
        instance = dg.DagsterInstance.from_config(str(home.dagster))
        _check_is_ours(home, instance)
    except SQLAlchemyError as error:
        raise InputError(f"{_place(url)} (BPA_POSTGRES_URL) cannot be used: {_cause(error, url)}") from None
    return instance


def _check_answers(url: str) -> None:
    """Dagster itself would try again and again and then say less. Errors: SQLAlchemyError."""
    from sqlalchemy import NullPool, create_engine

    with create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10}).connect():
        pass


def _check_is_ours(home: Home, instance: dg.DagsterInstance) -> None:
    """Two homes on one database would refresh and retire each other's processes. A home that moves keeps its name."""
    name = home.dagster / "name"
    if not name.exists():
        replace_file(name, secrets.token_hex(8).encode())
    own = name.read_text(encoding="utf-8")
    storage = instance.run_storage
    owner = storage.get_cursor_values({_HOME_OF_THE_STORAGE}).get(_HOME_OF_THE_STORAGE)
    if owner is None:
        storage.set_cursor_values({_HOME_OF_THE_STORAGE: own})
    elif owner != own:
        raise InputError(
            f"the database of BPA_POSTGRES_URL holds the runs of another home than {home.folder}; name another database"
        )


def _place(url: str) -> str:
    """The database without who asks and with what password."""
    parts = urlsplit(url)
    return f"the Postgres database {parts.path.strip('/')} on {parts.hostname}:{parts.port or 5432}"


def _cause(error: Exception, url: str) -> str:
    """The database's own sentence; a password in it is blotted out, whoever put it there."""
    text = one_line(str(getattr(error, "orig", None) or error))
    password = urlsplit(url).password
    return text.replace(password, "…") if password else text


def wait_when_locked() -> None:
    """Runs of other processes write to the same SQLite files: wait for them instead of failing after 5 s."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _prepare_connection):
        event.listen(Engine, "connect", _prepare_connection)


def _prepare_connection(connection: Any, _record: object) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("pragma busy_timeout = 60000")
        # These files have a write-ahead log, so they stay whole whatever happens; only a machine that loses its power
        # forgets the last events of a run, which is closed as killed then. The default waits for the disk each time.
        connection.execute("pragma synchronous = normal")
