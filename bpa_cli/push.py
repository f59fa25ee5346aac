"""The job `push_actions` as a command runs it: in this OS process, on the instance that the UI shows."""

import sys
from collections import Counter
from collections.abc import Iterable

from bpa_assets.actions.entering import pushing
from bpa_cli.action_words import standing
from bpa_cli.progress import Progress
from bpa_resources.home import Home
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.ledger import open_ledger

_MOST_LINES = 20


def push_now(home: Home, *, verbose: bool = False) -> int:
    """Enter and send, then bring the KPI database up to date; returns the exit status."""
    if not pushing(home):
        print("nothing is sent: no published process has push: {enabled: true} in its process.yaml", file=sys.stderr)
        return 0
    before = _actions(home)
    status = enter_and_send(home, Progress("push_actions", verbose=verbose))
    _tell(before, _actions(home))
    return status or _refresh_kpis(home, verbose=verbose)


def _actions(home: Home) -> list[Action]:
    with open_ledger(home) as ledger:
        return ledger.actions()


def _tell(before: list[Action], actions: list[Action]) -> None:
    """Print what this push altered, then how many actions are in which state."""
    known = {action.action_id: action for action in before}
    altered = [action for action in actions if action != known.get(action.action_id)]
    for action in altered[:_MOST_LINES]:
        print(f"  {action.action_id}  {standing(action)}")
    if len(altered) > _MOST_LINES:
        print(f"  and {len(altered) - _MOST_LINES} more: bpa actions list")
    if not altered:
        print("  nothing was due: nothing was sent")
    print(f"all actions: {state_counts(action.status for action in actions)}")


def state_counts(states: Iterable[str]) -> str:
    """Return how many actions are in which state: "2 done, 1 proposed"."""
    counts = Counter(states)
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none"


def enter_and_send(home: Home, progress: Progress) -> int:
    """One run of `push_actions`; one at a time of those that commands start."""
    from bpa_cli.launch import launch, open_instance
    from bpa_resources.leftovers import close_dead_runs

    with home.push_lock(), open_instance(home) as instance:
        close_dead_runs(instance, "push_actions")
        return progress.outcome(launch("push_actions", instance, watch=progress))


def _refresh_kpis(home: Home, *, verbose: bool) -> int:
    from bpa_cli.launch import launch, open_instance
    from bpa_resources.kpi_database import shows_ledger
    from bpa_resources.leftovers import close_dead_runs

    with home.kpi_lock():
        if not home.kpis.exists() or shows_ledger(home):
            return 0
        progress = Progress("refresh_kpis", verbose=verbose, names_steps=False)
        with open_instance(home) as instance:
            close_dead_runs(instance, "refresh_kpis")
            return progress.outcome(launch("refresh_kpis", instance, watch=progress))
