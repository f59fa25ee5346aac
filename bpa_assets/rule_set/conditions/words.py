"""The text of a condition as a closed set of words: what goes on to a parser holds nothing that a person wrote.

Each name becomes the number of its place in a list, in double quotes, each value such a number without; what is left
are the words and signs of the language. Anything else is refused here, by name. Add a word here when the language
learns one; what the words mean together stays out.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from bpa_assets.durations import seconds_from_text
from bpa_assets.rule_set.conditions.tree import Literal
from bpa_assets.rule_set.feature import Feature
from bpa_resources.yaml_lines import did_you_mean, shown

LONGEST, DEEPEST, MOST_VALUES = 2000, 20, 100
"""Characters, brackets in brackets (or `not` after `not`), and values of one condition."""

_WORDS = {
    TokenType.AND: "and", TokenType.OR: "or", TokenType.NOT: "not", TokenType.IN: "in", TokenType.BETWEEN: "between",
    TokenType.IS: "is", TokenType.NULL: "null", TokenType.TRUE: "true", TokenType.FALSE: "false",
    TokenType.L_PAREN: "(", TokenType.R_PAREN: ")", TokenType.COMMA: ",", TokenType.EQ: "=", TokenType.NEQ: "<>",
    TokenType.LT: "<", TokenType.LTE: "<=", TokenType.GT: ">", TokenType.GTE: ">=",
}  # fmt: skip
_BEFORE_A_SIGN = ("=", "<>", "<", "<=", ">", ">=", "(", ",", "between", "and")
_BEYOND = {
    ";": "a semicolon", "?": "a parameter (?)", "$": "a parameter ($)", ":": "a parameter (:)", "@": "a parameter (@)",
    "::": "a cast (::)", "*": "arithmetic (*)", "+": "arithmetic (+)", "-": "arithmetic (-)", "/": "arithmetic (/)",
    "%": "arithmetic (%)", "^": "arithmetic (^)", "||": "joining texts (||)", "select": "a subquery (select)",
    "with": "a subquery (with)", "like": "like", "ilike": "like", "exists": "a subquery (exists)",
}  # fmt: skip
_PART = r"[0-9]+(?:\.[0-9]+)? ?[wdhms]"
_DURATION = re.compile(rf"{_PART}(?: ?{_PART})*(?![\w.])")
_ZERO = re.compile(r"0+(\.0+)? ?[wdhms]")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?")


class RefusedCondition(Exception):  # noqa: N818 - it says what became of the condition
    """A text that is no condition of the language; `reason`: why, in one sentence without a full stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Words:
    """A condition in closed words, beside what each stood for in the text."""

    words: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)

    def add(self, word: str, written: str) -> None:
        """One more word."""
        self.words.append(word)
        self.written.append(written)

    def add_name(self, name: str, written: str) -> None:
        """The name of a feature."""
        self.add(f'"{len(self.names)}"', written)
        self.names.append(name)

    def add_literal(self, literal: Literal, written: str) -> None:
        """A value."""
        if len(self.literals) == MOST_VALUES:
            raise RefusedCondition(f"it has more than {MOST_VALUES} values")
        self.add(str(len(self.literals)), written)
        self.literals.append(literal)


def closed_words(text: str, features: Mapping[str, Feature]) -> Words:
    """The words of a condition. Raises RefusedCondition."""
    found = Words()
    text, tokens = _tokens(text)
    place = 0
    while place < len(tokens):
        place += _take(tokens, place, text, features, found)
    _check_depth(found.words)
    return found


def _tokens(text: str) -> tuple[str, list[Token]]:
    """The tokens, and the text that their places are of."""
    if not text.strip():
        raise RefusedCondition("it is empty; write a condition, or true for every case")
    if len(text) > LONGEST:
        raise RefusedCondition(f"it is longer than {LONGEST} characters")
    bad = next((character for character in text if _is_bad(character)), "")
    if bad:
        raise RefusedCondition(f"it holds a control character ({bad!r})")
    text = f"({text}"  # as the first word of all `call` or `fetch` would be a command that swallows the rest
    try:
        tokens: list[Token] = Dialect.get_or_raise("duckdb").tokenize(text)[1:]
    except SqlglotError as error:
        raise RefusedCondition("a quote is opened and not closed") from error
    end = 1
    for token in [*tokens, None]:
        if gap := text[end : token.start if token else len(text)].strip():
            comment = gap.startswith(("--", "/*"))
            raise RefusedCondition("a comment is not in the language" if comment else f"{shown(gap)} is not read")
        end = token.end + 1 if token else end
    return text, tokens


def _is_bad(character: str) -> bool:
    """Controls but white space, halves of characters, and what reverses the order in which text is shown."""
    turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return turns or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t\r")


def _take(tokens: list[Token], place: int, text: str, features: Mapping[str, Feature], found: Words) -> int:
    """Take the word at `place`; returns how many tokens it was."""
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    written = text[token.start : token.end + 1]
    if written[0] in "'\"" and any(sign in token.text for sign in "\n\t\r"):
        raise RefusedCondition(f"{shown(token.text)} is not one line")
    if token.token_type == TokenType.NUMBER:
        return _number(tokens, place, text, found, sign="")
    if written == "-" and following and following.token_type == TokenType.NUMBER and _signed(found.words):
        return 1 + _number(tokens, place + 1, text, found, sign="-")
    if token.token_type == TokenType.STRING and written.startswith("'"):
        found.add_literal(Literal("text", token.text), written)
        return 1
    if written.lower() in ("date", "timestamp") and following and following.token_type == TokenType.STRING:
        found.add_literal(_time(following.text), f"{written} {shown(following.text)}")
        return 2
    if token.token_type in _WORDS:
        found.add(_WORDS[token.token_type], written)
        return 1
    if following and following.token_type == TokenType.L_PAREN and written.lower() not in _BEYOND:
        raise RefusedCondition(f"the function {shown(written)} is not in the language")
    found.add_name(_name(token, written, features), written)
    return 1


def _signed(words: list[str]) -> bool:
    return bool(words) and words[-1] in _BEFORE_A_SIGN


def _number(tokens: list[Token], place: int, text: str, found: Words, *, sign: str) -> int:
    begin = tokens[place].start
    if duration := _DURATION.match(text, begin):
        if sign:
            raise RefusedCondition(f"a duration is not negative ({sign}{duration[0]})")
        found.add_literal(Literal("duration", _seconds(duration[0])), duration[0])
        return sum(1 for token in tokens[place:] if token.start < duration.end())
    written = text[begin : tokens[place].end + 1]
    if not _NUMBER.fullmatch(written):
        raise RefusedCondition(f"{shown(written)} is not a number; write 500, 0.5 or 1e6")
    found.add_literal(Literal("number", _exact(sign + written)), sign + written)
    return 1


def _seconds(text: str) -> float:
    if _ZERO.fullmatch(text):
        return 0.0
    try:
        return seconds_from_text(text)
    except ValueError as error:
        raise RefusedCondition(f"{shown(text)} {error}") from error


def _exact(text: str) -> int | float:
    """A whole number as one while it is exact in a double or was written whole; -0 is 0."""
    if text.lstrip("-").isdigit() and abs(int(text)) < 1 << 63:
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise RefusedCondition(f"{shown(text)} is larger than any number here")
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


def _time(text: str) -> Literal:
    try:
        if _TIME.fullmatch(text):
            return Literal("time", datetime.fromisoformat(text))
    except ValueError:
        pass
    raise RefusedCondition(f"{shown(text)} is not a date; write date '2024-01-31' or timestamp '2024-01-31 08:30'")


def _name(token: Token, written: str, features: Mapping[str, Feature]) -> str:
    """The feature that a word names: as it stands, else without regard to case. Raises RefusedCondition."""
    quoted = token.token_type == TokenType.IDENTIFIER and written.startswith('"')
    said = token.text if quoted else written
    if said in features:
        return said
    alike = [name for name in features if name.casefold() == said.casefold()]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise RefusedCondition(f"{shown(said)} may be {' or '.join(map(shown, alike))}; write it exactly")
    if not quoted and said.lower() in _BEYOND:
        raise RefusedCondition(f"{_BEYOND[said.lower()]} is not in the language")
    if not quoted and not re.match(r"[^\W\d]", said):
        raise RefusedCondition(f"{shown(said)} is not in the language; names with odd characters need double quotes")
    hint = did_you_mean(said, features)
    odd = next((character for character in said if not character.isascii()), "")
    if odd and hint.isascii() and hint:
        hint += f" (it holds {unicodedata.name(odd, 'an odd character')})"
    if not hint and quoted:
        hint = "; a text is written in single quotes"
    raise RefusedCondition(f"unknown name {shown(said)}{hint}")


def _check_depth(words: list[str]) -> None:
    """Bounds what a parser has to go down; `not`s in all, since each may hold the next."""
    depth = deepest = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        deepest = max(deepest, depth)
    if deepest > DEEPEST or words.count("not") > MOST_VALUES or _longest_run(words, "not") > DEEPEST:
        raise RefusedCondition(f"it is nested deeper than {DEEPEST}")


def _longest_run(words: list[str], wanted: str) -> int:
    longest = run = 0
    for word in words:
        run = run + 1 if word == wanted else 0
        longest = max(longest, run)
    return longest
