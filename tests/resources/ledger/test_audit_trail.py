"""The audit trail: append-only, and whatever is altered in it is named, the first row first."""

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from bpa_resources.ledger import audit_trail
from bpa_resources.ledger.audit_trail import AuditFault, Head
from bpa_resources.ledger.ledger import Ledger, open_ledger
from bpa_resources.ledger.tables import action, audit, audit_head
from tests.resources.ledger.asked_for import ANN_OR_BOB, after, asked, entered

LONG = bool(os.environ.get("BPA_TEST_LONG"))
COLUMNS = [column.name for column in audit.columns]


@pytest.fixture
def trail(ledger: Ledger) -> Ledger:
    """A ledger with a trail of six rows."""
    action = entered(ledger, asked("Käse", policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    ledger.claim("w", after(2), 60)
    ledger.finish(action.action_id, "w", Outcome("done", result={"key": "OPS-1"}), after(3))
    entered(ledger, asked("2", policy=ANN_OR_BOB), at=4)
    return ledger


@contextmanager
def _unguarded(database: sa.Engine) -> Iterator[sa.Connection]:
    """The database as somebody has it who may take the guards away; what is done here is taken back."""
    drop = {
        "sqlite": ["drop trigger ledger_audit_update", "drop trigger ledger_audit_delete"],
        "postgresql": ["alter table ledger_audit disable trigger all"],
    }
    with database.connect() as connection:
        for statement in drop[database.dialect.name]:
            connection.exec_driver_sql(statement)
        yield connection
        connection.rollback()


def test_each_row_is_bound_to_the_one_before(trail: Ledger, database: sa.Engine) -> None:
    with database.connect() as connection:
        rows = connection.execute(sa.select(audit).order_by(audit.c.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.event for row in rows] == ["proposed", "approval given", "approved", "sending", "done", "proposed"]
    before = ""
    for row in rows:
        content = json.dumps(list(row)[:-1], ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256((before + content).encode()).hexdigest()
        assert row.hash == before
    assert trail.audit_head() == Head(6, before)
    assert trail.verify_audit() is None
    assert rows[0].at == "2026-11-02T09:00:00.000000Z"


def test_an_empty_trail_is_whole(ledger: Ledger) -> None:
    assert (ledger.verify_audit(), ledger.audit_head()) == (None, Head(0, ""))


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_audit set who = 'eve' where seq = 2",
        "delete from ledger_audit where seq = 6",
        "delete from ledger_audit",
        "delete from ledger_audit_head",
    ],
)
def test_the_database_refuses_to_change_the_trail(trail: Ledger, database: sa.Engine, statement: str) -> None:
    with database.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="the audit trail is never changed"):
        connection.exec_driver_sql(statement)
    assert trail.verify_audit() is None


def test_each_database_refuses_its_own_way_around(trail: Ledger, database: sa.Engine) -> None:
    ways = {
        "sqlite": ["insert or replace into ledger_audit select 2, at, action_id, process, event, 'eve', details, hash "
                   "from ledger_audit where seq = 2"],
        "postgresql": ["truncate ledger_audit", "truncate ledger_audit_head"],
    }  # fmt: skip
    for statement in ways[database.dialect.name]:
        with database.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="is never changed"):
            connection.exec_driver_sql(statement)


def _edits(text: str, every: int) -> Iterator[str]:
    """The text with one of its bytes altered, removed or doubled; one place in `every`."""
    for place in range(0, len(text), every):
        yield text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        yield text[:place] + text[place + 1 :]
        yield text[:place] + text[place] + text[place:]


def test_every_edit_of_a_byte_names_its_row(trail: Ledger, database: sa.Engine) -> None:
    every = 1 if LONG else 29
    tried = 0
    with _unguarded(database) as connection:
        rows = [row._mapping for row in connection.execute(sa.select(audit).order_by(audit.c.seq))]
        for number, row in enumerate(rows, start=1):
            for column in COLUMNS[1:]:
                for text in _edits(row[column], every):
                    if text == row[column]:
                        continue
                    place = connection.begin_nested()
                    connection.execute(audit.update().where(audit.c.seq == number).values({column: text}))
                    fault = audit_trail.verify(connection)
                    assert fault == AuditFault(number, f"row {number}, or its hash, is not what was written"), text
                    place.rollback()
                    tried += 1
        assert audit_trail.verify(connection) is None
    print(f"{tried} edits of a byte, each found")
    assert tried > (4_000 if every == 1 else 200)


@pytest.mark.parametrize("number", range(1, 7))
def test_a_row_that_is_gone_or_renumbered_is_named(trail: Ledger, database: sa.Engine, number: int) -> None:
    row = audit.c.seq == number
    changes = (
        (audit.delete().where(row), number),
        (audit.update().where(row).values(seq=number + 100), number),
        (audit.update().where(row).values(seq=-number), 1),
    )
    with _unguarded(database) as connection:
        for change, named in changes:
            place = connection.begin_nested()
            connection.execute(change)
            fault = audit_trail.verify(connection)
            assert fault is not None
            assert fault.seq == named
            place.rollback()


def test_rows_that_changed_places_are_named(trail: Ledger, database: sa.Engine) -> None:
    with _unguarded(database) as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(audit.update().where(audit.c.seq == old).values(seq=new))
        fault = audit_trail.verify(connection)
        assert fault is not None
        assert fault.seq == 2


def test_a_trail_that_lost_its_end_is_named(trail: Ledger, database: sa.Engine) -> None:
    with _unguarded(database) as connection:
        connection.execute(audit.delete().where(audit.c.seq > 4))
        assert audit_trail.verify(connection) == AuditFault(5, "the trail ends with row 4 and had 6")
        connection.execute(audit.delete())
        assert audit_trail.verify(connection) == AuditFault(1, "the trail ends with row 0 and had 6")


@pytest.mark.parametrize(("seq", "row"), [(5, 6), (7, 7)])
def test_an_altered_note_of_the_end_is_named(trail: Ledger, database: sa.Engine, seq: int, row: int) -> None:
    with _unguarded(database) as connection:
        connection.execute(audit_head.update().values(seq=seq))
        fault = audit_trail.verify(connection)
        assert fault is not None
        assert fault.seq == row
        connection.execute(audit_head.update().values(seq=6, hash="0" * 64))
        fault = audit_trail.verify(connection)
        assert fault == AuditFault(6, "row 6 is not the one that is noted as the last")


def _forged(row: Mapping[str, Any], before: str) -> dict[str, Any]:
    held = dict(row) | ({"who": "eve"} if row["seq"] == 2 else {})
    return held | {"hash": audit_trail.chain(before, [held[name] for name in COLUMNS[:-1]])}


def test_a_trail_that_was_written_anew_is_found_by_a_head_that_was_noted_elsewhere(
    trail: Ledger, database: sa.Engine
) -> None:
    noted = trail.audit_head()
    assert trail.verify_audit(noted) is None
    with _unguarded(database) as connection:
        rows = [row._mapping for row in connection.execute(sa.select(audit).order_by(audit.c.seq))]
        connection.execute(audit.delete())
        before = ""
        for row in rows:
            forged = _forged(row, before)
            before = forged["hash"]
            connection.execute(audit.insert().values(forged))
        connection.execute(audit_head.update().values(hash=before))
        assert audit_trail.verify(connection) is None  # from within nothing is to be seen
        fault = audit_trail.verify(connection, noted)
        assert fault is not None
        assert (fault.seq, "was noted" in fault.reason) == (6, True)
        connection.execute(audit.delete().where(audit.c.seq > 3))
        connection.execute(audit_head.update().values(seq=3, hash=_forged(rows[2], rows[1]["hash"])["hash"]))
        fault = audit_trail.verify(connection, noted)
        assert fault is not None
        assert fault.seq == 4


def test_a_noted_head_holds_for_the_trail_that_grew(trail: Ledger) -> None:
    noted = trail.audit_head()
    entered(trail, asked("3"), at=5)
    assert trail.verify_audit(noted) is None


def test_no_input_is_in_the_trail(ledger: Ledger, database: sa.Engine) -> None:
    action = entered(ledger, asked(phone="0123-secret"))
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("done"), after(2))
    with database.connect() as connection:
        rows = connection.execute(sa.select(audit)).all()
    assert "0123-secret" not in repr(rows)
    assert action.request_hash in repr(rows)


@pytest.mark.parametrize(
    "refused",
    [
        lambda ledger, action: ledger.retry(action.action_id, "ann", after(1)),
        lambda ledger, action: ledger.approve(action.action_id, "dan", "", after(1)),
    ],
)
def test_what_was_refused_left_nothing(ledger: Ledger, refused: Callable[[Ledger, Any], object]) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    head = ledger.audit_head()
    with pytest.raises(Exception, match=action.action_id):
        refused(ledger, action)
    assert ledger.audit_head() == head


@pytest.mark.parametrize("status", ["done", "approved", None])
def test_an_action_that_is_not_as_the_trail_left_it_is_named(
    trail: Ledger, database: sa.Engine, status: str | None
) -> None:
    waits = asked("2").action_id
    with database.begin() as connection:
        row = action.c.action_id == waits
        connection.execute(action.update().where(row).values(status=status) if status else action.delete().where(row))
    assert trail.verify_audit() == AuditFault(6, f"{waits} is not as row 6 left it, that is proposed")


def test_an_action_that_the_trail_does_not_know_is_named(trail: Ledger, database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.execute(action.update().where(action.c.case_id == "2").values(action_id="a-forged"))
        connection.execute(action.update().where(action.c.case_id != "2").values(status="done"))
    fault = trail.verify_audit()
    assert fault is not None
    assert fault.reason.startswith(asked("2").action_id)


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_a_byte_altered_in_the_file_is_told_or_alters_nothing(trail: Ledger, home: Home, tmp_path: Path) -> None:
    trail.close()
    whole = home.ledger.read_bytes()
    copy = Home(tmp_path / "copy")
    copy.folder.mkdir()

    def read() -> tuple[object, object]:
        with open_ledger(copy) as ledger, ledger._database.read() as connection:
            return ledger.verify_audit(), connection.execute(sa.select(audit).order_by(audit.c.seq)).all()

    copy.ledger.write_bytes(whole)
    fault, rows = read()
    assert fault is None
    told = 0
    dice = random.Random(5)
    for place in dice.sample(range(100, len(whole)), 2_000 if LONG else 60):
        altered = bytearray(whole)
        altered[place] ^= 1 << dice.randrange(8)
        copy.ledger.write_bytes(altered)
        try:
            found, now = read()
        except (InputError, sa.exc.SQLAlchemyError, ValueError):
            told += 1
            continue
        told += found is not None
        assert found is not None or now == rows, place
    print(f"{told} altered bytes of the file were told, the others altered nothing that is kept")
    assert told > 0
