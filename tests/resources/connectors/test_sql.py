"""The SQL driver on real databases: SQLite always, PostgreSQL where `BPA_TEST_POSTGRES_URL` names one."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.connectors.manifest import Operation
from tests.resources.connectors.cut_wires import listener_that_says, wire_that_loses_the_answer_to
from tests.resources.connectors.orders_system import NOW, OPENED, OneProcessState
from tests.resources.connectors.shipped import KEY, Peer, a_connection, shipped_manifest

SERVER = os.environ.get("BPA_TEST_POSTGRES_URL", "")
NOTE = {"case_id": "c-1", "text": "late'); DROP TABLE notes; --", "amount": 12.1, "due": "2024-05-01"}

Query = Callable[..., list[Any]]


class Database:
    """A database with the tables `notes` and `hidden`, asked besides the driver."""

    def __init__(self, url: sa.URL, home: Path) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.url = url.set(drivername=url.get_backend_name())
        tables = sa.MetaData()
        sa.Table(
            "notes",
            tables,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("bpa_key", sa.String(32), unique=True),
            sa.Column("case_id", sa.String(40), unique=True),
            sa.Column("text", sa.String(200), nullable=False),
            sa.Column("amount", sa.Numeric(10, 2)),
            sa.Column("due", sa.Date),
        )
        sa.Table("hidden", tables, sa.Column("id", sa.Integer, primary_key=True))
        tables.drop_all(self.engine)
        tables.create_all(self.engine)
        settings = {"url": self.url.render_as_string(), "tables": "notes, nowhere"}
        self.peer = Peer(a_connection(shipped_manifest("sql"), settings), home)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as session:
            return [tuple(row) for row in session.execute(sa.text(statement))]

    def run(self, statement: str) -> None:
        with self.engine.begin() as session:
            session.execute(sa.text(statement))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "notes.db").close()
        yield Database(sa.URL.create("sqlite", database=str(tmp_path / "notes.db")), tmp_path)
        return
    if not SERVER:
        pytest.skip("no Postgres was named (BPA_TEST_POSTGRES_URL)")
    server = sa.create_engine(sa.make_url(SERVER).set(drivername="postgresql+psycopg2"), isolation_level="AUTOCOMMIT")
    name = f"sql_driver_{os.getpid()}"
    with server.connect() as session:
        session.execute(sa.text(f"CREATE DATABASE {name}"))
    yield Database(server.url.set(database=name), tmp_path)
    with server.connect() as session:
        session.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_a_row_is_added_once_however_often_it_is_sent(database: Database) -> None:
    first = database.peer.ask("add_row", table="notes", values=NOTE)
    again = database.peer.ask("add_row", table="notes", values=NOTE)
    assert (first.status, first.body) == (200, {"written": 1, "key": KEY})
    assert again.status == 409
    assert database.rows("SELECT bpa_key, case_id, text, CAST(amount AS VARCHAR(9)) FROM notes") == [
        (KEY, "c-1", NOTE["text"], "12.10" if database.url.get_backend_name() == "postgresql" else "12.1")
    ]


def test_eight_tries_at_the_same_moment_add_one_row(database: Database) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(database.peer.ask("add_row", table="notes", values=NOTE).status)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
    assert database.rows("SELECT count(*) FROM notes") == [(1,)]


def test_a_row_is_written_changed_found_and_deleted_by_its_unique_column(database: Database) -> None:
    peer, where = database.peer, {"case_id": "c-1"}
    assert peer.ask("change_row", table="notes", where=where, values={"text": "x"}).status == 404
    made = peer.ask("write_row", table="notes", where=where, values={"text": "late", "due": "2024-05-01"})
    written = peer.ask("write_row", table="notes", where=where, values={"text": "later"})
    assert (made.body, written.body) == ({"written": 1, "made": True}, {"written": 1, "made": False})
    assert peer.ask("change_row", table="notes", where=where, values={"amount": 3}).status == 200
    found = peer.ask("find_rows", table="notes", where=where).body
    row = {"id": 1, "bpa_key": None, "case_id": "c-1", "text": "later", "amount": "3.00", "due": "2024-05-01"}
    assert found == {"rows": [row], "more": False}
    assert peer.ask("delete_row", table="notes", where=where).body == {"written": 1}
    assert peer.ask("delete_row", table="notes", where=where).body == {"written": 0}


def test_a_find_says_that_there_is_more(database: Database) -> None:
    database.run("INSERT INTO notes (case_id, text) VALUES ('a', 't'), ('b', 't'), ('c', 't')")
    found = database.peer.ask("find_rows", table="notes", where={"text": "t"}, most=2).body
    assert ([row["case_id"] for row in found["rows"]], found["more"]) == (["a", "b"], True)


@pytest.mark.parametrize(
    ("name", "given", "status", "why"),
    [
        ("write_row", {"table": "notes", "where": {"text": "x"}, "values": {"id": 1}}, 400, "several rows of one text"),
        ("add_row", {"table": "notes", "values": {"txet": "x"}}, 400, "no column 'txet'; it has id, bpa_key, case_id"),
        ("add_row", {"table": "notes", "values": {"text": "x", "due": "soon"}}, 400, "notes.due: 'soon' is no date"),
        ("add_row", {"table": "nowhere", "values": {"text": "x"}}, 404, "there is no table 'nowhere'"),
        ("add_row", {"table": "notes", "values": {"text": None}}, 422, "the database refuses it"),
        ("add_row", {"table": "notes", "values": {"text": "x", "id": 2**70}}, 422, "the database"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    database: Database, name: str, given: dict[str, Any], status: int, why: str
) -> None:
    answer = database.peer.ask(name, **given)
    assert (answer.kind, answer.status) == ("answer", status)
    assert why in answer.reason
    assert database.rows("SELECT count(*) FROM notes") == [(0,)]


def test_only_listed_tables_are_touched(database: Database) -> None:
    for table in ("hidden", "pg_catalog.pg_class", 'notes"; DROP TABLE notes; --'):
        problems = database.peer.problems("add_row", table=table, values={"id": 1})
        assert problems == (f"table {table!r} is not listed in the connection; it has notes, nowhere",)
    assert database.peer.problems("add_row", table="notes", values={"bpa_key": "x"}) == (
        "column 'bpa_key' holds the key of the action; give it no value",
    )


def fixed(statement: str, effect: Any = "write") -> Operation:
    parameters = {"case": "${input.case}", "text": "${input.text}", "key": "${key}"}
    request = {
        "statement": statement,
        "parameters": {n: value for n, value in parameters.items() if f":{n}" in statement},
    }
    texts = {"properties": {"case": {"type": "string"}, "text": {"type": "string"}}}
    return Operation(meaning="says it", effect=effect, risk="low", request=request, input=texts)


def test_a_statement_of_the_manifest_gets_values_and_never_text(database: Database) -> None:
    statement = "INSERT INTO notes (bpa_key, case_id, text) VALUES (:key, :case, coalesce(:text, '${input.case}'))"
    peer = database.peer.with_operation("say", fixed(statement))
    assert peer.ask("say", case="'; DROP TABLE notes; --").body == {"written": 1}
    assert database.rows("SELECT bpa_key, case_id, text FROM notes") == [
        (KEY, "'; DROP TABLE notes; --", "${input.case}")
    ]


def test_what_is_said_to_read_cannot_write(database: Database) -> None:
    peer = database.peer.with_operation("say", fixed("INSERT INTO notes (text) VALUES ('x')", effect="read"))
    assert peer.ask("say").status in (400, 403, 500)
    assert database.rows("SELECT count(*) FROM notes") == [(0,)]


def test_a_database_that_is_not_there_was_sent_nothing(tmp_path: Path) -> None:
    for url, reason in (
        ("postgresql://bpa@127.0.0.1:9/orders", "cannot be reached"),
        (f"sqlite:///{tmp_path}/missing.db", "cannot be reached"),
    ):
        peer = Peer(a_connection(shipped_manifest("sql"), {"url": url, "tables": "notes"}), tmp_path)
        answer = peer.ask("add_row", table="notes", values={"text": "x"}, seconds=2)
        assert (answer.kind, answer.sent) == ("no_answer", False)
        assert reason in answer.reason
    assert not (tmp_path / "missing.db").exists()


def test_an_address_with_a_password_or_of_another_database_is_refused(tmp_path: Path) -> None:
    for url, why in (
        ("postgresql://bpa:hunter2@db/orders", "give the password as {env: NAME}"),
        ("postgresql://bpa@db/orders?sslmode=disable", "no options"),
        ("oracle://bpa@db/orders", "oracle is not supported"),
        ("sqlite:///notes.db", "its whole path"),
        ("orders", "is no address of a database"),
    ):
        peer = Peer(a_connection(shipped_manifest("sql"), {"url": url, "tables": "notes"}), tmp_path)
        answer = peer.ask("reach")
        assert (answer.sent, answer.status) == (False, 400)
        assert why in answer.reason
        assert "hunter2" not in answer.reason


def test_a_lock_that_is_held_too_long_is_tried_again_later(database: Database) -> None:
    database.run("INSERT INTO notes (case_id, text) VALUES ('c-1', 't')")
    with database.engine.connect() as other:
        other.execute(sa.text("UPDATE notes SET text = 'theirs'"))
        answer = database.peer.ask(
            "change_row", table="notes", where={"case_id": "c-1"}, values={"text": "ours"}, seconds=0.3
        )
        other.commit()
    assert (answer.status, answer.sent) in ((503, True), (0, False))
    assert database.rows("SELECT text FROM notes") == [("theirs",)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_commit_whose_answer_is_lost_is_ambiguous_and_its_second_try_finds_it(
    database: Database, tmp_path: Path
) -> None:
    with wire_that_loses_the_answer_to(b"COMMIT", database.url.port or 5432) as port:
        settings = {"url": database.url.set(port=port).render_as_string(), "tables": "notes"}
        lost = Peer(a_connection(shipped_manifest("sql"), settings), tmp_path).ask(
            "add_row", table="notes", values=NOTE
        )
    assert (lost.kind, lost.sent) == ("no_answer", True)
    assert database.peer.ask("add_row", table="notes", values=NOTE).status == 409
    assert database.rows("SELECT count(*) FROM notes") == [(1,)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_line_that_breaks_before_the_commit_had_no_effect(database: Database, tmp_path: Path) -> None:
    with wire_that_loses_the_answer_to(b"INSERT INTO", database.url.port or 5432) as port:
        settings = {"url": database.url.set(port=port).render_as_string(), "tables": "notes"}
        lost = Peer(a_connection(shipped_manifest("sql"), settings), tmp_path).ask(
            "add_row", table="notes", values=NOTE
        )
    assert (lost.kind, lost.sent) == ("no_answer", False)
    assert database.rows("SELECT count(*) FROM notes") == [(0,)]


def test_a_server_elsewhere_that_offers_no_encryption_is_told_nothing(tmp_path: Path) -> None:
    with listener_that_says(b"N", "127.0.0.2") as (port, heard):  # stands for another machine: no encryption here
        settings = {"url": f"postgresql://bpa@127.0.0.2:{port}/orders", "tables": "notes"}
        answer = Peer(a_connection(shipped_manifest("sql"), settings, {"password": "hunter2"}), tmp_path).ask("reach")
    assert (answer.kind, answer.sent) == ("no_answer", False)
    assert "SSL" in answer.reason
    assert heard == [b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b""]  # SSLRequest and nothing else


HOLD = """
system: orders_database
title: Orders
driver: sql
described_by: the tables that the orders program keeps
connection: {url: {meaning: where it is}}
verify: reach
operations:
  reach: {meaning: one row, effect: read, risk: low, request: {statement: SELECT 1 AS one}, input: {}}
  add_note:
    meaning: write a note once
    effect: write
    risk: medium
    request:
      statement: INSERT INTO notes (bpa_key, case_id, text) VALUES (:key, :case, :text) ON CONFLICT (bpa_key) DO NOTHING
      parameters: {key: "${key}", case: "${input.case}", text: "Case ${input.case} is late"}
    input: {properties: {case: {type: string}}, required: [case]}
    output: {written: written}
    idempotency: {strategy: client_id}
"""


def test_a_home_writes_its_own_statements(database: Database, tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "orders_database.yaml").write_text(HOLD)
    (tmp_path / "connections.yaml").write_text(
        f"db: {{system: orders_database, url: '{database.url.render_as_string()}'}}\n"
    )
    engine = open_connectors(tmp_path, OneProcessState())
    OPENED.append(engine)
    outcomes = [engine.send(Call("db", "add_note", {"case": "c'1"}), key="a-1", now=NOW) for _ in range(2)]
    assert [(one.status, one.result) for one in outcomes] == [("done", {"written": 1}), ("done", {"written": 0})]
    assert database.rows("SELECT case_id, text FROM notes") == [("c'1", "Case c'1 is late")]
    assert engine.check("db").status == "done"
