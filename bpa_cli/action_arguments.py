"""The words of `bpa actions`, `bpa connectors`, `bpa audit` and `bpa demo-target`: what may be typed, what is called.

Add a word here and its function in `actions.py`, `connectors.py` or `audit.py`. Nothing heavy is imported before it is
known what is asked.
"""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

STATES = ("proposed", "approved", "sending", "done", "failed", "unknown", "rejected", "expired", "withdrawn")

Commands = Any  # argparse gives its type no public name
Command = Callable[[argparse.Namespace], int]


def add_action_commands(commands: Commands) -> Iterable[argparse.ArgumentParser]:
    """Add all of them; gives the parsers that take the options of every command."""
    yield from _actions(commands)
    yield from _connectors(commands)
    yield from _audit(commands)
    target = commands.add_parser("demo-target", help="serve a tiny ticket desk on this machine, to push to")
    target.add_argument("--port", type=int, default=8099, metavar="N", help="its port (8099)")
    target.set_defaults(command=_demo_target)
    yield target


def _actions(commands: Commands) -> Iterable[argparse.ArgumentParser]:
    words = commands.add_parser("actions", help="what rules and plans ask for: see, approve, send").add_subparsers(
        required=True, metavar="WORD"
    )
    listed = words.add_parser("list", help="the actions, and what is only shown because pushing is off")
    listed.add_argument("--process", metavar="KEY", help="of this process only")
    listed.add_argument("--state", choices=STATES, action="append", help="in this state only; may be given again")
    listed.set_defaults(command=_called("list_actions"))
    yield listed
    show = words.add_parser("show", help="one action: what would be sent, and what became of it")
    show.add_argument("action", metavar="ACTION")
    show.set_defaults(command=_called("show_action"))
    yield show
    approve = _decision(words, "approve", "approve what is asked for now", many=True)
    approve.add_argument("--hash", metavar="HASH", help="refuse if the request is not the one with this hash (`show`)")
    approve.add_argument("--all", action="store_true", help="all that is proposed of the process of --process")
    approve.add_argument("--process", metavar="KEY", help="with --all: of which process")
    yield approve
    reject = _decision(words, "reject", "give it up, for good")
    reject.add_argument("--reason", required=True, metavar="TEXT", help="why")
    yield reject
    yield _decision(words, "retry", "let a failed one be sent again")
    resolve = _decision(words, "resolve", "say what became of one whose effect is unknown")
    found = resolve.add_mutually_exclusive_group(required=True)
    found.add_argument("--done", action="store_true", help="it had its effect")
    found.add_argument("--not-done", action="store_true", help="it had none: it is sent again")
    yield resolve
    push = words.add_parser("push", help="enter what was proposed, and send what is approved")
    push.set_defaults(command=_called("push"))
    yield push


def _decision(words: Commands, word: str, meaning: str, *, many: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = words.add_parser(word, help=meaning)
    parser.add_argument("actions", metavar="ACTION", nargs="*" if many else 1, help="id, as in bpa actions list")
    parser.add_argument("--by", required=True, metavar="NAME", help="who decides")
    parser.set_defaults(command=_called(word))
    return parser


def _connectors(commands: Commands) -> Iterable[argparse.ArgumentParser]:
    words = commands.add_parser("connectors", help="the systems that actions go to").add_subparsers(
        required=True, metavar="WORD"
    )
    listed = words.add_parser("list", help="the connections of connections.yaml, and the systems there are")
    listed.set_defaults(command=_called("list_connectors", module="connectors"))
    yield listed
    check = words.add_parser("check", help="ask each system something that changes nothing")
    check.add_argument("connections", metavar="CONNECTION", nargs="*", help="only these")
    check.set_defaults(command=_called("check_connectors", module="connectors"))
    yield check


def _audit(commands: Commands) -> Iterable[argparse.ArgumentParser]:
    words = commands.add_parser("audit", help="the trail of every action").add_subparsers(required=True, metavar="WORD")
    verify = words.add_parser("verify", help="whether the trail is as it was written, and its head, to be noted")
    verify.add_argument("--head", metavar="N:HASH", help="a head noted before, which the trail must still hold")
    verify.set_defaults(command=_called("verify_audit", module="audit"))
    yield verify
    export = words.add_parser("export", help="the trail as an event log that bpa run can mine")
    export.add_argument("file", type=Path, metavar="FILE", help="a .csv or .parquet that does not exist")
    export.set_defaults(command=_called("export_audit", module="audit"))
    yield export


def _called(name: str, *, module: str = "actions") -> Command:
    """The function of a module of this package, imported when it is called."""

    def call(asked: argparse.Namespace) -> int:
        from importlib import import_module

        return int(getattr(import_module(f"bpa_cli.{module}"), name)(asked))

    return call


def _demo_target(asked: argparse.Namespace) -> int:
    from bpa_cli.demo_target import demo_target

    return demo_target(asked.port)
