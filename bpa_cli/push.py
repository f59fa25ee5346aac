"""The job `push_actions` as a command runs it: in this OS process, on the instance that the UI shows."""

import sys

from bpa_assets.actions.entering import pushing
from bpa_cli.report import Progress
from bpa_resources.home import Home
from bpa_resources.ledger.stored_table import actions_table


def push_now(home: Home, *, verbose: bool = False) -> int:
    """Enter and send, then bring the KPI database up to date; returns the exit status."""
    if not pushing(home):
        print("nothing is sent: no published process has push: {enabled: true} in its process.yaml", file=sys.stderr)
        return 0
    status = enter_and_send(home, Progress("push_actions", verbose=verbose))
    counts: dict[str, int] = {}
    for state in actions_table(home)["status"].to_pylist():
        counts[state] = counts.get(state, 0) + 1
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "there are no actions")
    return status or _refresh_kpis(home, verbose=verbose)


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
        progress = Progress("refresh_kpis", verbose=verbose, names_assets=False)
        with open_instance(home) as instance:
            close_dead_runs(instance, "refresh_kpis")
            return progress.outcome(launch("refresh_kpis", instance, watch=progress))
