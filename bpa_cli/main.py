"""The command line: `bpa run`, `bpa dev`, `bpa sql`, `bpa actions` and the others.

Words in, one function called, an exit status out. Nothing heavy is imported before it is known what is asked.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from bpa_cli.action_arguments import add_action_commands
from bpa_cli.exit_status import DONE, FAILED, STOPPED, WRONG_INPUT
from bpa_resources.environment import home_folder, use_home
from bpa_resources.errors import InputError, one_line


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 done, 1 a stage failed, 2 the input or the command was wrong."""
    asked = _parser().parse_args(arguments)
    try:
        home = (asked.home or home_folder()).absolute()
        if home.exists() and not home.is_dir():
            raise InputError(f"{home} is a file; the home is a folder: name another with --home or BPA_HOME")
        use_home(home)
        return int(asked.command(asked))
    except KeyboardInterrupt:
        return _end("stopped; what was published stays as it was", STOPPED)
    except BrokenPipeError:  # `bpa … | head`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if asked.verbose:
            raise
        if isinstance(error, InputError):
            return _end(str(error), WRONG_INPUT)
        what = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.filename else str(error)
        return _end(f"{what or type(error).__name__}; what was published stays (--verbose shows more)", FAILED)


def _end(sentence: str, status: int) -> int:
    """Say in one line on stderr why it ended."""
    print(f"bpa: {one_line(sentence)}", file=sys.stderr)
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_INPUT, f"{self.prog}: {one_line(message)}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="bpa", description="Event logs in; right, queryable process data out.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="refresh a process from its log files and publish it")
    run.add_argument("logs", nargs="*", type=Path, metavar="LOG", help="XES, CSV or Parquet, also .gz")
    run.add_argument("--process", metavar="KEY", help="the process; by default the first file's name")
    run.add_argument("--config", type=Path, metavar="FILE", help="process.yaml to use from now on")
    run.add_argument("--reference", type=Path, metavar="FILE.bpmn", help="reference model to use from now on")
    run.add_argument("--rules", type=Path, metavar="FILE", help="rules.yaml to use from now on")
    run.add_argument("--add", action="store_true", help="add these files to the log instead of replacing it")
    run.add_argument(
        "--write-config", nargs="?", const=Path("process.yaml"), type=Path, metavar="FILE",
        help="run nothing; write what is inferred of the log to FILE (process.yaml), for you to correct",
    )  # fmt: skip
    run.set_defaults(command=_run)
    sql = commands.add_parser("sql", help="query the published KPI database")
    sql.add_argument("query", metavar="QUERY", help='such as "SELECT * FROM kpi_process_latest"')
    sql.add_argument("--csv", action="store_true", help="print CSV instead of a table")
    sql.set_defaults(command=_sql)
    demo = commands.add_parser("demo-log", help="write a generated order-to-cash log, and what is planted in it")
    demo.add_argument("file", type=Path, metavar="FILE", help="the .csv or .parquet to write")
    size = demo.add_mutually_exclusive_group()
    size.add_argument("--cases", type=int, metavar="N", help="how many cases (800)")
    size.add_argument("--events", type=int, metavar="N", help="about how many events instead")
    demo.add_argument("--seed", type=int, metavar="N", help="another number, another log (7)")
    demo.add_argument("--clean", action="store_true", help="without faults in the data")
    demo.set_defaults(command=_demo_log)
    dev = commands.add_parser("dev", help="serve the Dagster UI and the reports, and refresh what arrives in the inbox")
    dev.add_argument("--port", type=int, default=3000, metavar="N", help="port of the UI; the reports get the next")
    dev.set_defaults(command=_dev)
    for command in (run, dev, sql, demo, *add_action_commands(commands)):
        command.add_argument("--home", type=Path, metavar="DIR", help="where everything lies (BPA_HOME, ./bpa_home)")
        command.add_argument("--verbose", action="store_true", help="show tracebacks")
    return parser


def _run(asked: argparse.Namespace) -> int:
    # What is imported stays: looking for garbage among it every 700 objects is a tenth of a small run.
    gc.set_threshold(50_000)
    from bpa_cli.run import Request, run

    request = Request(
        logs=tuple(asked.logs),
        process=asked.process,
        config=asked.config,
        reference=asked.reference,
        rules=asked.rules,
        add=asked.add,
        verbose=asked.verbose,
    )
    if asked.write_config is not None:
        from bpa_cli.write_config import write_config

        return write_config(request, asked.write_config)
    return run(request)


def _sql(asked: argparse.Namespace) -> int:
    from bpa_cli.query import query

    return query(asked.query, csv=asked.csv)


def _demo_log(asked: argparse.Namespace) -> int:
    from bpa_cli.demo import demo_log

    return demo_log(asked.file, cases=asked.cases, events=asked.events, seed=asked.seed, clean=asked.clean)


def _dev(asked: argparse.Namespace) -> int:
    from bpa_cli.dev import dev

    return dev(asked.port)


if __name__ == "__main__":
    sys.exit(main())
