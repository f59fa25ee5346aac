"""A ledger on each database: every test of this folder that asks for one runs on SQLite and on Postgres."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bpa_resources.home import Home
from bpa_resources.ledger.ledger import Ledger, open_ledger

SERVER = os.environ.get("BPA_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home whose ledger lies in it, or in a schema of its own on the Postgres of `BPA_TEST_POSTGRES_URL`."""
    monkeypatch.delenv("BPA_LEDGER_URL", raising=False)
    home = Home(tmp_path / "home")
    if request.param == "sqlite":
        yield home
        return
    if not SERVER:
        pytest.skip("no Postgres was named (BPA_TEST_POSTGRES_URL)")
    schema = f"bpa_test_{secrets.token_hex(6)}"
    server = sa.create_engine(sa.make_url(SERVER).set(drivername="postgresql+psycopg2"), poolclass=sa.NullPool)
    with server.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    # No test takes the power away: a commit that does not wait for the disk saves half of the time.
    options = f"-csearch_path={schema} -csynchronous_commit=off"
    url = sa.make_url(SERVER).update_query_dict({"options": options})
    monkeypatch.setenv("BPA_LEDGER_URL", url.render_as_string(hide_password=False))
    yield home
    with server.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    """The ledger of the home."""
    with open_ledger(home) as opened:
        yield opened


@pytest.fixture
def database(home: Home, ledger: Ledger) -> Iterator[sa.Engine]:
    """The database under the ledger, for somebody who goes past the ledger."""
    from bpa_resources.environment import ledger_url

    engine = sa.create_engine(ledger_url() or f"sqlite:///{home.ledger}", poolclass=sa.NullPool)
    yield engine
    engine.dispose()
