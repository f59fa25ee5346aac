"""A rule in one plain sentence: our own, from its structure and figures; and whether a model's may stand instead.

Add here what a sentence about a rule says or may not say. What is asked of a model is in `proposals`.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bpa_assets.rule_set.share_text import share_text

LONGEST_SENTENCE = 300

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|<>|!=|[<>]=?|=|[(),]|[^\s()<>=!,'"]+""")
_SIGNS = {
    ">": "is above", ">=": "is at least", "<": "is below", "<=": "is at most",
    "=": "is", "<>": "is not", "!=": "is not", "between": "is between",
}  # fmt: skip
_PHRASES = (
    (("is", "not", "null"), "is known"),
    (("is", "null"), "is not known"),
    (("not", "in", "("), "is none of"),
    (("in", "("), "is one of"),
)
_FORETOLD = {
    "sla_breach": "the case breaks a limit",
    "bad_outcome": "the case ends badly",
    "rework": "work is done again",
    "end": "the case ends",
}
_NUMBER = re.compile(r"\d[\d.,]*\w*")
_SAID_NUMBERS = {
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty"),
    *("sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands", "million", "millions"),
    *("billion", "dozen", "dozens", "half", "halves", "third", "thirds", "quarter", "quarters", "fifth", "tenth"),
    *("twice", "thrice", "double", "doubles", "triple", "triples", "majority"),
    *("always", "never", "guaranteed", "guarantees", "certainly"),  # these claim a hundred percent
}


def explanation(row: Mapping[str, Any]) -> str:
    """One sentence about a rule, of its parts and figures.

    `When amount is above 500 after Create Fine, Send Fine follows in 92% of 1,170 later cases (71% in all).`
    `row`: columns at, condition, kind, foretells of `rule_set`, and confidence, support, base_rate, holdout_precision,
    holdout_support, holdout_base_rate as far as they are known. Counts below 100 as they are.
    """
    begin = _when(row["at"]) if row["condition"] == "true" else f"when {in_words(row['condition'])} {_when(row['at'])}"
    return f"{begin[:1].upper()}{begin[1:]}, {_then(row)}{_figures(row)}."


def in_words(condition: str) -> str:
    """A condition as words: `amount is above 500 and last role is one of “Clerk”, “Manager”`."""
    tokens = _TOKEN.findall(condition)
    words: list[str] = []
    in_list, place = False, 0
    while place < len(tokens):
        phrase, taken = _phrase(tokens, place)
        word = tokens[place]
        if phrase:
            words.append(phrase)
            in_list = in_list or phrase.endswith("of")
        elif in_list and word == ")":
            in_list = False
        elif word in (",", ")") and words:
            words[-1] += word
        else:
            words.append(_word(word))
        place += taken
    return " ".join(words).replace("( ", "(")


def figures(row: Mapping[str, Any]) -> dict[str, int]:
    """The figures of a rule that a sentence may state: cases, and shares in percent; only those that are known."""
    later = row.get("holdout_precision") is not None
    rate, count, base = (
        ("holdout_precision", "holdout_support", "holdout_base_rate")
        if later
        else ("confidence", "support", "base_rate")
    )
    found = {"later_cases" if later else "cases": row.get(count)}
    found["percent_of_these"] = _percent(row.get(rate))
    found["percent_in_all"] = _percent(row.get(base))
    return {name: int(value) for name, value in found.items() if value is not None}


def may_stand(sentence: str, given: str) -> str:
    """Why a model's sentence may not stand; nothing if it may. `given`: all that the model was told of the rule.

    It may hold no number, in digits or in English words, that was not given: the model computes none. Nor an address,
    a tag, or more than one line.
    """
    if not sentence.strip() or len(sentence) > LONGEST_SENTENCE:
        return f"it is empty or longer than {LONGEST_SENTENCE} characters"
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for sign in sentence):
        return "it is not one line of plain text"
    if any(sign in sentence.lower() for sign in ("://", "www.", "mailto:", "javascript:", "<", "`", "](")):
        return "it holds an address or a tag"
    known = _numbers(given)
    for number in sorted(_numbers(sentence) - known):
        return f"it states {number}, which it was not given"
    for sign in sorted(set(sentence) - set(given)):
        if not sign.isascii() and unicodedata.numeric(sign, None) is not None:
            return f"it states {sign}, which it was not given"
    for word in sorted(_said(sentence) - _said(given)):
        return f"it says '{word}', which it was not given"
    return ""


def _numbers(text: str) -> set[str]:
    return {_plain(found.rstrip(".,_")) for found in _NUMBER.findall(text)}


def _plain(number: str) -> str:
    """`1,000`, `1000` and `1000.0` are one number; `5k` is not 5."""
    try:
        return f"{float(number.replace(',', '')):.15g}" if number.isascii() and "_" not in number else number
    except ValueError:
        return number


def _said(text: str) -> set[str]:
    return _SAID_NUMBERS & set(re.findall(r"[a-z]+", text.lower()))


def _phrase(tokens: list[str], place: int) -> tuple[str, int]:
    for phrase, words in _PHRASES:
        if tuple(token.lower() for token in tokens[place : place + len(phrase)]) == phrase:
            return words, len(phrase)
    return "", 1


def _word(token: str) -> str:
    if token.startswith("'"):
        return "“" + token[1:-1].replace("''", "'") + "”"
    if token.startswith('"'):
        return token[1:-1].replace('""', '"')
    if token.lower() in _SIGNS:
        return _SIGNS[token.lower()]
    return "" if token.lower() in ("date", "timestamp") else token.replace("_", " ")


def _when(at: str) -> str:
    before = at.partition(" → ")[0].removeprefix("after ")
    return "at the start" if before == "start" else f"after {before}"


def _then(row: Mapping[str, Any]) -> str:
    said = _FORETOLD.get(row["foretells"])
    if row["kind"] == "decision":
        return said if row["foretells"] == "end" and said else f"{row['foretells']} follows"
    return f"{said or row['foretells']} later on"


def _figures(row: Mapping[str, Any]) -> str:
    if row.get("never_fires"):
        return "; no case of this log meets the condition"
    later = row.get("holdout_precision") is not None
    rate = row.get("holdout_precision" if later else "confidence")
    base = row.get("holdout_base_rate" if later else "base_rate")
    if rate is None:
        return ""
    count = row.get("holdout_support" if later else "support")
    few = count is not None and count < 100
    share = f"{round(rate * count)} of {count}" if few else f"{share_text(rate)} of {count or 0:,}"
    compared = f" ({share_text(base)} in all)" if base is not None else ""
    return f" in {share} {'later ' if later else ''}cases{compared}"


def _percent(rate: float | None) -> int | None:
    """In whole percent; none but all is 100, none but nothing is 0."""
    if rate is None:
        return None
    return round(rate * 100) if rate in (0, 1) else min(max(round(rate * 100), 1), 99)
