"""`bpa demo-log`: write the generated log to a file of the user's choice, its truth beside it."""

from pathlib import Path

from bpa_assets.event_log.demo.log_file import CASES, ROWS_A_CASE, SEED, write_demo_log
from bpa_resources.errors import InputError
from bpa_resources.home import this_home


def demo_log(path: Path, *, cases: int | None, events: int | None, seed: int | None, clean: bool) -> int:
    """Write it and say what was written; returns the exit status. Never writes over a file. Errors: InputError."""
    if path.exists() or path.is_symlink():
        raise InputError(f"{path} exists already; name another file, or remove it")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; make it, or name another")
    if path.absolute().resolve().is_relative_to((this_home().folder / "inbox").resolve()):
        raise InputError(
            f"{path} lies in an inbox, where its truth would be read as a log; write it elsewhere and copy it"
        )
    if events is not None:
        if events < 1:
            raise InputError(f"a demo log has at least 1 event, not {events}")
        cases = max(1, round(events / ROWS_A_CASE))
    rows = write_demo_log(
        path, cases=CASES if cases is None else cases, seed=SEED if seed is None else seed, dirty=not clean
    )
    print(f"{path}: {rows:,} rows; what is planted in it: {path.name}.truth.json")
    return 0
