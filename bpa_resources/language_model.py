"""Asks a language model, on any server that speaks OpenAI's protocol, within a budget of seconds and tokens.

Add here what holds for whatever is asked: the budget, the bounds, how an answer is kept. What is asked and what becomes
of an answer belongs to the stage that asks. Nothing here raises: a model that is off, slow, down or talks nonsense is
an `Answer` that says so. The key appears in no message, log, file or answer.
"""

import asyncio
import json
import logging
import math
import os
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bpa_resources.environment import LanguageModelSettings, language_model
from bpa_resources.errors import InputError
from bpa_resources.publication import replace_file

if TYPE_CHECKING:
    import httpx2
    import openai

LONGEST_ANSWER_TOKENS = 4_000
LONGEST_ANSWER_BYTES = 1 << 20
KEPT_ANSWERS = 500

_SEED = 1
_RETRIES = 2
_LEAST_ANSWER_TOKENS = 50
_BYTES_A_TOKEN = 3  # fewer than any tokenizer in use needs for text: the estimate is rather too high
_RAW = "x-stainless-raw-response"  # by it the client knows, when the answer is there, that it is wanted as it came
_HEADERS = {"host", "accept", "content-type", "content-length", "connection", _RAW}
_REFUSED_OPTION = {400, 415, 422, 501}


@dataclass(frozen=True)
class Message:
    """What is said to the model: `system` instructs it, `user` holds data."""

    role: Literal["system", "user"]
    text: str


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


@dataclass(frozen=True)
class _Reply:
    text: str
    tokens_in: int
    tokens_out: int
    problem: str = ""


class _UnusableError(Exception):
    """The server's reply is not what can be used; the text says why."""


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
        question = _estimate(messages, schema)
        longest = min(LONGEST_ANSWER_TOKENS, self._tokens - question)
        if longest < _LEAST_ANSWER_TOKENS:
            why = f"the question takes about {question} tokens and BPA_LLM_TOKENS leaves {max(self._tokens, 0)}"
            return Answer("failed", why)
        if self._seconds <= 0:
            return Answer("failed", f"the {settings.seconds:g} s of BPA_LLM_SECONDS are used up")
        try:
            reply = _within(self._seconds, settings, messages, schema, longest)
        except _UnusableError as error:
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


def _estimate(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    """Tokens that a question takes at most, near enough: the schema is counted too, most servers are told it."""
    size = sum(len(part.text.encode()) for part in messages) + len(json.dumps(schema))
    return math.ceil(size / _BYTES_A_TOKEN)


def _within(
    seconds: float,
    settings: LanguageModelSettings,
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    longest: int,
) -> _Reply:
    """The reply within so many seconds, whatever the server does; raises _UnusableError.

    In a thread with an event loop of its own: a deadline that cuts every wait at once (a read time-out starts again
    with each byte), from wherever it is called. Looking up a host's name cannot be cut, so the thread is left behind.
    """
    found: list[_Reply | _UnusableError] = []

    def speak() -> None:
        try:
            found.append(asyncio.run(_reply(seconds, settings, messages, schema, longest)))
        except _UnusableError as error:
            found.append(error)
        except Exception as error:  # told by its kind: its text may hold what the server said
            found.append(_UnusableError(f"the language model cannot be asked ({type(error).__name__})"))

    import openai  # noqa: F401  # here, so that loading it takes nothing from the budget

    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that they log addresses and what is asked
    thread = threading.Thread(target=speak, daemon=True, name="language-model")
    thread.start()
    thread.join(seconds + 1)
    result = found[0] if found else _UnusableError(_late(seconds))
    if isinstance(result, _UnusableError):
        raise result
    return result


def _late(seconds: float) -> str:
    return f"the language model gave no whole answer within the {seconds:.3g} s left of BPA_LLM_SECONDS"


async def _reply(
    seconds: float,
    settings: LanguageModelSettings,
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    longest: int,
) -> _Reply:
    import httpx2
    import openai

    try:
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(
                follow_redirects=False,
                timeout=seconds,
                event_hooks={"request": [_only_ours(settings.key)], "response": [_bound]},
            ) as connection,
        ):
            client = openai.AsyncOpenAI(
                base_url=settings.url, api_key=settings.key or "none", http_client=connection, max_retries=_RETRIES
            )  # fmt: skip
            body = await _body(client, settings.model, messages, schema, longest)
    except TimeoutError:
        raise _UnusableError(_late(seconds)) from None
    except openai.APIStatusError as error:
        raise _UnusableError(_refusal(error.status_code, settings.model)) from None
    except openai.APIConnectionError as error:
        if isinstance(error.__cause__, _UnusableError):
            raise error.__cause__ from None
        raise _UnusableError(
            f"the language model does not answer ({type(error.__cause__ or error).__name__})"
        ) from None
    return _read(body, _estimate(messages, schema))


def _refusal(status: int, model: str) -> str:
    """A sentence about an HTTP status. Never the server's own words: they may hold the key, or anything."""
    reasons = {401: ": BPA_LLM_KEY is refused", 403: ": BPA_LLM_KEY is refused", 429: ": too many requests"}
    reasons[404] = f": no model '{model}' there, or BPA_LLM_URL lacks its last part (/v1)"
    reason = ": it redirects elsewhere, which is not followed" if 300 <= status < 400 else reasons.get(status, "")
    return f"the language model's server answered {status}{reason}"


async def _body(
    client: "openai.AsyncOpenAI", model: str, messages: Sequence[Message], schema: Mapping[str, Any], longest: int
) -> bytes:
    """What the server answers, with the strictest form and the options that it takes."""
    import openai

    refused: set[str] = set()
    while True:
        options = _options(messages, schema, longest, refused)
        try:
            raw = await client.chat.completions.with_raw_response.create(model=model, **options)
            return bytes(raw.http_response.content)
        except openai.APIStatusError as error:
            option = _refused_option(error, options) if error.status_code in _REFUSED_OPTION else None
            if option is None or option in refused:
                raise
            refused.add(option)


def _options(messages: Sequence[Message], schema: Mapping[str, Any], longest: int, refused: set[str]) -> dict[str, Any]:
    """The request: an answer of the schema, as far as the server can be bound to it; else the schema is told."""
    parts = [{"role": part.role, "content": part.text} for part in messages]
    options: dict[str, Any] = {"messages": parts, "temperature": 0, "seed": _SEED, "max_tokens": longest}
    if "json_schema" not in refused:
        named = {"name": "answer", "strict": True, "schema": dict(schema)}
        options["response_format"] = {"type": "json_schema", "json_schema": named}
    else:
        told = f"\n\nAnswer with one JSON object of this JSON Schema and nothing else:\n{json.dumps(schema)}"
        parts[0] = {**parts[0], "content": parts[0]["content"] + told}
        if "json_object" not in refused:
            options["response_format"] = {"type": "json_object"}
    if "max_tokens" in refused:  # the newer name, of models that think first
        options["max_completion_tokens"] = options["max_tokens"]
    return {name: value for name, value in options.items() if name not in refused}


def _refused_option(error: "openai.APIStatusError", options: Mapping[str, Any]) -> str | None:
    """Which option to leave out: the one that the server names, else the form of the answer, one step looser."""
    said = error.message if isinstance(error.message, str) else ""
    for option in ("temperature", "seed", "max_tokens"):
        if option in options and (error.param == option or f"'{option}'" in said):
            return option
    form = options.get("response_format")
    return form["type"] if form else None


def _only_ours(key: str) -> Callable[["httpx2.Request"], Awaitable[None]]:
    """Send the headers that are needed: the client adds what it finds in the environment, and what machine this is."""

    async def clean(request: "httpx2.Request") -> None:
        for name in set(request.headers) - _HEADERS:
            del request.headers[name]
        request.headers.update({"Accept-Encoding": "identity", "User-Agent": "bpa"})
        if key:
            request.headers["Authorization"] = f"Bearer {key}"

    return clean


async def _bound(response: "httpx2.Response") -> None:
    """Let no answer fill the memory: so many bytes, and none that are packed."""
    import httpx2

    if response.headers.get("content-encoding", "identity") != "identity":
        raise _UnusableError("the language model's server packs its answers, which was not asked for")
    whole = response.stream

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in whole:  # type: ignore[union-attr]
                size += len(part)
                if size > LONGEST_ANSWER_BYTES:
                    raise _UnusableError(f"the answer is longer than {LONGEST_ANSWER_BYTES:,} bytes")
                yield part

        async def aclose(self) -> None:
            await whole.aclose()  # type: ignore[union-attr]

    response.stream = Bounded()


def _read(body: bytes, question: int) -> _Reply:
    """What a chat completion says; tokens as the server counts them, by our estimate where it counts none."""
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        message = choice["message"]
        text, refusal, end = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _UnusableError("the language model's server does not speak OpenAI's protocol") from None
    usage = completion.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    text = text if isinstance(text, str) else ""
    written = math.ceil(len(text.encode(errors="replace")) / _BYTES_A_TOKEN)
    problem = ""
    if refusal or end == "content_filter":
        problem = "the model refused to answer"
    elif end == "length":
        problem = "the answer was cut off at the longest that was allowed"
    return _Reply(text, _count(usage, "prompt_tokens", question), _count(usage, "completion_tokens", written), problem)


def _count(usage: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < 1 << 40 else otherwise


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
