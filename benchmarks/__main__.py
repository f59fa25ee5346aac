"""`scripts/bench`: which tasks, how big, and the table at the end.

Progress goes to stderr, the table to stdout. Exit status: 1 when results differ or, with --strict, when a requirement
is missed; 2 when the command was wrong.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import behaviour, huge_log, reading_csv, reading_xes, together, whole_run
from benchmarks.bench import Bench
from benchmarks.measure import PieceFailedError, tell
from benchmarks.outcome import Outcome, show, status

TASKS: dict[str, Callable[[Bench], list[Outcome]]] = {
    "xes": reading_xes.run,
    "csv": reading_csv.run,
    "tables": behaviour.run,
    "run": whole_run.run,
    "together": together.run,
    "huge": huge_log.run,
}
_QUICK = 1 / 20
_PEERS = ("pm4py", "pandas", "r4pm")
_HOW = (
    "CPU: user and system seconds of a fresh process, imports excluded on both sides, after a first use that compiles "
    "what is compiled once. MB: the peak of its memory. Required: of the ratio in that row."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tasks that are asked for; returns the exit status."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started ends too
    missing = [name for name in _PEERS if not _version(name)]
    if missing:
        print(f"bench: {', '.join(missing)} is not installed; start it as scripts/bench", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bpa-bench-") as folder:
        kept: Path = (asked.keep or Path(folder)).absolute()
        kept.mkdir(parents=True, exist_ok=True)
        bench = Bench(
            kept, events=asked.events, scale=_QUICK if asked.quick else 1.0, runs=asked.runs, xes=_absolute(asked.xes)
        )
        outcomes = [outcome for name in _chosen(asked) for outcome in _one_task(name, bench)]
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{name} {_version(name)}" for name in (*_PEERS, "duckdb", "polars", "pyarrow"))
    )
    print(f"{_HOW}\n")
    show(outcomes)
    return status(outcomes, strict=asked.strict)


def _one_task(name: str, bench: Bench) -> list[Outcome]:
    """The outcomes of a task; one that cannot be finished is an outcome too."""
    tell(f"— {name}")
    try:
        return TASKS[name](bench)
    except PieceFailedError as error:
        return [Outcome(name, "", "it runs", agreed="NO", missed=True, note=str(error))]


def _chosen(asked: argparse.Namespace) -> list[str]:
    if asked.only:
        return [name for name in TASKS if name in asked.only]
    return [name for name in TASKS if name != "huge" or asked.huge]


def _task_names(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no task {', '.join(unknown)}; there are {', '.join(TASKS)}")
    return names


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return Path(text)


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of at least 1")
    return int(text)


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="pm4py and us on the same work in the same run, as a table of ratios."
    )
    parser.add_argument("--only", type=_task_names, metavar="TASK,…", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--huge", action="store_true", help="also 100M events (about 20 GB of disk, half an hour)")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the size, for a look; ratios mean less")
    parser.add_argument("--events", type=_at_least_one, help="size of the logs of xes, csv, tables and huge")
    parser.add_argument("--xes", type=_file, metavar="FILE", help="read this XES log instead of a generated one")
    parser.add_argument("--runs", type=_at_least_one, default=1, help="measure so often, take the best, on both sides")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the generated logs there, and use them again")
    parser.add_argument("--strict", action="store_true", help="exit 1 also when a requirement is missed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
