"""The ledger: every action from its proposal to its effect, the approvals, the audit trail, what runs share.

Add a method here for what the pipeline or the command line asks; each is one transaction, and what it does stands in
`proposing`, `deciding`, `sending`, `audit_trail` or `trail_export`. Nothing here knows of a system or sends anything.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from bpa_resources.connectors.call import Outcome, SharedState
from bpa_resources.environment import ledger_url
from bpa_resources.home import Home
from bpa_resources.ledger import audit_trail, deciding, proposing, sending, stored_actions, trail_export
from bpa_resources.ledger.action import Action, ProposedAction, State
from bpa_resources.ledger.audit_trail import AuditFault, AuditRow, Head
from bpa_resources.ledger.connection_state import ConnectionStates
from bpa_resources.ledger.database import Database, open_database


def open_ledger(home: Home) -> "Ledger":
    """The ledger of a home: `ledger.db` in it, or the Postgres that `BPA_LEDGER_URL` names; made at first use."""
    return Ledger(open_database(home, ledger_url()))


class Ledger:
    """Actions and what became of them. Every `now` is a moment in UTC; one without a zone counts as UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.shared: SharedState = ConnectionStates(database)

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections of the database back."""
        self._database.close()

    def propose(self, proposed: Sequence[ProposedAction], now: datetime) -> tuple[int, int]:
        """Enter these; how many are new, and how many were known (and perhaps changed: `proposing.propose`)."""
        with self._database.change() as change:
            return proposing.propose(change, proposed, now)

    def action(self, action_id: str) -> Action:
        """The action. Raises InputError where there is none."""
        with self._database.read() as read:
            return stored_actions.read_action(read, action_id)

    def actions(
        self, process: str | None = None, states: Sequence[State] = (), limit: int | None = None
    ) -> list[Action]:
        """The actions by the moment of proposal, then id; of one process, in these states, at most so many."""
        with self._database.read() as read:
            return stored_actions.read_actions(read, process, states, limit)

    def approve(self, action_id: str, by: str, request_hash: str, now: datetime) -> Action:
        """`by` approves the request with this hash. Raises InputError where that may not be."""
        with self._database.change() as change:
            return deciding.approve(change, action_id, by, request_hash, now)

    def reject(self, action_id: str, by: str, reason: str, now: datetime) -> Action:
        """`by` gives it up, for good."""
        with self._database.change() as change:
            return deciding.reject(change, action_id, by, reason, now)

    def retry(self, action_id: str, by: str, now: datetime) -> Action:
        """`by` lets a failed one be sent again."""
        with self._database.change() as change:
            return deciding.retry(change, action_id, by, now)

    def resolve(self, action_id: str, by: str, *, done: bool, now: datetime) -> Action:
        """`by` looked what became of an unknown one: it had its effect (`done`), or it is sent again."""
        with self._database.change() as change:
            return deciding.resolve(change, action_id, by, done=done, now=now)

    def expire(self, now: datetime) -> int:
        """Give up what was not approved and sent before its deadline; how many."""
        with self._database.change() as change:
            return deciding.expire(change, now)

    def withdraw(self, reasons: Mapping[str, str], now: datetime) -> int:
        """Give up what nobody asks for any more (why, by action) and is not being sent; how many."""
        with self._database.change() as change:
            return deciding.withdraw(change, reasons, now)

    def to_be_reminded_of(self, process: str, now: datetime) -> list[Action]:
        """What waits for an approval, of whose time less than a quarter is left, and nobody was reminded of."""
        with self._database.read() as read:
            return deciding.to_be_reminded_of(read, process, now)

    def note_reminder(self, action_ids: Sequence[str], now: datetime) -> None:
        """The owner was reminded of these."""
        with self._database.change() as change:
            deciding.note_reminder(change, action_ids, now)

    def claim(
        self,
        worker: str,
        now: datetime,
        lease_seconds: float,
        connections: Collection[str] | None = None,
        processes: Collection[str] | None = None,
        action_id: str | None = None,
    ) -> Action | None:
        """The next action that may be sent, this worker's until the lease ends; None: nothing waits.

        `worker`: a name that no other worker bears, such as run and process id. `lease_seconds`: longer than the
        longest send, all its tries and waits included. `connections`, `processes`: only actions of these;
        `action_id`: only this one.
        """
        wanted = sending.Wanted(connections, processes, action_id)
        with self._database.change() as change:
            return sending.claim(change, worker, now, lease_seconds, wanted)

    def renew(self, action_id: str, worker: str, now: datetime, lease_seconds: float) -> bool:
        """Whether the action is still this worker's, whose lease begins anew: to be asked right before it is sent."""
        with self._database.change() as change:
            return sending.renew(change, action_id, worker, now, lease_seconds)

    def finish(self, action_id: str, worker: str, outcome: Outcome, now: datetime) -> bool:
        """Keep what became of it; False if the action is not this worker's any more."""
        with self._database.change() as change:
            return sending.finish(change, action_id, worker, outcome, now)

    def history(self, action_id: str) -> list[AuditRow]:
        """What happened to an action, in order."""
        with self._database.read() as read:
            return audit_trail.history(read, action_id)

    def audit_head(self) -> Head:
        """The last row of the trail, to be noted somewhere else."""
        with self._database.read() as read:
            return audit_trail.read_head(read)

    def verify_audit(self, noted: Head | None = None) -> AuditFault | None:
        """The first row of the trail that is not as it was written, or that an action contradicts; None: all is whole.

        `noted`: a head that was noted elsewhere.
        """
        with self._database.read() as read:
            return audit_trail.verify(read, noted) or audit_trail.verify_states(read)

    def export_audit(self, path: Path) -> int:
        """Write the trail as an event log that `bpa run` mines (.csv or .parquet, never over a file); how many rows."""
        with self._database.read() as read:
            return trail_export.export(read, path)
