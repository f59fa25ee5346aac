"""`bpa actions`: what rules and plans ask for, who decides, and the push. The words are in `action_arguments.py`."""

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from bpa_assets.actions.entering import config_of
from bpa_assets.actions.still_asked import published_rows
from bpa_cli.action_words import ledger_of_home, minute, standing, what_next
from bpa_cli.text_table import print_table
from bpa_resources.errors import InputError
from bpa_resources.home import Home, this_home
from bpa_resources.lake import publications
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.approval import PIPELINE
from bpa_resources.ledger.canonical import same_person
from bpa_resources.ledger.ledger import open_ledger
from bpa_resources.ledger.stored_table import has_ledger

_NOT_ENTERED = "new: bpa actions push puts it up for approval"
_SWITCHED_OFF = "only shown: nothing is sent until its process.yaml says push: {enabled: true}"
_NO_ACTIONS = "has no actions yet: bpa actions list shows what is asked for, and why it does not wait for an approval"


def list_actions(asked: Namespace) -> int:
    """Print a line an action; of processes that do not push, what would be sent."""
    home, states = this_home(), tuple(asked.state or ())
    _check_process(home, asked.process)
    actions = _ledger_actions(home, asked.process, states)
    lines = [_line(action) for action in actions]
    known = {action.action_id for action in actions}
    if not states:
        lines += [line for line in _only_shown(home, asked.process) if line[0] not in known]
    if not lines and states:
        print(f"no action is {' or '.join(states)}")
    elif not lines:
        print(
            "there are no actions: the rules that you accept in rules.yaml ask for them in open cases, at the next run"
        )
    else:
        print_table(("action", "process", "case", "asks for", "through", "risk", "until (UTC)", "state"), lines)
    return 0


def _check_process(home: Home, process: str | None) -> None:
    """A process that is retired keeps its actions. Errors: InputError, where there is no such process."""
    if process is None:
        return
    known = {one.process for one in publications(home)} | {action.process for action in _ledger_actions(home, None)}
    if process not in known:
        raise InputError(f"there is no process '{process}' here; there is: {', '.join(sorted(known)) or 'none'}")


def _ledger_actions(home: Home, process: str | None, states: Sequence[str] = ()) -> list[Action]:
    if not has_ledger(home):
        return []
    with open_ledger(home) as ledger:
        return ledger.actions(process, states=states)  # type: ignore[arg-type]  # argparse has checked them


def _line(action: Action) -> tuple[str, ...]:
    through = f"{action.call.connection}.{action.call.operation}"
    asked = (action.action_id, action.process, action.case_id, action.action, through)
    return (*asked, action.risk, _until(action), standing(action))


def _until(action: Action) -> str:
    return minute(action.deadline_at) if action.status in ("proposed", "approved") else ""


def _only_shown(home: Home, process: str | None) -> list[tuple[str, ...]]:
    """What was proposed and is not in the ledger: a problem, or a process that does not push."""
    lines: list[tuple[str, ...]] = []
    for publication in publications(home):
        if process not in (None, publication.process):
            continue
        enabled = config_of(home, publication.process).push.enabled
        for row in published_rows(home, publication, "proposed_actions") or []:
            why = row["problem"] or (_NOT_ENTERED if enabled else _SWITCHED_OFF)
            through = f"{row['connection']}.{row['operation']}" if row["connection"] else ""
            what = (row["action_id"], publication.process, row["case_id"], row["action"], through, row["risk"] or "")
            lines.append((*what, "", why))
    return lines


def show_action(asked: Namespace) -> int:
    """Print one action: the request with its hash, the approval, what happened."""
    with ledger_of_home(_NO_ACTIONS) as ledger:
        action = ledger.action(asked.action)
        history = ledger.history(asked.action)
    print_table(("", ""), [(name, value) for name, value in _facts(action) if value], heading=False)
    print(f"\n{action.call.connection}.{action.call.operation}, request {action.request_hash}:")
    print(json.dumps(action.call.input, indent=2, ensure_ascii=False))
    if action.result:
        print(f"\nresult: {json.dumps(action.result, ensure_ascii=False)}")
    print()
    if hint := what_next(action):
        print(f"{hint.replace('ACTION', action.action_id)}\n")
    lines = [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.event, one.who, str(one.details.get("reason", ""))) for one in history]
    print_table(("when (UTC)", "what", "who", "why"), lines)
    return 0


def _facts(action: Action) -> list[tuple[str, str]]:
    policy = action.policy
    return [
        ("action", action.action_id),
        ("process", action.process),
        ("rule", action.rule_id),
        ("case", action.case_id),
        ("asks for", action.action),
        ("risk", action.risk),
        ("state", standing(action)),
        ("approved by", action.approved_by),
        ("may approve", ", ".join(policy.approvers) or "anybody"),
        ("but not", _excluded(action)),
        ("needed", f"{policy.quorum} persons" if policy.quorum > 1 else ""),
        ("until (UTC)", _until(action)),
        ("requests sent", str(action.attempts)),
    ]


def _excluded(action: Action) -> str:
    """Who may not approve because of four eyes."""
    by_person = {same_person(name): name for name in (action.policy.owner, action.proposed_by)}
    by_person = {person: name for person, name in by_person.items() if person not in ("", PIPELINE)}
    return ", ".join(by_person.values()) if action.policy.four_eyes else ""


def approve(asked: Namespace) -> int:
    """Approve these requests, as they are now or as `--hash` says."""
    if asked.all == bool(asked.actions) or bool(asked.process) != asked.all or (asked.hash and len(asked.actions) != 1):
        raise InputError("name the actions to approve (with --hash: one), or --all with --process KEY")
    _check_process(this_home(), asked.process)
    with ledger_of_home(_NO_ACTIONS) as ledger:
        proposed = ledger.actions(asked.process, states=("proposed",)) if asked.all else []
        wanted = proposed or [ledger.action(name) for name in asked.actions]
        for action in wanted:
            given = asked.hash or action.request_hash
            _told(ledger.approve(action.action_id, asked.by, given, datetime.now(UTC)))
    if not wanted:
        print(f"no action of {asked.process} waits for an approval")
    return 0


def reject(asked: Namespace) -> int:
    """Give an action up."""
    if not asked.reason.strip():
        raise InputError("say with --reason why it is given up: the trail keeps it")
    with ledger_of_home(_NO_ACTIONS) as ledger:
        return _told(ledger.reject(asked.actions[0], asked.by, asked.reason, datetime.now(UTC)))


def retry(asked: Namespace) -> int:
    """Let a failed action be sent again."""
    with ledger_of_home(_NO_ACTIONS) as ledger:
        return _told(ledger.retry(asked.actions[0], asked.by, datetime.now(UTC)))


def resolve(asked: Namespace) -> int:
    """Say what became of an action whose effect is unknown."""
    with ledger_of_home(_NO_ACTIONS) as ledger:
        return _told(ledger.resolve(asked.actions[0], asked.by, done=asked.done, now=datetime.now(UTC)))


def push(asked: Namespace) -> int:
    """The job `push_actions` in this OS process, then the KPI database: what was done shows in `fct_action`."""
    from bpa_cli.push import push_now

    return push_now(this_home(), verbose=asked.verbose)


def _told(action: Action) -> int:
    hint = what_next(action)
    print(f"{action.action_id}  {action.status}{f'; {hint}' if hint else ''}")
    return 0
