"""Fifty processes dropped into the inbox of one `bpa dev` on Postgres: all are queued, all finish, the KPIs follow.

`BPA_TEST_POSTGRES_URL=… python -m benchmarks.fifty_processes [--processes 50]` makes a home and a database of its own,
and prints how long it took until the KPI database held every process, and the most memory that all parts used.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psutil
import sqlalchemy
from sqlalchemy.engine import URL, make_url

from bpa_assets.event_log.demo.log_file import write_demo_log

CASES = 200
_LONGEST_SECONDS = 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """Drop them and wait; returns 1 if a run failed or any is missing."""
    parser = argparse.ArgumentParser(description="Many processes at once on Postgres: do all finish?")
    parser.add_argument("--processes", type=int, default=50)
    asked = parser.parse_args(arguments)
    server = os.environ.get("BPA_TEST_POSTGRES_URL")
    if not server:
        print("name a Postgres server: BPA_TEST_POSTGRES_URL", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bpa-fifty-") as folder, database(make_url(server)) as url:
        home = Path(folder) / "home"
        for number in range(asked.processes):
            inbox = home / "inbox" / f"process-{number:02}"
            inbox.mkdir(parents=True)
            write_demo_log(inbox / "log.csv", cases=CASES, seed=number, with_truth=False)
        with serving(home, url) as dev:
            seconds, memory = wait_for(home, asked.processes, dev)
        found = ended(url)
    each = seconds / asked.processes
    print(f"{asked.processes} processes in {seconds:.0f} s, {each:.1f} s each, at most {memory / 2**30:.1f} GiB in use")
    for (job, status), count in sorted(found.items()):
        print(f"{count:>6}  {job} {status}")
    all_ended_well = {status for _, status in found} == {"SUCCESS"}
    return 0 if all_ended_well and found["refresh_process", "SUCCESS"] >= asked.processes else 1


@contextmanager
def database(server: URL) -> Iterator[str]:
    """A database of its own; it goes afterwards."""
    server = server.set(drivername="postgresql+psycopg2")
    name = f"bpa_bench_{secrets.token_hex(6)}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"create database {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(f"drop database {name} with (force)"))


@contextmanager
def serving(home: Path, url: str) -> Iterator[psutil.Process]:
    """`bpa dev` on that database; stopped afterwards."""
    command = [sys.executable, "-m", "bpa_cli.main", "dev", "--home", str(home), "--port", "0"]
    with subprocess.Popen(command, env={**os.environ, "BPA_POSTGRES_URL": url}) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=120)


def wait_for(home: Path, processes: int, dev: psutil.Process) -> tuple[float, int]:
    """Seconds until the KPI database holds so many processes, and the most bytes that were in use."""
    begun, memory = time.monotonic(), 0
    while published(home) < processes:
        memory = max(memory, in_use(dev))
        if time.monotonic() - begun > _LONGEST_SECONDS or not dev.is_running():
            break
        time.sleep(1)
    return time.monotonic() - begun, memory


def published(home: Path) -> int:
    """Processes in the KPI database."""
    if not (home / "kpis.duckdb").exists():
        return 0
    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        return int(connection.execute("select count(*) from dim_process").fetchall()[0][0])


def in_use(dev: psutil.Process) -> int:
    """Resident bytes of it and all its children; what they share is counted more than once."""
    total = 0
    for process in [dev, *dev.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def ended(url: str) -> dict[tuple[str, str], int]:
    """How many runs of which job ended how."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    query = "select pipeline_name, status, count(*) from runs group by pipeline_name, status"
    with engine.connect() as connection:
        rows: Sequence[Any] = connection.execute(sqlalchemy.text(query)).all()
    return {(str(job), str(status)): int(count) for job, status, count in rows}


if __name__ == "__main__":
    sys.exit(main())
