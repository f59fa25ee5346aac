"""The whole pipeline with Dagster's instance on a real Postgres: `BPA_TEST_POSTGRES_URL` names its server."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url

from bpa_cli.launch import open_instance
from bpa_resources.environment import use_home
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from tests.cli.commands import rows
from tests.cli.conftest import Bpa

SERVER = os.environ.get("BPA_TEST_POSTGRES_URL", "")
needs_postgres = pytest.mark.skipif(not SERVER, reason="no Postgres was named (BPA_TEST_POSTGRES_URL)")


@pytest.fixture
def database() -> Iterator[str]:
    """A database of this test's own; it goes when the test does."""
    name = f"bpa_test_{secrets.token_hex(6)}"
    url = make_url(SERVER).set(drivername="postgresql+psycopg2")
    server = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"create database {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"drop database {name} with (force)"))


@needs_postgres
def test_a_process_is_refreshed_and_published_with_its_runs_in_postgres(
    database: str, orders: Path, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_POSTGRES_URL", database)
    home = tmp_path / "home"
    done = bpa("run", orders, "--home", home)
    assert (done.status, done.err) == (0, "")
    assert rows(home, "select process from dim_process") == [("orders",)]
    engine = sqlalchemy.create_engine(database, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        runs = connection.execute(sqlalchemy.text("select pipeline_name, status from runs order by id")).all()
        checks = connection.execute(sqlalchemy.text("select count(*) from asset_check_executions")).scalar_one()
        partitions = connection.execute(sqlalchemy.text("select partition from dynamic_partitions")).scalars().all()
    assert [tuple(run) for run in runs] == [("refresh_process", "SUCCESS"), ("refresh_kpis", "SUCCESS")]
    assert checks >= 6
    assert partitions == ["orders"]
    assert not (home / "dagster").exists()
    assert not list((home / "dagster-postgres").rglob("*.db"))
    assert database not in (home / "dagster-postgres" / "dagster.yaml").read_text()


@needs_postgres
def test_two_homes_do_not_share_a_database_and_one_that_moves_keeps_it(
    database: str, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_POSTGRES_URL", database)
    use_home(tmp_path / "one")
    with open_instance(Home(tmp_path / "one"), "orders"):
        pass
    with pytest.raises(InputError, match="another home"), open_instance(Home(tmp_path / "other")):
        pass
    (tmp_path / "one").rename(tmp_path / "moved")
    with open_instance(Home(tmp_path / "moved")) as instance:
        assert instance.get_dynamic_partitions("process") == ["orders"]


def test_a_postgres_that_does_not_answer_is_one_sentence_without_the_password(
    orders: Path, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_POSTGRES_URL", "postgresql://bpa:secret@127.0.0.1:9/dagster")
    refused = bpa("run", orders, "--home", tmp_path / "home")
    assert refused.status == 2
    assert "BPA_POSTGRES_URL" in refused.sentence
    assert "127.0.0.1:9" in refused.sentence
    assert "secret" not in refused.sentence
