"""Names in braces become words, numbers stay numbers, and nothing else is understood."""

from datetime import datetime

import pytest

from bpa_assets.actions.placeholders import filled, names_in
from bpa_resources.errors import InputError

VALUES = {"case_id": "C-1", "amount": 12.5, "vip": True, "region": None, "due": datetime(2026, 1, 2, 3)}


def test_names_become_words_and_a_name_alone_keeps_its_type() -> None:
    asked = {"summary": "Case {case_id} of {amount}{region}!", "amount": "{amount}", "vip": "{vip}", "due": "{due}"}
    assert filled(asked, VALUES) == {
        "summary": "Case C-1 of 12.5!", "amount": 12.5, "vip": True, "due": "2026-01-02T03:00:00"
    }  # fmt: skip


def test_an_absent_value_leaves_its_key_out() -> None:
    assert filled({"region": "{region}", "labels": ["{region}", "bpa"]}, VALUES) == {"labels": ["bpa"]}


def test_what_a_case_says_is_never_read_as_a_name() -> None:
    assert filled("{a}", {"a": "{b}", "b": "secret"}) == "{b}"
    assert filled("-{a}-", {"a": "{b} {0.__class__}", "b": "secret"}) == "-{b} {0.__class__}-"


def test_doubled_braces_are_braces() -> None:
    assert filled('{{"case": "{case_id}"}}', VALUES) == '{"case": "C-1"}'
    assert list(names_in(["{{x}} {case_id}", {"a": "{amount}"}])) == ["case_id", "amount"]


@pytest.mark.parametrize("text", ["{casa_id}", "x {casa_id}", "{case_id.__class__}", "{}", "{case_id!r}"])
def test_a_name_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        filled(text, VALUES)


def test_the_nearest_name_is_told() -> None:
    with pytest.raises(InputError, match="case_id"):
        filled("{casa_id}", VALUES)
