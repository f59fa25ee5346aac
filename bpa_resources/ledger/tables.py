"""The tables of the ledger, the same on SQLite and Postgres, and what guards them.

Add a column here together with a higher `VERSION` and, in `prepare_schema`, the step from the one before. What is
written into them, and when, is in `proposing.py`, `deciding.py`, `sending.py`, `connection_state.py` and
`audit_trail.py`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bpa_resources.errors import InputError
from bpa_resources.ledger.canonical import utc

VERSION = 2


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment in microseconds, stored in UTC without zone as everywhere else, in Python with the zone UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """What is stored."""
        return None if value is None else utc(value).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """What is read."""
        return None if value is None else utc(value)


tables = sa.MetaData()

# One row: the version of the tables, and which home the ledger serves ("": the one whose file it is).
about = sa.Table(
    "ledger_about",
    tables,
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("home", sa.Text, nullable=False),
)

action = sa.Table(
    "ledger_action",
    tables,
    sa.Column("action_id", sa.Text, primary_key=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("connection", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("input", sa.Text, nullable=False),  # JSON, as it was hashed
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("risk", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),  # JSON
    sa.Column("repeatable", sa.Boolean, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("deadline_at", UtcTime, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),  # JSON
    sa.Column("next_at", UtcTime),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("lease_until", UtcTime),
    sa.Column("sent_at", UtcTime),
    sa.Column("first_sent_at", UtcTime),
    sa.Column("losses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reminded_at", UtcTime),
    sa.Column("done_at", UtcTime),
    sa.Index("ledger_action_waiting", "status", "created_at", "action_id"),
)

# What somebody said to one request: it does not count for another request of the same action.
approval = sa.Table(
    "ledger_approval",
    tables,
    sa.Column("action_id", sa.Text, sa.ForeignKey("ledger_action.action_id"), primary_key=True),
    sa.Column("request_hash", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),  # as `same_person` writes it
    sa.Column("name", sa.Text, nullable=False),  # as it was given
    sa.Column("at", UtcTime, nullable=False),
)

audit = sa.Table(
    "ledger_audit",
    tables,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),  # a text, so that the hash is of what is stored
    sa.Column("action_id", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # JSON
    sa.Column("hash", sa.Text, nullable=False),
)

# One row: the last of the trail. Apart from it, so that a trail that lost its end is found out; and what writers lock.
audit_head = sa.Table(
    "ledger_audit_head",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

connection_state = sa.Table(
    "ledger_connection",
    tables,
    sa.Column("connection", sa.Text, primary_key=True),
    sa.Column("next_token_at", UtcTime),
    sa.Column("limit_until", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("open_until", UtcTime),
    sa.Column("probe_until", UtcTime),
)

_GUARDS = {
    "sqlite": (
        "create trigger ledger_audit_update before update on ledger_audit "
        "begin select raise(abort, 'the audit trail is never changed'); end",
        "create trigger ledger_audit_delete before delete on ledger_audit "
        "begin select raise(abort, 'the audit trail is never changed'); end",
        # INSERT OR REPLACE deletes without the trigger on DELETE.
        "create trigger ledger_audit_replace before insert on ledger_audit "
        "when exists (select 1 from ledger_audit where seq = new.seq) "
        "begin select raise(abort, 'the audit trail is never changed'); end",
        "create trigger ledger_audit_head_delete before delete on ledger_audit_head "
        "begin select raise(abort, 'the audit trail is never changed'); end",
    ),
    "postgresql": (
        "create function ledger_audit_is_kept() returns trigger language plpgsql as "
        "'begin raise exception ''the audit trail is never changed''; end'",
        "create trigger ledger_audit_change before update or delete on ledger_audit "
        "for each row execute function ledger_audit_is_kept()",
        "create trigger ledger_audit_empty before truncate on ledger_audit "
        "for each statement execute function ledger_audit_is_kept()",
        "create trigger ledger_audit_head_delete before delete on ledger_audit_head "
        "for each row execute function ledger_audit_is_kept()",
        "create trigger ledger_audit_head_empty before truncate on ledger_audit_head "
        "for each statement execute function ledger_audit_is_kept()",
    ),
}


_ADDED = {
    "first_sent_at": "alter table ledger_action add column first_sent_at timestamp",
    "losses": "alter table ledger_action add column losses integer not null default 0",
    "reminded_at": "alter table ledger_action add column reminded_at timestamp",
}


def prepare_schema(connection: sa.Connection) -> None:
    """Make the tables at first use, or bring them to this version, in the caller's transaction.

    Raises InputError for a ledger of a later version.
    """
    if connection.dialect.name == "postgresql":  # two processes may begin at once; SQLite lets one write anyway
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x627061)))
    found = stored_version(connection)
    if found is None:
        tables.create_all(connection)
        for guard in _GUARDS[connection.dialect.name]:
            connection.exec_driver_sql(guard)
        connection.execute(audit_head.insert().values(id=1, seq=0, hash=""))
        connection.execute(about.insert().values(version=VERSION, home=""))
    elif found > VERSION:
        raise InputError(
            f"the ledger was written by a later version of bpa (format {found}, this one knows {VERSION}): "
            "use that version, or name another home (BPA_HOME)"
        )
    elif found < VERSION:
        _bring_up_to_date(connection)


def _bring_up_to_date(connection: sa.Connection) -> None:
    """From version 1, which was written with and without `first_sent_at`.

    What an old row does not tell is taken badly: what a worker ever took may have been sent, and what then waited for
    another try may have had its effect.
    """
    there = {column["name"] for column in sa.inspect(connection).get_columns(action.name)}
    for name, statement in _ADDED.items():
        if name not in there:
            connection.exec_driver_sql(statement)
    taken = action.update().where(action.c.sent_at.is_not(None))
    connection.execute(taken.values(losses=1))
    if "first_sent_at" not in there:
        connection.execute(taken.where(action.c.status == "approved").values(first_sent_at=action.c.sent_at))
    connection.execute(about.update().values(version=VERSION))


def stored_version(connection: sa.Connection) -> int | None:
    """The version of the tables that are there; None without tables."""
    if not sa.inspect(connection).has_table(about.name):
        return None
    return connection.execute(sa.select(about.c.version)).scalar_one()
