"""The commands as a person gives them, and what a test asks of a home afterwards."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.conftest import REPOSITORY

HEADER = "case_id,activity,start_time,end_time,resource"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on stderr, without its prefix."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"not one line on stderr: {self.err!r}"
        assert lines[0].startswith("bpa: ")
        return lines[0].removeprefix("bpa: ")


def command(*arguments: object) -> list[str]:
    """The command line of `bpa`, with this Python."""
    return [sys.executable, "-m", "bpa_cli.main", *map(str, arguments)]


def start(
    *arguments: object, cwd: Path, environment: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[str]:
    """`bpa` as a process of its own, in a process group of its own."""
    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def wait(process: "subprocess.Popen[str]", *, seconds: float = 300) -> Ended:
    """Let it come to its end."""
    out, err = process.communicate(timeout=seconds)
    return Ended(process.returncode, out, err)


def rows(home: Path, query: str, **parameters: object) -> list[tuple[Any, ...]]:
    """The answer of the published KPI database."""
    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(query, parameters or None).fetchall()


def tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every published table (not the views on the lake), in an order of its own."""
    found = rows(home, "select table_name from duckdb_tables() where schema_name = 'main' order by all")
    return {name: rows(home, f'from "{name}" order by all') for (name,) in found}


def files_of(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its path, with a digest of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def state(home: Path) -> dict[str, str]:
    """All that users rely on: the inbox, the lake, the KPI database, byte for byte."""
    parts = {name: files_of(home / name) for name in ("inbox", "lake")}
    found = {f"{part}/{path}": digest for part, files in parts.items() for path, digest in files.items()}
    database = home / "kpis.duckdb"
    if database.exists():
        found["kpis.duckdb"] = hashlib.sha256(database.read_bytes()).hexdigest()
    return found


def write_log(path: Path, *lines: str) -> Path:
    """A CSV log with the usual columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path
