"""Dagster's SQLite files, opened once a command instead of once a statement.

Dagster makes a SQLAlchemy engine, a connection and a transaction for each event: every statement is compiled anew,
and the last connection to close writes SQLite's log back to the file. In a run of 900 events that is half of the time
between the stages. Here an engine is kept a file, with its connections, until the instance is closed.

Add here what concerns these files only. Which storage is used, and where, is `instance.py`'s.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine

_STORAGES = (
    "dagster._core.storage.runs.sqlite.sqlite_run_storage",
    "dagster._core.storage.schedules.sqlite.sqlite_schedule_storage",
    "dagster._core.storage.event_log.sqlite.sqlite_event_log",
)

_MOST_FILES = 8
"""Each run has a file of its own: who looks at many of them holds the last used open."""

_kept: OrderedDict[tuple[int, str], Engine] = OrderedDict()
_lock = Lock()


@contextmanager
def kept_connections() -> Iterator[None]:
    """Within it, Dagster's SQLite storages keep their connections; at its end all are closed."""
    for name in _STORAGES:
        import_module(name).create_engine = _engine  # type: ignore[attr-defined]
    try:
        yield
    finally:
        with _lock:
            engines = list(_kept.values())
            _kept.clear()
        for engine in engines:
            engine.pool.dispose()


def _engine(url: str, **options: Any) -> Engine:
    """The kept engine of a file, made if there is none; a process that was forked makes its own."""
    key = os.getpid(), url
    with _lock:
        engine = _kept.pop(key, None) or _made(url, options)
        _kept[key] = engine
        dropped = _kept.popitem(last=False)[1] if len(_kept) > _MOST_FILES else None
    if dropped is not None:
        dropped.pool.dispose()
    return engine


def _made(url: str, options: dict[str, Any]) -> Engine:
    options.pop("poolclass", None)  # Dagster's NullPool closes each connection after use
    engine = create_engine(url, **options)
    setattr(engine, "dispose", _leave_open)  # noqa: B010 - Dagster disposes of the engine after each event
    return engine


def _leave_open(close: bool = True) -> None:
    """In place of `Engine.dispose`."""
