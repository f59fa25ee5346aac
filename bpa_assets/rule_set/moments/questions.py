"""The questions that trees answer: at each decision point which option, at other moments which target comes true."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.mining.evidence import Flags, Question
from bpa_assets.rule_set.moments.moments import Moments
from bpa_assets.rule_set.moments.targets import KIND_OF, TARGETS
from bpa_assets.rule_set.rule import Action

MOST_OPTIONS = 8
LEAST_WANTED = 20
"""Rows to learn from that must have an answer, and as many that must not."""

_ACTIONS = {"sla_breach": "escalate", "bad_outcome": "notify", "rework": "create_ticket"}


@dataclass(frozen=True)
class Asked:
    """A question with its names. `other`: the only other answer of a decision with two options."""

    at: str
    kind: str
    foretells: str
    question: Question
    other: str | None = None

    @property
    def action(self) -> Action:
        """What a rule that answers it asks for unless somebody says otherwise."""
        return default_action(self.kind, self.foretells)


def default_action(kind: str, foretells: str) -> Action:
    """The action of a mined rule."""
    if kind != "decision":
        return Action(_ACTIONS[foretells])
    return Action("close_case") if foretells == "end" else Action("route", (("to", foretells),))


def question_at(moments: Moments, at: str, foretells: str, kind: str) -> Question:
    """Whether what a rule foretells came true, at each row of a moment; for rules of any origin."""
    rows = moments.at(at)
    later = rows["later"].to_numpy()
    case = rows["case_index"].to_numpy()
    if kind == "decision":
        chosen, names = chosen_options(rows)
        known = chosen >= 0
        code = names.index(foretells) if foretells in names else -2
        counts = np.bincount(chosen[known & ~later], minlength=len(names) or 1)
        return Question(chosen == code, known, later, case, chosen == int(np.argmax(counts)))
    values = rows[foretells]
    known = values.is_valid().to_numpy()
    return Question(values.fill_null(False).to_numpy() & known, known, later, case)


def questions(moments: Moments) -> Iterator[Asked]:
    """All questions with enough rows of either answer to learn from; of two options only the rarer one is asked."""
    for at, rows in moments.slices.items():
        if rows.stop == rows.start:
            continue
        chosen, names = chosen_options(moments.at(at))
        if (chosen >= 0).any():
            yield from _decisions(moments, at, chosen, names)
        else:
            for target in TARGETS:
                asked = Asked(at, KIND_OF[target], target, question_at(moments, at, target, KIND_OF[target]))
                if enough(asked.question):
                    yield asked


def _decisions(moments: Moments, at: str, chosen: Integers, names: list[str]) -> Iterator[Asked]:
    counts = np.bincount(chosen[chosen >= 0], minlength=len(names))
    used = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (counts[code], names[code]))
    other = names[used[1]] if len(used) == 2 else None
    for code in used[:1] if other else used[-MOST_OPTIONS:]:
        question = question_at(moments, at, names[code], "decision")
        if enough(question):
            yield Asked(at, "decision", names[code], question, other)


def enough(question: Question, rows: Flags | None = None) -> bool:
    """Whether there are enough rows of either answer to learn from; `rows`: among these."""
    learned = question.known & ~question.later & (True if rows is None else rows)
    wanted = int((question.wanted & learned).sum())
    return wanted >= LEAST_WANTED and int(learned.sum()) - wanted >= LEAST_WANTED


def chosen_options(rows: pa.Table) -> tuple[Integers, list[str]]:
    """Of each row of a moment the code of the option taken (−1: it is no decision point), and all options by code."""
    column = rows["chosen"].combine_chunks()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, column.dictionary.to_pylist()
