"""How long 1,000 actions take: by the whole job `push_actions` on the home's own instance, and by the engine alone."""

import io
import resource
import tempfile
import time
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.pushing.asking import asking_home
from benchmarks.pushing.peer import running


def run(actions: int) -> int:
    """Push by the job; print time, CPU and effects; 1 if not each action had its effect once."""
    from bpa_cli.progress import Progress
    from bpa_cli.push import enter_and_send
    from bpa_resources.ledger.ledger import open_ledger

    with tempfile.TemporaryDirectory(prefix="bpa-push-") as folder, running() as peer:
        home = asking_home(Path(folder) / "home", peer.url, cases=actions, operations=["keyed"], most=actions)
        begun, used = time.monotonic(), _cpu()
        with redirect_stdout(io.StringIO()):
            status = enter_and_send(home, Progress("push_actions"))
        took, used = time.monotonic() - begun, _cpu() - used
        effects, _ = peer.seen()
        with open_ledger(home) as ledger:
            states = Counter(action.status for action in ledger.actions())
            whole = ledger.verify_audit() is None
    once = len(effects) == effects.total() == actions and states == {"done": actions} and whole
    print(
        f"{actions} actions by the job push_actions, entered and sent: {took:.1f} s, {used:.1f} CPU-s; "
        f"{effects.total()} effects in {len(effects)} cases, states {dict(states)}, "
        f"trail {'whole' if whole else 'NOT whole'}"
    )
    return 0 if once and status == 0 else 1


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
