import asyncio
import gzip
import json
import logging
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_resources.chat_completion import Message, UnusableError, read_completion
from bpa_resources.environment import LanguageModelSettings
from bpa_resources.language_model import (
    KEPT_ANSWERS,
    Answer,
    LanguageModel,
    _object,
    open_language_model,
    question_id,
)
from tests.model_server import (
    ModelServer,
    Reply,
    fails,
    floods,
    hangs,
    model_server,
    refuses,
    says,
    sends,
    trickles,
    trickles_headers,
)

KEY = "sk-very-secret-0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
QUESTION = [Message("system", "Say a word."), Message("user", '{"process": "fines"}')]


def model_at(server: ModelServer, folder: Path, **changes: object) -> LanguageModel:
    values = {"url": server.url, "model": "small", "key": KEY, "seconds": 20.0, **changes}
    return LanguageModel(LanguageModelSettings(**values), folder)  # type: ignore[arg-type]


def ask(folder: Path, *replies: Reply, **changes: object) -> tuple[Answer, ModelServer]:
    with model_server(*replies) as server:
        return model_at(server, folder, **changes).ask(QUESTION, SCHEMA), server


def test_an_answer_comes_with_its_tokens_and_cost(tmp_path: Path) -> None:
    answer, _ = ask(tmp_path, says({"word": "fine"}), prices=(2.0, 10.0))
    assert (answer.status, answer.content, answer.why) == ("answered", {"word": "fine"}, "")
    assert (answer.tokens_in, answer.tokens_out) == (100, 20)
    assert answer.cost == pytest.approx(100 * 2e-6 + 20 * 10e-6)
    assert 0 < answer.seconds < 20


def test_the_request_binds_the_model_to_the_schema_and_to_no_chance(tmp_path: Path) -> None:
    _, server = ask(tmp_path, says({"word": "fine"}))
    (request,) = server.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["headers"]["authorization"] == f"Bearer {KEY}"
    body = request["body"]
    assert (body["model"], body["temperature"], body["seed"]) == ("small", 0, 1)
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert [part["role"] for part in body["messages"]] == ["system", "user"]
    assert 0 < body["max_tokens"] <= 4000


def test_the_same_question_is_asked_once_and_then_costs_nothing(tmp_path: Path) -> None:
    with model_server(says({"word": "one"}), says({"word": "two"})) as server:
        first = model_at(server, tmp_path, prices=(1.0, 1.0)).ask(QUESTION, SCHEMA)
        again = model_at(server, tmp_path, prices=(1.0, 1.0)).ask(QUESTION, SCHEMA)
        other = model_at(server, tmp_path, model="large").ask(QUESTION, SCHEMA)
        assert len(server.requests) == 2
    assert first.content == again.content == {"word": "one"}
    assert (again.kept, again.tokens_in, again.tokens_out, again.cost, again.seconds) == (True, 0, 0, 0.0, 0.0)
    assert other.content == {"word": "two"}


def test_what_is_not_an_answer_is_not_kept(tmp_path: Path) -> None:
    with model_server(says("nonsense"), says({"word": "fine"})) as server:
        assert model_at(server, tmp_path).ask(QUESTION, SCHEMA).status == "failed"
        assert list(tmp_path.iterdir()) == []
        assert model_at(server, tmp_path).ask(QUESTION, SCHEMA).content == {"word": "fine"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"content": []}', "[" * 100_000, "x" * 5_000_000],
    ids=lambda text: f"{len(text)}-{text[:9]}",
)
def test_a_damaged_kept_answer_is_asked_again(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{question_id('small', QUESTION, SCHEMA)}.json").write_text(text)
    answer, _ = ask(tmp_path, says({"word": "fine"}))
    assert (answer.kept, answer.content) == (False, {"word": "fine"})


def test_only_so_many_answers_are_kept_and_the_latest_among_them(tmp_path: Path) -> None:
    import os

    for number in range(KEPT_ANSWERS + 5):
        (tmp_path / f"{number:04}.json").write_text("{}")
        os.utime(tmp_path / f"{number:04}.json", (number, number))
    ask(tmp_path, says({"word": "fine"}))
    left = sorted(file.name for file in tmp_path.glob("*.json"))
    assert len(left) == KEPT_ANSWERS
    assert "0005.json" not in left
    assert "0006.json" in left
    assert f"{question_id('small', QUESTION, SCHEMA)}.json" in left


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("a file, no folder")
    answer, _ = ask(tmp_path / "answers", says({"word": "fine"}))
    assert answer.status == "answered"


@pytest.mark.parametrize(
    ("reply", "forms"),
    [
        (refuses("json_schema", says({"word": "fine"})), ["json_schema", "json_object"]),
        (refuses("response_format", says({"word": "fine"})), ["json_schema", "json_object", None]),
        (refuses("response_format", says('```json\n{"word": "fine"}\n```')), ["json_schema", "json_object", None]),
        (
            refuses("response_format", says('<think>So {}…</think>\n{"word": "fine"}')),
            ["json_schema", "json_object", None],
        ),
    ],
)
def test_a_server_without_schemas_is_told_the_schema_instead(tmp_path: Path, reply: Reply, forms: list[str]) -> None:
    answer, server = ask(tmp_path, reply)
    assert answer.content == {"word": "fine"}
    assert [body.get("response_format", {}).get("type") for body in server.asked] == forms
    assert json.dumps(SCHEMA) in server.asked[-1]["messages"][0]["content"]
    assert server.asked[-1]["messages"][1]["content"] == QUESTION[1].text  # what is data stays data


@pytest.mark.parametrize("option", ["temperature", "seed", "max_tokens"])
def test_an_option_that_a_server_refuses_is_left_out(tmp_path: Path, option: str) -> None:
    answer, server = ask(tmp_path, refuses(option, says({"word": "fine"})))
    assert answer.content == {"word": "fine"}
    assert option not in server.asked[-1]
    assert server.asked[-1]["response_format"]["type"] == "json_schema"
    assert ("max_completion_tokens" in server.asked[-1]) == (option == "max_tokens")


def test_a_server_that_refuses_everything_is_given_up(tmp_path: Path) -> None:
    answer, server = ask(tmp_path, fails(400))
    assert answer.why == "the language model's server answered 400"
    assert len(server.requests) == 3


NO_OBJECT = "the model answered no JSON object"
NO_PROTOCOL = "the language model's server does not speak OpenAI's protocol"
REFUSED = "the model refused to answer"
HELD_KEY = "the answer held the key, so it was thrown away"
SPELLED_KEY = "".join(f"\\u{ord(sign):04x}" for sign in KEY)
ANSWERED = "the language model's server answered"
BOMB = sends(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (says("All is well."), NO_OBJECT),
        (says('{"word": "fi'), NO_OBJECT),
        (says('["word"]'), NO_OBJECT),
        (says('{"word": NaN}'), NO_OBJECT),
        (says('{"word": 1e999}'), NO_OBJECT),
        (says('{"word": "\\ud800"}'), NO_OBJECT),
        (says('{"word": ' + "[" * 200_000), NO_OBJECT),
        (says(""), NO_OBJECT),
        (says(None), NO_OBJECT),
        (says(None, refusal="I cannot."), REFUSED),
        (says({"word": "fine"}, end="content_filter"), REFUSED),
        (says({"word": "fine"}, end="length"), "the answer was cut off at the longest that was allowed"),
        (says({"word": f"it is {KEY}"}), HELD_KEY),
        (says(f'{{"word": "{SPELLED_KEY}"}}'), HELD_KEY),
        (sends(b"<html>hello</html>"), NO_PROTOCOL),
        (sends(b"null"), NO_PROTOCOL),
        (sends(b'{"choices": []}'), NO_PROTOCOL),
        (sends(b'{"choices": [{"message": 1}]}'), NO_PROTOCOL),
        (BOMB, "the language model's server packs its answers, which was not asked for"),
        (floods, "the answer is longer than 1,048,576 bytes"),
        (fails(401, f"Incorrect API key provided: {KEY}"), f"{ANSWERED} 401: BPA_LLM_KEY is refused"),
        (fails(404), f"{ANSWERED} 404: no model 'small' there, or BPA_LLM_URL lacks its last part (/v1)"),
        (fails(500, Retry_After="0.01"), f"{ANSWERED} 500"),
    ],
)
def test_nonsense_is_told_in_a_sentence(tmp_path: Path, reply: Reply, why: str) -> None:
    answer, _ = ask(tmp_path, reply)
    assert (answer.status, answer.why, answer.content) == ("failed", why, {})
    assert list(tmp_path.iterdir()) == []


def test_too_many_requests_are_waited_for(tmp_path: Path) -> None:
    answer, server = ask(tmp_path, fails(429, Retry_After="0.05"), says({"word": "fine"}))
    assert answer.content == {"word": "fine"}
    assert len(server.requests) == 2


@pytest.mark.parametrize("reply", [hangs, trickles, trickles_headers, fails(429, Retry_After="30")])
def test_the_budget_of_seconds_holds_whatever_the_server_does(tmp_path: Path, reply: Reply) -> None:
    with model_server(reply) as server:
        model = model_at(server, tmp_path, seconds=0.5)
        begun = time.monotonic()
        answer = model.ask(QUESTION, SCHEMA)
        assert time.monotonic() - begun < 5
        assert answer.why == "the language model gave no whole answer within the 0.5 s left of BPA_LLM_SECONDS"
        assert model.ask(QUESTION, SCHEMA).why == "the 0.5 s of BPA_LLM_SECONDS are used up"
        assert len(server.requests) == 1


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with model_server(says({"word": "stolen"})) as elsewhere:
        for status in (302, 307, 308):
            answer, _ = ask(tmp_path, sends(b"", status=status, Location=f"{elsewhere.url}/chat/completions"))
            assert (
                answer.why
                == f"the language model's server answered {status}: it redirects elsewhere, which is not followed"
            )
        assert elsewhere.requests == []


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = LanguageModelSettings(f"http://127.0.0.1:{port}/v1", "small", KEY)
    answer = LanguageModel(settings, tmp_path).ask(QUESTION, SCHEMA)
    assert answer.why == "the language model does not answer (ConnectError)"


def test_tokens_of_all_questions_come_from_one_budget(tmp_path: Path) -> None:
    used = {"prompt_tokens": 850, "completion_tokens": 100}
    with model_server(says({"word": "fine"}, usage=used)) as server:
        model = model_at(server, tmp_path, tokens=1000)
        assert model.ask(QUESTION, SCHEMA).status == "answered"
        assert server.asked[0]["max_tokens"] < 1000
        second = model.ask([*QUESTION, Message("user", "{}")], SCHEMA)
        assert second.status == "failed"
        assert "BPA_LLM_TOKENS leaves 50" in second.why
        assert len(server.requests) == 1


def test_a_question_beyond_the_budget_is_not_asked(tmp_path: Path) -> None:
    with model_server(says({"word": "fine"})) as server:
        answer = model_at(server, tmp_path, tokens=2000).ask([Message("user", "x" * 9000)], SCHEMA)
        assert answer.status == "failed"
        assert server.requests == []


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": -5, "completion_tokens": "many"}, {"prompt_tokens": 10**40}])
def test_tokens_that_a_server_does_not_count_are_estimated(tmp_path: Path, usage: dict[str, object]) -> None:
    answer, _ = ask(tmp_path, says({"word": "fine"}, usage=usage))
    assert 10 < answer.tokens_in < 200
    assert 1 < answer.tokens_out < 20


def test_the_key_is_nowhere_but_in_the_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    answers = [
        ask(tmp_path, reply)[0]
        for reply in (fails(401, KEY), sends(KEY.encode()), says({"word": KEY}), says({"word": "x"}))
    ]
    with model_server() as server:
        settings = LanguageModelSettings(server.url, "small", KEY)
    told = repr((answers, settings, vars(LanguageModel(settings, tmp_path)))) + caplog.text
    assert KEY not in told
    assert "127.0.0.1" not in caplog.text
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_nothing_of_the_environment_but_our_settings_reaches_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "of-somebody-else")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    answer, server = ask(tmp_path, says({"word": "fine"}), key="")
    assert answer.status == "answered"
    (request,) = server.requests
    assert "of-somebody-else" not in repr(request)
    assert set(request["headers"]) == {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent",
        "x-stainless-raw-response",
    }  # fmt: skip


def test_it_can_be_asked_where_an_event_loop_runs(tmp_path: Path) -> None:
    async def inside() -> Answer:
        return ask(tmp_path, says({"word": "fine"}))[0]

    assert asyncio.run(inside()).status == "answered"


def test_without_settings_it_is_off_and_with_senseless_ones_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("URL", "MODEL", "KEY", "SECONDS", "TOKENS", "PRICE"):
        monkeypatch.delenv(f"BPA_LLM_{name}", raising=False)
    assert open_language_model(tmp_path).ask(QUESTION, SCHEMA) == Answer(
        "off", "no language model is set (BPA_LLM_URL and BPA_LLM_MODEL)"
    )
    monkeypatch.setenv("BPA_LLM_URL", "http://127.0.0.1:9/v1")
    answer = open_language_model(tmp_path).ask(QUESTION, SCHEMA)
    assert (answer.status, answer.why) == ("failed", "BPA_LLM_URL is set, so BPA_LLM_MODEL must be set too")


@given(st.text() | st.lists(st.none() | st.floats() | st.text()).map(json.dumps))
def test_any_text_is_an_object_or_none(text: str) -> None:
    found = _object(text)
    assert found is None or isinstance(found, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "content", "usage", "prompt_tokens", "refusal"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values.map(lambda value: json.dumps(value).encode()) | st.binary())
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        reply = read_completion(body, 7)
    except UnusableError:
        return
    assert reply.tokens_in >= 0
