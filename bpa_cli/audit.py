"""`bpa audit`: whether the trail of actions is as it was written, and the trail as an event log."""

import sys
from argparse import Namespace

from bpa_cli.action_words import ledger_of_home
from bpa_cli.exit_status import FAILED
from bpa_resources.errors import InputError
from bpa_resources.ledger.audit_trail import Head

_NO_TRAIL = "has no trail of actions yet: none was ever up for approval"


def verify_audit(asked: Namespace) -> int:
    """Say the head of a trail that is whole; else name the first row that is not as it was written, and end with 1."""
    with ledger_of_home(_NO_TRAIL) as ledger:
        fault = ledger.verify_audit(_head(asked.head) if asked.head else None)
        head = ledger.audit_head()
    if fault is not None:
        print(f"bpa: the trail is not as it was written: row {fault.seq}: {fault.reason}", file=sys.stderr)
        return FAILED
    print(f"{head.seq} rows, as they were written; the head, to be noted elsewhere: {head.seq}:{head.hash}")
    return 0


def export_audit(asked: Namespace) -> int:
    """Write it to a file that bpa run mines."""
    with ledger_of_home(_NO_TRAIL) as ledger:
        rows = ledger.export_audit(asked.file)
    print(f"{asked.file}: {rows} rows; mine it with: bpa run {asked.file}")
    return 0


def _head(text: str) -> Head:
    number, _, digest = text.partition(":")
    if not number.isdigit() or not digest:
        raise InputError(f"'{text}' is no head; write what bpa audit verify said, such as 12:9f86d0…")
    return Head(int(number), digest)
