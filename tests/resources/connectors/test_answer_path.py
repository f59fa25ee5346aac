"""Paths into an answer, and the records that hold a key."""

from typing import Any

import pytest

from bpa_resources.connectors.answer_path import output_of, records_at, value_at

ANSWER: dict[str, Any] = {
    "results": [{"id": 7, "name": None}],
    "@odata.nextLink": "next",
    "a": {"b.c": 1, "b": {"c": 2}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("results.0.id", 7),
        ("results.1.id", None),
        ("results.x", None),
        ("results.0.id.more", None),
        ("@odata.nextLink", "next"),
        ("a.b.c", 1),
        ("", ANSWER),
        ("results.0.name", None),
    ],
)
def test_a_path_finds_what_stands_there(path: str, value: Any) -> None:
    assert value_at(ANSWER, path) == value


def test_an_answer_may_be_a_list_or_nothing() -> None:
    assert value_at([{"errorCode": "X"}], "0.errorCode") == "X"
    assert value_at(None, "a.b") is None
    assert value_at("text", "0") is None


def test_an_output_names_what_is_there() -> None:
    assert output_of(ANSWER, {"id": "results.0.id", "name": "results.0.name"}) == {"id": 7}


def test_only_a_record_that_holds_the_key_counts() -> None:
    answer = {
        "items": [{"id": 1, "body": "other"}, {"id": 2, "labels": [{"name": "bpa-k1"}]}, {"k1": "a name, no value"}]
    }
    assert records_at(answer, "items", holding="k1") == [answer["items"][1]]
    assert records_at({"data": {"gid": "1", "external": {"gid": "k1"}}}, "data", holding="k1") != []
    assert records_at({}, "items", holding="k1") == []
