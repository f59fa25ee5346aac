import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.rule_set.proposals.explanations import explanation, figures, in_words, may_stand

ROW: dict[str, Any] = {
    "at": "Create Fine → Payment | Send Fine", "condition": "amount > 500", "kind": "decision",
    "foretells": "Send Fine", "confidence": 0.9, "support": 3000, "base_rate": 0.7, "holdout_precision": 0.92,
    "holdout_support": 1200, "holdout_base_rate": 0.71,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {},
            "When amount is above 500 after Create Fine, Send Fine follows in 92% of 1,200 later cases (71% in all).",
        ),
        (
            {"holdout_support": 12},
            "When amount is above 500 after Create Fine, Send Fine follows in 11 of 12 later cases (71% in all).",
        ),
        (
            {"holdout_precision": None},
            "When amount is above 500 after Create Fine, Send Fine follows in 90% of 3,000 cases (70% in all).",
        ),
        (
            {"at": "start", "kind": "sla_breach", "foretells": "sla_breach", "holdout_precision": 0.999},
            "When amount is above 500 at the start, the case breaks a limit later on in 99.9% of 1,200 later cases "
            "(71% in all).",
        ),
        (
            {"at": "after Send Fine", "kind": "outcome", "foretells": "bad_outcome", "holdout_base_rate": None},
            "When amount is above 500 after Send Fine, the case ends badly later on in 92% of 1,200 later cases.",
        ),
        (
            {"condition": "true", "foretells": "end", "holdout_base_rate": 0.001},
            "After Create Fine, the case ends in 92% of 1,200 later cases (0.1% in all).",
        ),
        (
            {"kind": "rework", "foretells": "rework", "never_fires": True, "at": "after A"},
            "When amount is above 500 after A, work is done again later on; no case of this log meets the condition.",
        ),
        (
            {"holdout_precision": None, "confidence": None},
            "When amount is above 500 after Create Fine, Send Fine follows.",
        ),
    ],
)
def test_a_rule_in_one_sentence(change: dict[str, Any], sentence: str) -> None:
    assert explanation({**ROW, **change}) == sentence


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("amount >= 5 and not_paid = true", "amount is at least 5 and not paid is true"),
        ("last_role in ('Clerk', 'O''Neil')", "last role is one of “Clerk”, “O'Neil”"),
        ("a not in ('x') or b <> 2", "a is none of “x” or b is not 2"),
        ('(a < 1 or b <= 2) and "odd name" is not null', "(a is below 1 or b is at most 2) and odd name is known"),
        ("elapsed between 90m and 1d 12h and c is null", "elapsed is between 90m and 1d 12h and c is not known"),
        ("due > date '2024-01-31'", "due is above “2024-01-31”"),
    ],
)
def test_a_condition_in_words(condition: str, words: str) -> None:
    assert " ".join(in_words(condition).split()) == words


GIVEN = '{"condition": "amount > 1500.50 and step = \'Phase 2b\'", "later_cases": 1204, "percent_of_these": 92}'


@pytest.mark.parametrize(
    "sentence",
    [
        "Amounts above 1,500.5 in Phase 2b are sent.",
        "In 92% of 1204 later cases it is sent.",
        "92 percent, of 1,204.",
        "It is often sent, without a number.",
    ],
)
def test_a_sentence_with_given_numbers_may_stand(sentence: str) -> None:
    assert may_stand(sentence, GIVEN) == ""


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("In 93 cases.", "93"),
        ("In 1205 cases.", "1205"),
        ("In 92k cases.", "92k"),
        ("In 2 cases.", "it states 2,"),
        ("In 9e9 cases.", "9000000000"),
        ("In ９２ cases.", "９２"),
        ("In ½ of the cases.", "½"),
        ("In 九 cases.", "九"),
        ("In x² cases.", "²"),
        ("In Ⅻ cases.", "Ⅻ"),
        ("Twice as often.", "twice"),
        ("In ninety of them.", "ninety"),
        ("It always happens.", "always"),
        ("", "empty"),
        ("x" * 301, "longer"),
        ("a\nb", "one line"),
        ("a\u202eb", "one line"),
        ("a\x00b", "one line"),
        ("see https://evil.example", "address"),
        ("<b>bold</b>", "tag"),
        ("[click](javascript:x)", "tag"),
    ],
)
def test_a_sentence_with_what_was_not_given_may_not(sentence: str, why: str) -> None:
    assert why in may_stand(sentence, GIVEN)


@given(st.text(), st.text())
def test_no_digit_gets_through_that_was_not_given(sentence: str, given: str) -> None:
    if may_stand(sentence, given) == "":
        assert set(re.findall(r"\d", sentence)) <= set(re.findall(r"\d", given))


def test_figures_are_those_of_later_cases_where_there_are_any() -> None:
    assert figures(ROW) == {"later_cases": 1200, "percent_of_these": 92, "percent_in_all": 71}
    assert figures({**ROW, "holdout_precision": None}) == {"cases": 3000, "percent_of_these": 90, "percent_in_all": 70}
    assert figures({"holdout_precision": None}) == {}
