"""The request of an operation: types, what is left out, and values that try to leave their place."""

from typing import Any

import pytest

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.manifest import Manifest, Operation
from bpa_resources.connectors.request_template import Request, build_request, filled
from bpa_resources.errors import InputError

KEY = "0123456789abcdef0123456789abcdef"


def built(request: dict[str, Any], given: dict[str, Any], *, site: str = "jira.example.com", **schemas: Any) -> Request:
    operation = Operation(
        meaning="makes it", effect="write", risk="low", request=request, input={"type": "object", "properties": schemas}
    )
    manifest = Manifest(
        system="example",
        title="Example",
        driver="rest",
        described_by="this test",
        connection={},
        base_url="https://${connection.site}/api/",
        headers={"Accept": "application/json"},
        verify="make",
        operations={"make": operation},
    )
    connection = Connection("ours", manifest, settings={"site": site}, secrets={"token": "s3cret"})
    return build_request(connection, operation, given, key=KEY)


def test_a_request_has_all_its_parts() -> None:
    template = {
        "method": "post",
        "path": "/issues/${input.id}",
        "query": {"expand": "${input.expand}", "notify": "${input.notify}", "from": "bpa"},
        "headers": {"Idempotency-Key": "${key}", "X-Token": "${secret.token}"},
        "body": {"title": "Case ${input.case}", "amount": "${input.amount}", "open": True, "marker": "bpa:${key}"},
    }
    given = {"id": "A 1/2", "expand": ["names", "fields"], "notify": False, "case": "c-7", "amount": 12.5}
    request = built(template, given)
    assert request == Request(
        method="POST",
        url="https://jira.example.com/api/issues/A%201%2F2",
        query=(("expand", "names"), ("expand", "fields"), ("notify", "false"), ("from", "bpa")),
        headers={"Accept": "application/json", "Idempotency-Key": KEY, "X-Token": "s3cret"},
        body={"title": "Case c-7", "amount": 12.5, "open": True, "marker": f"bpa:{KEY}"},
    )
    assert "s3cret" not in repr(request)


def test_what_was_not_given_leaves_nothing_behind() -> None:
    body = {
        "title": "${input.title}",
        "assignee": {"id": "${input.assignee}"},
        "labels": ["${input.label}"],
        "note": "by ${input.who}",
        "empty": {},
    }
    request = built({"path": "/x", "query": {"q": "${input.q}"}, "body": body}, {"title": "t"})
    assert request.body == {"title": "t", "empty": {}}
    assert request.query == ()


def test_a_null_that_was_given_is_sent_and_no_text_is_made_of_it() -> None:
    request = built({"body": {"due": "${input.due}", "text": "due ${input.due}"}}, {"due": None})
    assert request.body == {"due": None}


def test_defaults_of_the_schema_stand_in_for_what_was_not_given() -> None:
    template = {"body": {"state": "${input.state}", "sort": "${input.sort}"}}
    schemas = {"state": {"type": "string", "default": "open"}, "sort": {"type": "string", "default": "id"}}
    assert built(template, {"sort": "name"}, **schemas).body == {"state": "open", "sort": "name"}


def test_given_fields_are_taken_in_and_never_replace_what_the_template_writes() -> None:
    template = {"body": {"fields": {"...": "${input.fields}", "correlation_id": "${key}"}}}
    given = {"fields": {"priority": 2, "correlation_id": "mine"}}
    assert built(template, given).body == {"fields": {"priority": 2, "correlation_id": KEY}}
    assert built(template, {}).body == {"fields": {"correlation_id": KEY}}
    with pytest.raises(InputError, match="give a mapping"):
        built(template, {"fields": "priority"})


def test_a_mapping_stands_once_for_each_item_of_a_given_list() -> None:
    template = {"body": {"to": [{"*": "${input.to}", "mail": {"address": "${item}", "by": "${input.by}"}}]}}
    request = built(template, {"to": ["a@example.com", "b@example.com"]})
    assert request.body == {"to": [{"mail": {"address": "a@example.com"}}, {"mail": {"address": "b@example.com"}}]}
    assert built(template, {}).body == {}
    with pytest.raises(InputError, match="give a list"):
        built(template, {"to": "a@example.com"})


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_keeps_its_length(value: str) -> None:
    with pytest.raises(InputError, match="cannot stand in an address"):
        built({"path": "/records/${input.id}"}, {"id": value})


def test_a_path_without_its_value_is_refused() -> None:
    with pytest.raises(InputError, match=r"input\.id is missing"):
        built({"path": "/records/${input.id}"}, {})


def test_folders_keep_their_slashes_and_never_lead_up() -> None:
    template = {"path": "/root:/${input.path | folders}:/content", "content": "${input.text}"}
    request = built(template, {"path": "/Reports 2026/a&b.txt", "text": "hello"})
    assert request.url.endswith("/root:/Reports%202026/a%26b.txt:/content")
    assert (request.content, request.body) == ("hello", None)
    for path in ("a/../b", "a//b", "/"):
        with pytest.raises(InputError, match="cannot stand in an address"):
            built(template, {"path": path, "text": ""})


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("odata", "O'Neil", "O''Neil"),
        ("single_quoted", "a' OR 'b\\", "a\\' OR \\'b\\\\"),
        ("double_quoted", 'a" OR "b\\', 'a\\" OR \\"b\\\\'),
        ("encoded_query", "a^ORactive=true", "a^^ORactive=true"),
    ],
)
def test_a_value_cannot_leave_its_quotes(form: str, value: str, written: str) -> None:
    request = built({"query": {"q": f"<${{input.x | {form}}}>"}}, {"x": value})
    assert request.query == (("q", f"<{written}>"),)


def test_a_literal_in_a_path_is_quoted_and_then_encoded() -> None:
    request = built({"path": "/Orders('${input.id | odata}')"}, {"id": "1') or ('x"})
    assert request.url.endswith("/Orders('1%27%27%29%20or%20%28%27%27x')")


def test_a_given_text_is_never_read_as_a_template() -> None:
    request = built({"body": {"text": "${input.text}!"}}, {"text": "${secret.token} ${input.text}"})
    assert request.body == {"text": "${secret.token} ${input.text}!"}


def test_a_header_takes_no_line_break() -> None:
    with pytest.raises(InputError, match="line break"):
        built({"headers": {"X-Case": "${input.x}"}}, {"x": "1\r\nX-Admin: yes"})


@pytest.mark.parametrize("site", ["a.com/b", "a.com@b.com", "a.com?x", "a.com#", "", "a b", "-a.com"])
def test_a_setting_names_one_host_and_no_other(site: str) -> None:
    with pytest.raises(InputError, match="no name of a host"):
        built({"path": "/x"}, {}, site=site)


def test_a_form_is_sent_as_texts() -> None:
    request = built({"form": {"channel": "${input.channel}", "mrkdwn": True, "ts": "${input.ts}"}}, {"channel": "C1"})
    assert request.form == (("channel", "C1"), ("mrkdwn", "true"))


def test_a_list_or_mapping_cannot_stand_within_a_text() -> None:
    with pytest.raises(InputError, match=r"input\.x stands within a text"):
        built({"body": {"text": "it is ${input.x}"}}, {"x": [1]})


def test_the_input_of_a_search_is_filled_like_a_request() -> None:
    values = {"input": {"repository": "r"}, "key": KEY}
    assert filled({"repository": "${input.repository}", "text": "bpa-${key}"}, values) == {
        "repository": "r",
        "text": f"bpa-{KEY}",
    }
