"""Whatever is proposed, approved, changed and lost, in whatever order: only what was approved is sent."""

import os
import random
from contextlib import suppress
from dataclasses import replace

import pytest

from bpa_resources.connectors.call import Outcome, Risk, Status
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Action, Policy, ProposedAction
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import after, asked

# Persons, each with the ways in which the name is written.
PERSONS = {
    "ann": ("ann@example.com", "Ann@Example.com", " ANN@example.com"),
    "bob": ("bob", "Bob", "ＢＯＢ"),
    "carl": ("Carl Lee", "carl  lee"),
    "dan": ("dan", "DAN "),
}
RANK = {"low": 1, "medium": 2, "high": 3, None: 0}
STEPS = 44_000 if os.environ.get("BPA_TEST_LONG") else 500


class Fuzz:
    """Does something at random, step by step, and remembers what would make a valid approval."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.ledger = ledger
        self.random = random.Random(seed)
        self.seconds = 0.0
        self.terms: dict[str, list[tuple[float, ProposedAction]]] = {}
        self.said: dict[tuple[str, str], list[tuple[float, str]]] = {}  # action and request: when, and which person
        self.sent = {"by itself": 0, "approved": 0}
        self.proposals = 0

    def step(self) -> None:
        self.seconds += self.random.expovariate(1 / 20)
        acts = [self.propose, self.propose, self.approve, self.approve, self.approve, self.decide, self.send, self.send]
        with suppress(InputError):
            self.random.choice(acts)()

    def propose(self) -> None:
        self.proposals += 1
        cases = max(20, STEPS // 8)
        proposal = asked(
            str(self.random.randrange(cases)),
            policy=self.policy(),
            risk=self.random.choice(("low", "medium", "high")),
            repeatable=self.random.random() < 0.5,
            by=self.random.choice(("bpa", "bpa", self.person()[1])),
            amount=self.random.choice((1, 2)),
        )
        self.terms.setdefault(proposal.action_id, []).append((self.seconds, proposal))
        self.ledger.propose([proposal], after(self.seconds))

    def policy(self) -> Policy:
        approvers = tuple(self.person()[1] for _ in range(self.random.choice((0, 2, 3))))
        return Policy(
            automatic=self.random.choice((None, None, None, "low", "medium")),
            approvers=approvers,
            owner=self.random.choice(("", self.person()[1])),
            quorum=self.random.choice((1, 1, 2, 3, 0, -1)),
            four_eyes=self.random.random() < 0.7,
            deadline_seconds=self.random.choice((100.0, 2_000.0, 1e6)),
        )

    def person(self) -> tuple[str, str]:
        name = self.random.choice(list(PERSONS))
        return name, self.random.choice(PERSONS[name])

    def some(self) -> Action:
        known = list(self.terms)[-40:]
        return self.ledger.action(self.random.choice(known or ["a-none"]))

    def approve(self) -> None:
        action, (person, name) = self.some(), self.person()
        request_hash = action.request_hash
        if self.random.random() < 0.2:
            request_hash = self.random.choice(self.terms[action.action_id])[1].call.request_hash
        name = self.random.choice((name, name, name, "bpa", "", "ann,bob"))
        if name in PERSONS[person]:
            self.said.setdefault((action.action_id, request_hash), []).append((self.seconds, person))
        self.ledger.approve(action.action_id, name, request_hash, after(self.seconds))

    def decide(self) -> None:
        action, (_, name) = self.some(), self.person()
        now = after(self.seconds)
        what = self.random.randrange(5)
        if what == 0:
            self.ledger.reject(action.action_id, name, "no", now)
        elif what == 1:
            self.ledger.expire(now)
        elif what == 2:
            self.ledger.resolve(action.action_id, name, done=self.random.random() < 0.5, now=now)
        else:
            self.ledger.retry(action.action_id, name, now)

    def send(self) -> None:
        worker = f"w{self.random.randrange(3)}"
        action = self.ledger.claim(worker, after(self.seconds), 60)
        if action is None:
            return
        self.check(action)
        statuses: tuple[Status, ...] = ("done", "failed", "failed", "unknown", "later")
        if self.random.random() < 0.8:  # else the worker is lost
            self.ledger.finish(action.action_id, worker, Outcome(self.random.choice(statuses)), after(self.seconds))

    def check(self, action: Action) -> None:
        """What is sent now is what somebody proposed, and its own policy lets it go."""
        same = [(at, one) for at, one in self.terms[action.action_id] if self.same(one, action)]
        assert same, "nobody asked for this"
        if RANK[action.risk] <= RANK[action.policy.automatic]:
            self.sent["by itself"] += 1
            return
        who = {person for at, person in self.said.get((action.action_id, action.request_hash), [])}
        may = [person for person in who if self.may(person, action)]
        assert len(may) >= action.policy.quorum >= 1, f"{who} approved, the policy is {action.policy}"
        self.sent["approved"] += 1

    @staticmethod
    def same(one: ProposedAction, action: Action) -> bool:
        """Whether the action is what this proposal asked for, under its terms."""
        pairs = zip((one.call, one.risk, one.policy), (action.call, action.risk, action.policy), strict=True)
        return all(left == right for left, right in pairs)

    @staticmethod
    def may(person: str, action: Action) -> bool:
        """Who may approve, written down a second time."""
        names = PERSONS[person]
        if action.policy.approvers and not any(name in action.policy.approvers for name in names):
            return False
        return not action.policy.four_eyes or not ({action.policy.owner, action.proposed_by} & set(names))


@pytest.mark.timeout(1800)  # the long form: a minute and a half of CPU, and more of waiting on a busy machine
def test_nothing_is_sent_without_a_valid_approval(ledger: Ledger) -> None:
    fuzz = Fuzz(ledger, seed=7)
    for _ in range(STEPS):
        fuzz.step()
    assert min(fuzz.sent.values()) >= STEPS / 100, fuzz.sent
    assert fuzz.proposals >= STEPS / 6
    assert ledger.verify_audit() is None
    print(fuzz.proposals, "proposals,", sum(map(len, fuzz.said.values())), "approvals,", fuzz.sent, "sent")


def test_the_check_itself_finds_what_was_not_approved(ledger: Ledger) -> None:
    fuzz = Fuzz(ledger, seed=7)
    risk: Risk = "high"
    proposal = asked(policy=Policy(approvers=PERSONS["ann"]), risk=risk)
    fuzz.terms[proposal.action_id] = [(0.0, proposal)]
    ledger.propose([proposal], after(0))
    action = ledger.action(proposal.action_id)
    fuzz.said[action.action_id, action.request_hash] = [(1.0, "bob")]
    for forged in (action, replace(action, risk="low")):
        try:
            fuzz.check(forged)
        except AssertionError:
            continue
        raise AssertionError("the check let it go")
