"""`python -m benchmarks.pushing FIGURE`: prints one figure of pushing; exit status 1 if it is not reached."""

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figure that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pushing", description="The figures of pushing.")
    figures = parser.add_subparsers(dest="figure", required=True)
    job = figures.add_parser("job", help="the job push_actions: how long so many actions take")
    job.add_argument("--actions", type=int, default=1000)
    kills = figures.add_parser("kills", help="the job push_actions, killed at random instants")
    kills.add_argument("--kills", type=int, default=200)
    kills.add_argument("--seed", type=int, default=1)
    transient = figures.add_parser("transient", help="a peer of which so many requests fail: the share that is done")
    transient.add_argument("--actions", type=int, default=1000)
    transient.add_argument("--share", type=float, default=0.2)
    transient.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    return {"job": _job, "kills": _kills, "transient": _transient}[asked.figure](asked)


def _job(asked: argparse.Namespace) -> int:
    from benchmarks.pushing import job

    return job.run(asked.actions)


def _kills(asked: argparse.Namespace) -> int:
    from benchmarks.pushing import kills

    return kills.run(asked.kills, asked.seed)


def _transient(asked: argparse.Namespace) -> int:
    from benchmarks.pushing import transient

    return transient.run(asked.actions, asked.share, asked.seed)


if __name__ == "__main__":
    sys.exit(main())
