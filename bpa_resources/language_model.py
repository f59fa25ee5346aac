"""Asks a language model, on any server that speaks OpenAI's protocol, within a budget of seconds and tokens.

Add here what holds for whatever is asked: the budget, the bounds, how an answer is kept. What is asked and what becomes
of an answer belongs to the stage that asks. Nothing here raises: a model that is off, slow, down or talks nonsense is
an `Answer` that says so. The key appears in no message, log, file or answer.
"""

import json
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from bpa_resources.chat_completion import (
    LONGEST_ANSWER_BYTES,
    Message,
    UnusableError,
    estimated_tokens,
    reply_within,
)
from bpa_resources.environment import LanguageModelSettings, language_model
from bpa_resources.errors import InputError
from bpa_resources.publication import replace_file

LONGEST_ANSWER_TOKENS = 4_000
KEPT_ANSWERS = 500

_LEAST_ANSWER_TOKENS = 50


@dataclass(frozen=True)
class Answer:
    """What became of a question: `off`, `answered` (then `content` is a JSON object) or `failed`; `why` in a sentence.

    Tokens and cost are those of this call: none when the answer had been kept. `cost` is null without `BPA_LLM_PRICE`.
    """

    status: Literal["off", "answered", "failed"]
    why: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    seconds: float = 0.0
    kept: bool = False


class LanguageModel:
    """The model that the settings name, and what is left of its budget."""

    def __init__(self, settings: LanguageModelSettings | None, answers: Path, problem: str = "") -> None:
        self._settings, self._answers, self._problem = settings, answers, problem
        self._seconds = settings.seconds if settings else 0.0
        self._tokens = settings.tokens if settings else 0

    def ask(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> Answer:
        """Ask for a JSON object of this JSON Schema; the caller checks what it says. Never raises.

        Every call takes from the same budget of seconds and tokens. The same question to the same model gets the answer
        it got before, from the folder of answers.
        """
        if self._problem:
            return Answer("failed", self._problem)
        if self._settings is None:
            return Answer("off", "no language model is set (BPA_LLM_URL and BPA_LLM_MODEL)")
        file = self._answers / f"{question_id(self._settings.model, messages, schema)}.json"
        if (content := _kept(file)) is not None:
            return Answer("answered", content=content, kept=True, cost=self._cost(0, 0))
        begun = time.monotonic()
        answer = self._ask(self._settings, messages, schema, file)
        seconds = time.monotonic() - begun
        self._seconds -= seconds
        self._tokens -= answer.tokens_in + answer.tokens_out
        return replace(answer, seconds=seconds)

    def _ask(
        self, settings: LanguageModelSettings, messages: Sequence[Message], schema: Mapping[str, Any], file: Path
    ) -> Answer:
        question = estimated_tokens(messages, schema)
        longest = min(LONGEST_ANSWER_TOKENS, self._tokens - question)
        if longest < _LEAST_ANSWER_TOKENS:
            why = f"the question takes about {question} tokens and BPA_LLM_TOKENS leaves {max(self._tokens, 0)}"
            return Answer("failed", why)
        if self._seconds <= 0:
            return Answer("failed", f"the {settings.seconds:g} s of BPA_LLM_SECONDS are used up")
        try:
            reply = reply_within(self._seconds, settings, messages, schema, longest)
        except UnusableError as error:
            return Answer("failed", str(error))
        content = _object(reply.text)
        problem = reply.problem or ("" if content is not None else "the model answered no JSON object")
        said = (reply.text, json.dumps(content, ensure_ascii=False))
        if len(settings.key) >= 8 and any(settings.key in text for text in said):
            problem = "the answer held the key, so it was thrown away"
        answer = Answer(
            "failed", problem, tokens_in=reply.tokens_in, tokens_out=reply.tokens_out,
            cost=self._cost(reply.tokens_in, reply.tokens_out),
        )  # fmt: skip
        if problem or content is None:
            return answer
        _keep(file, content, settings.model)
        return replace(answer, status="answered", content=content)

    def _cost(self, tokens_in: int, tokens_out: int) -> float | None:
        if self._settings is None or self._settings.prices is None:
            return None
        read, written = self._settings.prices
        return (tokens_in * read + tokens_out * written) / 1e6


def open_language_model(answers: Path) -> LanguageModel:
    """The model that the environment names; one whose settings make no sense fails at each question, with why."""
    try:
        return LanguageModel(language_model(), answers)
    except InputError as error:
        return LanguageModel(None, answers, problem=str(error))


def question_id(model: str, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
    """SHA-256 of model, messages and schema: what an answer is kept under."""
    content = {"model": model, "messages": [[part.role, part.text] for part in messages], "schema": schema}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _kept(file: Path) -> dict[str, Any] | None:
    """The answer that lies there; none if none, or if what lies there is not one of ours."""
    try:
        if file.stat().st_size > 4 * LONGEST_ANSWER_BYTES:
            return None
        content = json.loads(file.read_text(encoding="utf-8"))["content"]
        os.utime(file)  # the oldest that nobody asks for is forgotten first
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _keep(file: Path, content: Mapping[str, Any], model: str) -> None:
    """Keep an answer, and only so many; a folder that cannot be written costs a question next time, nothing else."""
    try:
        replace_file(file, json.dumps({"model": model, "content": content}, indent=1).encode())
        aged = sorted((other.stat().st_mtime, other) for other in file.parent.glob("*.json"))
        for _, other in aged[:-KEPT_ANSWERS]:
            other.unlink(missing_ok=True)
    except OSError as error:
        logging.getLogger(__name__).warning("an answer could not be kept (%s)", type(error).__name__)


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is: alone, after what the model thought aloud, or fenced; else none."""
    text = re.sub(r"\A\s*<think>.*?</think>", "", text, flags=re.DOTALL).strip()
    if text.startswith("```") and text.endswith("```"):
        text = text.removeprefix("```json").strip("`")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()  # half a character, 1e999
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
