"""What commands say of an action: where it stands and what happens next, in words for somebody who is new to it.

Add a state here with what a person should do about it. Times are UTC.
"""

from datetime import datetime

from bpa_resources.errors import InputError
from bpa_resources.home import this_home
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.ledger import Ledger, open_ledger
from bpa_resources.ledger.stored_table import has_ledger


def ledger_of_home(missing: str) -> Ledger:
    """The ledger of this home, to be closed again. Raises InputError, `missing` with the home, where there is none."""
    home = this_home()
    if not has_ledger(home):
        raise InputError(f"{home.folder} {missing}")
    return open_ledger(home)


def minute(moment: datetime) -> str:
    """A moment as people read it."""
    return f"{moment:%Y-%m-%d %H:%M}"


def standing(action: Action) -> str:
    """Its state, why, and when it is tried next: "approved: no connection to …; next try 2026-11-22 12:05"."""
    state = f"{action.status}: {action.reason}" if action.reason else action.status
    return f"{state}; next try {minute(action.next_at)}" if action.status == "approved" and action.next_at else state


def what_next(action: Action) -> str:
    """What happens to it now, or what a person can do about it; "" where it has ended."""
    names = [name for name in action.approved_by.split(",") if name.strip()]
    missing = action.policy.quorum - len(names)
    match action.status:
        case "proposed" if names:
            return f"{missing} more {'person has' if missing == 1 else 'persons have'} to approve it"
        case "proposed":
            return "it waits for an approval: bpa actions approve ACTION --by NAME"
        case "approved" if action.next_at is None:
            return "the next push sends it: bpa actions push"
        case "failed":
            return "mend the cause, then: bpa actions retry ACTION --by NAME"
        case "unknown":
            return "look in the other system, then: bpa actions resolve ACTION --by NAME --done (or --not-done)"
        case "withdrawn":
            return "it comes back, to be approved again, when a run asks for it again"
    return ""
