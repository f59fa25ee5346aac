"""Which activity of the log a label of the reference model means: as it is written, else nearly so, else as told."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bpa_resources.errors import InputError

How = Literal["process.yaml", "exact", "folded", "spelling"]

_LONG_WORD = 4
_WORD = re.compile(r"[^\W_]+")
_NOBODY = ("", "null", "~")


@dataclass(frozen=True)
class LabelMatch:
    """A label of the reference model, the activity of the log it means (None: none), and how that was told."""

    label: str
    activity: str | None
    how: How | None


def match_labels(
    labels: Sequence[str],
    activities: Collection[str],
    told: Mapping[str, str] | None = None,
    *,
    events: Sequence[str] = (),
) -> list[LabelMatch]:
    """Match the labels of activities, then those of events, in their order; `told`: label_matches of process.yaml.

    As written; else with the same letters and digits, whatever the case, blanks, punctuation and accents; else word by
    word with at most one slip in a word of four letters or more, if each is the other's only nearest. Events match
    what no activity of the model does. Errors: InputError for a name in `told` that neither has.
    """
    told = told or {}
    _check_told(told, [*labels, *events], activities)
    found: dict[str, LabelMatch] = {}
    for group in (labels, events):
        found |= {label: _told(label, told[label], activities) for label in group if label in told}
        for match in (_exact, _folded, _spelt):
            open_labels = [label for label in group if label not in found]
            taken = {one.activity for one in found.values()}
            found |= match(open_labels, [one for one in activities if one not in taken])
    return [found.get(label, LabelMatch(label, None, None)) for label in (*labels, *events)]


def folded(label: str) -> str:
    """The letters and digits of a label in lower case, without accents; all of it but blanks if it has none."""
    plain = unicodedata.normalize("NFKD", label).casefold()
    return "".join(one for one in plain if one.isalnum()) or "".join(plain.split())


def _told(label: str, name: str, activities: Collection[str]) -> LabelMatch:
    return LabelMatch(label, name if name in activities else None, "process.yaml")


def _check_told(told: Mapping[str, str], labels: Collection[str], activities: Collection[str]) -> None:
    for label, name in told.items():
        if label not in labels:
            raise InputError(f"process.yaml: label_matches: {_unknown(label, labels)} of reference.bpmn; correct it")
        if name not in activities and name not in _NOBODY:
            raise InputError(
                f"process.yaml: label_matches: {label}: {_unknown(name, activities)} of the log; correct it, "
                "or write null if the log does not record it"
            )


def _unknown(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name[:200], [one[:200] for one in known], n=1)
    return f"'{name[:200]}' is no label{f' (did you mean {near[0]!r}?)' if near else ''}"


def _exact(labels: Sequence[str], activities: Collection[str]) -> dict[str, LabelMatch]:
    known = set(activities)
    return {label: LabelMatch(label, label, "exact") for label in labels if label in known}


def _folded(labels: Sequence[str], activities: Collection[str]) -> dict[str, LabelMatch]:
    """Several labels may be one activity; one label is never one of several activities."""
    by_form: dict[str, list[str]] = {}
    for activity in activities:
        by_form.setdefault(folded(activity), []).append(activity)
    alike = {label: by_form.get(folded(label), []) for label in labels}
    return {label: LabelMatch(label, found[0], "folded") for label, found in alike.items() if len(found) == 1}


def _spelt(labels: Sequence[str], activities: Collection[str]) -> dict[str, LabelMatch]:
    slips = _slips(labels, activities)
    near = {label: _only_nearest((slips[pair], pair[1]) for pair in slips if pair[0] == label) for label in labels}
    back = {one: _only_nearest((slips[pair], pair[0]) for pair in slips if pair[1] == one) for one in activities}
    return {
        label: LabelMatch(label, activity, "spelling")
        for label, activity in near.items()
        if activity is not None and back[activity] == label
    }


def _slips(labels: Iterable[str], activities: Collection[str]) -> dict[tuple[str, str], int]:
    """How many words differ by a slip, of the pairs whose words are otherwise the same, one for one."""
    by_length: dict[int, list[tuple[str, list[str]]]] = {}
    for activity in activities:
        words = _words(activity)
        by_length.setdefault(len(words), []).append((activity, words))
    found = {}
    for label in labels:
        words = _words(label)
        for activity, others in by_length.get(len(words), []):
            if words and all(one == other or _is_slip(one, other) for one, other in zip(words, others, strict=True)):
                found[label, activity] = sum(one != other for one, other in zip(words, others, strict=True))
    return found


def _words(label: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", label).casefold()
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def _is_slip(one: str, other: str) -> bool:
    """Whether a word is another with a letter more, less or other, or two changed about; their first is the same."""
    if min(len(one), len(other)) < _LONG_WORD or abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    if not (one.isalpha() and other.isalpha()):
        return False
    begin = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if begin is None:
        return True
    rest, others = one[begin:], other[begin:]
    swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]


def _only_nearest(candidates: Iterable[tuple[int, str]]) -> str | None:
    """The one with the fewest slips, if no other has as few."""
    ordered = sorted(candidates)
    if not ordered or (len(ordered) > 1 and ordered[0][0] == ordered[1][0]):
        return None
    return ordered[0][1]
