"""`bpa actions`, `connectors` and `audit` as a person types them, on a home with proposals and a desk that is there."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from bpa_cli.demo_target import Desk
from bpa_cli.main import _parser
from bpa_resources.home import Home
from tests.actions.conftest import Publish, desk, home, ledger, publish, pushed
from tests.cli.commands import start, wait
from tests.cli.conftest import Bpa
from tests.conftest import REPOSITORY

__all__ = ("desk", "home", "ledger", "publish")


@pytest.fixture
def waiting(home: Home, publish: Publish) -> str:
    """The id of an action that waits for an approval by Ann or Bob."""
    publish("C-1", settings="push: {enabled: true}\npolicy: {approvers: [Ann, Bob], owner: Olivia}\n")
    pushed()
    from bpa_resources.ledger.ledger import open_ledger

    with open_ledger(home) as opened:
        return opened.actions()[0].action_id


def test_from_the_list_to_an_effect(bpa: Bpa, home: Home, desk: Desk, waiting: str, tmp_path: Path) -> None:
    listed = bpa("actions", "list", "--home", home.folder).out
    assert waiting in listed
    assert "desk.create_ticket" in listed
    shown = bpa("actions", "show", waiting, "--home", home.folder).out
    assert '"title": "Case C-1: Late"' in shown
    digest = next(line.split()[-1].rstrip(":") for line in shown.splitlines() if ", request " in line)
    assert bpa("actions", "approve", waiting, "--by", "Olivia", "--home", home.folder).status == 2
    refused = bpa("actions", "approve", waiting, "--by", "Ann", "--hash", "0" * 64, "--home", home.folder)
    assert "asks for something else" in refused.sentence
    approved = bpa("actions", "approve", waiting, "--by", "Ann", "--hash", digest, "--home", home.folder)
    assert approved.out == f"{waiting}  approved; the next push sends it: bpa actions push\n"
    assert desk.effects == []
    first = bpa("actions", "push", "--home", home.folder).out
    assert f"  {waiting}  done\nall actions: 1 done\n" in first
    assert "  nothing was due: nothing was sent\n" in bpa("actions", "push", "--home", home.folder).out
    assert len(desk.effects) == 1
    trail = tmp_path / "trail.csv"
    assert bpa("audit", "export", trail, "--home", home.folder).status == 0
    assert "approval given" in trail.read_text()
    verified = bpa("audit", "verify", "--home", home.folder).out
    head = verified.split()[-1]
    assert bpa("audit", "verify", "--head", head, "--home", home.folder).status == 0
    other = f"{head.split(':')[0]}:{'0' * 64}"
    assert bpa("audit", "verify", "--head", other, "--home", home.folder).status == 1


def test_what_is_only_shown_is_listed_with_the_reason(bpa: Bpa, home: Home, publish: Publish) -> None:
    publish("C-1", settings="")
    assert (
        "nothing is sent until its process.yaml says push: {enabled: true}"
        in bpa("actions", "list", "--home", home.folder).out
    )
    ended = bpa("actions", "push", "--home", home.folder)
    assert (ended.status, "nothing is sent" in ended.err) == (0, True)
    assert bpa("actions", "approve", "a-1", "--by", "Ann", "--home", home.folder).status == 2


def test_a_desk_that_is_down_is_told_with_the_cause_and_the_next_try(bpa: Bpa, home: Home, waiting: str) -> None:
    bpa("actions", "approve", waiting, "--by", "Ann", "--home", home.folder)
    (home.folder / "connections.yaml").write_text('desk: {system: demo_target, url: "http://127.0.0.1:9"}\n')
    why = r"approved: no connection to 127\.0\.0\.1:9: nothing listens there \(ConnectError\); next try 20\d\d-"
    assert re.search(rf"  {waiting}  {why}", bpa("actions", "push", "--home", home.folder).out)
    assert re.search(why, bpa("actions", "list", "--home", home.folder).out)
    assert re.search(why, bpa("actions", "show", waiting, "--home", home.folder).out)
    checked = bpa("connectors", "check", "--home", home.folder).out
    assert "no connection to 127.0.0.1:9: nothing listens there" in checked


def test_a_secret_that_is_not_there_is_told_with_what_to_do(bpa: Bpa, home: Home, waiting: str) -> None:
    bpa("actions", "approve", waiting, "--by", "Ann", "--home", home.folder)
    (home.folder / "connections.yaml").write_text("")
    pushed_out = bpa("actions", "push", "--home", home.folder).out
    assert f"  {waiting}  failed: there is no connection 'desk'; add it to connections.yaml\n" in pushed_out
    shown = bpa("actions", "show", waiting, "--home", home.folder).out
    assert f"mend the cause, then: bpa actions retry {waiting} --by NAME" in shown


def test_what_is_withdrawn_says_why(bpa: Bpa, home: Home, publish: Publish, waiting: str) -> None:
    publish("C-2", settings="push: {enabled: true}\npolicy: {approvers: [Ann, Bob]}\n", run="run-2")
    bpa("actions", "push", "--home", home.folder)
    listed = bpa("actions", "list", "--state", "withdrawn", "--home", home.folder).out
    assert f"{waiting}" in listed
    assert "withdrawn: " in listed
    assert "does not" in listed
    assert "comes back" in bpa("actions", "show", waiting, "--home", home.folder).out


def test_who_may_approve_and_who_may_not_is_shown(bpa: Bpa, home: Home, publish: Publish) -> None:
    from bpa_resources.ledger.ledger import open_ledger

    publish("C-1", settings="push: {enabled: true}\npolicy: {owner: Olivia, quorum: 2}\n")
    pushed()
    with open_ledger(home) as opened:
        action_id = opened.actions()[0].action_id
    shown = " ".join(bpa("actions", "show", action_id, "--home", home.folder).out.split())
    assert "may approve anybody but not Olivia needed 2 persons" in shown
    first = bpa("actions", "approve", action_id, "--by", "Ann", "--home", home.folder).out
    assert first == f"{action_id}  proposed; 1 more person has to approve it\n"


def test_a_home_without_actions_says_so(bpa: Bpa, home: Home) -> None:
    for words in (("actions", "show", "a-1"), ("audit", "verify")):
        refused = bpa(*words, "--home", home.folder)
        assert refused.status == 2
        assert f"{home.folder} has no" in refused.sentence


def test_a_process_that_is_not_there_is_named(bpa: Bpa, home: Home, waiting: str) -> None:
    for words in (("list",), ("approve", "--all", "--by", "Ann")):
        refused = bpa("actions", *words, "--process", "nix", "--home", home.folder)
        assert (refused.status, "there is no process 'nix' here; there is: " in refused.sentence) == (2, True)


def test_a_rejection_says_why(bpa: Bpa, home: Home, waiting: str) -> None:
    refused = bpa("actions", "reject", waiting, "--by", "Ann", "--reason", " ", "--home", home.folder)
    assert (refused.status, "--reason" in refused.sentence) == (2, True)
    assert "proposed" in bpa("actions", "list", "--home", home.folder).out


def test_a_rejected_action_is_given_up(bpa: Bpa, home: Home, desk: Desk, waiting: str) -> None:
    ended = bpa("actions", "reject", waiting, "--by", "Ann", "--reason", "not needed", "--home", home.folder)
    assert ended.out == f"{waiting}  rejected\n"
    assert bpa("actions", "approve", waiting, "--by", "Ann", "--home", home.folder).status == 2
    assert "not needed" in bpa("actions", "list", "--state", "rejected", "--home", home.folder).out


@pytest.mark.parametrize(
    "words",
    [["--by", "Ann"], ["a-1", "--all", "--process", "orders", "--by", "Ann"], ["--all", "--by", "Ann"], ["a-1"]],
)
def test_an_approval_says_what_and_who(bpa: Bpa, home: Home, waiting: str, words: list[str]) -> None:
    assert bpa("actions", "approve", *words, "--home", home.folder).status == 2


def test_a_connection_is_listed_and_checked(bpa: Bpa, home: Home, desk: Desk) -> None:
    assert "demo_target" in bpa("connectors", "list", "--home", home.folder).out
    assert "works" in bpa("connectors", "check", "--home", home.folder).out
    desk.server_close()
    (home.folder / "connections.yaml").write_text('desk: {system: demo_target, url: "http://127.0.0.1:9"}\n')
    assert bpa("connectors", "check", "desk", "--home", home.folder).status == 1


def test_the_commands_of_the_readme_are_commands() -> None:
    block = re.search(r"## Act\n.*?```\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    assert block is not None
    lines = [line.split("#")[0].replace("&", "").split() for line in block[1].splitlines()]
    assert len(lines) == 5
    for program, *words in lines:
        assert program == "bpa"
        _parser().parse_args(words)


@pytest.mark.long
def test_a_push_that_is_killed_holds_up_no_other(home: Home, desk: Desk, publish: Publish, tmp_path: Path) -> None:
    """Neither its run nor its place in the pool of the system stays taken; what it was sending waits for its lease."""
    settings = "push: {enabled: true}\npolicy: {automatic: high}\n"
    asked, go_on = threading.Event(), threading.Event()
    take = desk.take

    def slow(kind: str, key: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.set()
        go_on.wait(60)
        return take(kind, key, content)

    desk.take = slow  # type: ignore[method-assign]
    publish("C-1", settings=settings)
    killed = start("actions", "push", "--home", home.folder, cwd=tmp_path)
    assert asked.wait(120)
    killed.kill()
    wait(killed)
    go_on.set()
    publish("C-1", "C-2", settings=settings, run="run-2")
    ended = wait(start("actions", "push", "--home", home.folder, cwd=tmp_path), seconds=120)
    assert (ended.status, "1 done, 1 sending" in ended.out) == (0, True)
    assert sorted(one["case"] for one in desk.effects) == ["C-1", "C-2"]
