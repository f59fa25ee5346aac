"""Labels that differ in how they are written mean the same activity; those that differ in what they say do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.process_model.conformance.label_matching import LabelMatch, match_labels
from bpa_resources.errors import InputError


def matched(label: str, *activities: str) -> tuple[str | None, str | None]:
    (found,) = match_labels([label], activities)
    return found.activity, found.how


@pytest.mark.parametrize(
    ("label", "activity", "how"),
    [
        ("Check ticket", "Check ticket", "exact"),
        ("Check ticket", "check  TICKET", "folded"),
        ("Check\nticket", "check_ticket", "folded"),
        ("Überprüfung", "uberprufung", "folded"),
        ("CheckTicket", "check ticket", "folded"),
        ("🚀", "🚀 ", "folded"),
        ("Check tickets", "Check ticket", "spelling"),
        ("Authorise payment", "authorize paymnet", "spelling"),
        ("Cancelled", "canceled", "spelling"),
        ("Check in", "Check on", None),  # short words are words of their own
        ("Step 1", "Step 2", None),
        ("Invoice 2023", "Invoice 2024", None),
        ("complete", "incomplete", None),
        ("typical case", "atypical case", None),
        ("accept claim", "reject claim", None),
        ("A_SUBMITTED", "A_SUBMITTED-COMPLETE", None),
        ("Pay", "Say", None),
        ("?", "!", None),
    ],
)
def test_a_label_and_an_activity(label: str, activity: str, how: str | None) -> None:
    assert matched(label, activity) == (activity if how else None, how)


def test_what_could_mean_two_means_none() -> None:
    assert matched("check ticket", "Check ticket", "CHECK TICKET") == (None, None)
    assert matched("check tickets", "check tickett", "check ticket") == (None, None)
    assert matched("check ticket", "check ticket", "CHECK TICKET") == ("check ticket", "exact")


def test_the_better_match_comes_first_and_an_activity_is_one_label() -> None:
    found = match_labels(["Send offers", "Send offer"], ["Send offer"])
    assert [one.activity for one in found] == [None, "Send offer"]
    assert [one.activity for one in match_labels(["PAY ", "pay."], ["pay"])] == ["pay", "pay"]  # two ways to write one


def test_what_is_told_comes_before_all() -> None:
    told = {"Check ticket": "check it", "Archive": "null", "Pay": ""}
    found = match_labels(["Check ticket", "Archive", "Pay", "Send"], ["Archive", "check it", "pay", "Send"], told)
    assert found == [
        LabelMatch("Check ticket", "check it", "process.yaml"),
        LabelMatch("Archive", None, "process.yaml"),
        LabelMatch("Pay", None, "process.yaml"),
        LabelMatch("Send", "Send", "exact"),
    ]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"Chek": "b"}, r"label_matches: 'Chek' is no label \(did you mean 'Check'\?\) of reference.bpmn"),
        ({"Check": "chek it"}, r"Check: 'chek it' is no label \(did you mean 'check it'\?\) of the log"),
    ],
)
def test_what_is_told_of_nothing_is_refused(told: dict[str, str], why: str) -> None:
    with pytest.raises(InputError, match=why):
        match_labels(["Check"], ["check it", "b"], told)


def test_events_take_what_no_activity_means() -> None:
    found = match_labels(["Pay"], ["pay", "Order received"], events=["pay", "Order received", "Start"])
    assert [one.activity for one in found] == ["pay", None, "Order received", None]


_NAMES = st.lists(st.text("ab c", min_size=1, max_size=6).filter(str.strip), max_size=6, unique=True)


@given(_NAMES, _NAMES)
@settings(max_examples=50)
def test_labels_that_are_written_differently_are_never_one_activity(labels: list[str], activities: list[str]) -> None:
    found = match_labels(labels, activities)
    assert [one.label for one in found] == labels
    assert all(one.activity in activities for one in found if one.activity is not None)
    assert all(one.activity == one.label for one in found if one.label in activities)
    forms: dict[str, set[str]] = {}
    for one in found:
        if one.activity is not None:
            forms.setdefault(one.activity, set()).add(one.label.replace(" ", ""))
    assert all(len(labels_of) == 1 for labels_of in forms.values())
