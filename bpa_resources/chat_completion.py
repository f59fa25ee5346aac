"""Speaks OpenAI's protocol with a server that may be slow, down, broken or hostile: one question, one bounded reply.

Add here what holds for any such server; the budget of a run and what is kept is in `language_model`. Whatever happens
is a reply or an `UnusableError`, whose text holds nothing that the server said.
"""

import asyncio
import json
import logging
import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bpa_resources.environment import LanguageModelSettings

if TYPE_CHECKING:
    import httpx2
    import openai

LONGEST_ANSWER_BYTES = 1 << 20

_SEED = 1
_RETRIES = 2
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
class Reply:
    """What the model said, and what it took; `problem`: why it is no whole answer, in a sentence."""

    text: str
    tokens_in: int
    tokens_out: int
    problem: str = ""


class UnusableError(Exception):
    """There is no reply that can be used; the text says why."""


def estimated_tokens(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    """Tokens that a question takes at most, near enough: the schema is counted too, most servers are told it."""
    size = sum(len(part.text.encode()) for part in messages) + len(json.dumps(schema))
    return math.ceil(size / _BYTES_A_TOKEN)


def reply_within(
    seconds: float,
    settings: LanguageModelSettings,
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    longest: int,
) -> Reply:
    """The reply within so many seconds, whatever the server does; raises UnusableError.

    In a thread with an event loop of its own: a deadline that cuts every wait at once (a read time-out starts again
    with each byte), from wherever it is called. Looking up a host's name cannot be cut, so the thread is left behind.
    """
    found: list[Reply | UnusableError] = []

    def speak() -> None:
        try:
            found.append(asyncio.run(_reply(seconds, settings, messages, schema, longest)))
        except UnusableError as error:
            found.append(error)
        except Exception as error:  # told by its kind: its text may hold what the server said
            found.append(UnusableError(f"the language model cannot be asked ({type(error).__name__})"))

    import openai  # noqa: F401  # here, so that loading it takes nothing from the budget

    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that they log addresses and what is asked
    thread = threading.Thread(target=speak, daemon=True, name="language-model")
    thread.start()
    thread.join(seconds + 1)
    result = found[0] if found else UnusableError(_late(seconds))
    if isinstance(result, UnusableError):
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
) -> Reply:
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
        raise UnusableError(_late(seconds)) from None
    except openai.APIStatusError as error:
        raise UnusableError(_refusal(error.status_code, settings.model)) from None
    except openai.APIConnectionError as error:
        if isinstance(error.__cause__, UnusableError):
            raise error.__cause__ from None
        raise UnusableError(f"the language model does not answer ({type(error.__cause__ or error).__name__})") from None
    return read_completion(body, estimated_tokens(messages, schema))


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
        raise UnusableError("the language model's server packs its answers, which was not asked for")
    whole = response.stream

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in whole:  # type: ignore[union-attr]
                size += len(part)
                if size > LONGEST_ANSWER_BYTES:
                    raise UnusableError(f"the answer is longer than {LONGEST_ANSWER_BYTES:,} bytes")
                yield part

        async def aclose(self) -> None:
            await whole.aclose()  # type: ignore[union-attr]

    response.stream = Bounded()


def read_completion(body: bytes, question: int) -> Reply:
    """What a chat completion says; tokens as the server counts them, by our estimate where it counts none."""
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        message = choice["message"]
        text, refusal, end = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UnusableError("the language model's server does not speak OpenAI's protocol") from None
    usage = completion.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    text = text if isinstance(text, str) else ""
    written = math.ceil(len(text.encode(errors="replace")) / _BYTES_A_TOKEN)
    problem = ""
    if refusal or end == "content_filter":
        problem = "the model refused to answer"
    elif end == "length":
        problem = "the answer was cut off at the longest that was allowed"
    return Reply(text, _count(usage, "prompt_tokens", question), _count(usage, "completion_tokens", written), problem)


def _count(usage: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < 1 << 40 else otherwise
