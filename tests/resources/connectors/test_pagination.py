"""Lists that go on: every page is read, once, and what a server calls the next page is never obeyed blindly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.manifest import Pagination
from bpa_resources.connectors.pagination import MOST_PAGES
from tests.resources.connectors.faulty_peer import Asked, Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, opened

PAGES = {"": ([1, 2], "b&= ${secret.password}"), "b&= ${secret.password}": ([3, 4], "c"), "c": ([5], None)}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def read(peer: Peer, home: Path, operation: str = "me", **pagination: Any) -> Outcome:
    me = ORDERS.operations[operation].model_copy(update={"pagination": Pagination(items="items", **pagination)})
    here = opened(home, peer.url, operations={**ORDERS.operations, operation: me})
    return here.engine.send(Call("orders", operation, {}), key="k", now=NOW)


def numbers(outcome: Outcome) -> list[int]:
    assert outcome.status == "done", outcome.reason
    return list(outcome.result["items"])


def test_a_cursor_is_followed_and_is_never_a_template(peer: Peer, tmp_path: Path) -> None:
    peer.answers["/me"] = lambda asked: (
        200, {"items": PAGES[asked.query.get("at", "")][0], "next": PAGES[asked.query.get("at", "")][1]}
    )  # fmt: skip
    assert numbers(read(peer, tmp_path, type="cursor", next="next", parameter="at")) == [1, 2, 3, 4, 5]
    assert len(peer.asked) == 3


def test_a_cursor_can_stand_in_the_body(peer: Peer, tmp_path: Path) -> None:
    def answer(asked: Asked) -> tuple[int, Any]:
        return 200, {
            "items": [asked.json.get("at", 1), asked.json["most"]],
            "next": 2 if "at" not in asked.json else None,
        }

    peer.answers["/me"] = answer
    posted = ORDERS.operations["me"].model_copy(update={"request": {"method": "POST", "path": "/me", "body": {"a": 1}}})
    pages = Pagination(
        items="items", type="cursor", next="next", parameter="at", place="body", size_parameter="most", size=7
    )
    me = posted.model_copy(update={"pagination": pages})
    here = opened(tmp_path, peer.url, operations={**ORDERS.operations, "me": me})
    assert numbers(here.engine.send(Call("orders", "me", {}), key="k", now=NOW)) == [1, 7, 2, 7]
    assert [asked.json for asked in peer.asked] == [{"a": 1, "most": 7}, {"a": 1, "most": 7, "at": 2}]


@pytest.mark.parametrize(("kind", "asked_for"), [("page", [None, "2", "3"]), ("offset", [None, "2", "4"])])
def test_pages_are_counted(kind: Any, asked_for: list[str | None], peer: Peer, tmp_path: Path) -> None:
    rows = iter([[1, 2], [3, 4], [5]])
    peer.answers["/me"] = lambda _: (200, {"items": next(rows)})
    found = read(peer, tmp_path, type=kind, parameter="at", size_parameter="size", size=2)
    assert numbers(found) == [1, 2, 3, 4, 5]
    assert [asked.query.get("at") for asked in peer.asked] == asked_for
    assert {asked.query["size"] for asked in peer.asked} == {"2"}


@pytest.mark.parametrize("link", ["{url}/more?a=1&a=2&b=%26", "/more?a=1&a=2&b=%26"])
def test_a_link_is_followed_below_the_base(link: str, peer: Peer, tmp_path: Path) -> None:
    peer.answers["/me"] = {"items": [1], "next": link.format(url=peer.url)}
    peer.answers["/more"] = {"items": [2]}
    assert numbers(read(peer, tmp_path, type="link", next="next")) == [1, 2]
    assert peer.asked[1].query == {"a": "2", "b": "&"}


def test_a_link_in_the_header_is_followed(peer: Peer, tmp_path: Path) -> None:
    def answer(asked: Asked) -> tuple[int, Any]:
        following = f'<{peer.url}/first>; rel="first", <{peer.url}/me?page=2>; rel="next"'
        peer.headers = {"Link": "<x>; rel=prev" if "page" in asked.query else following}
        return 200, {"items": [int(asked.query.get("page", 1))]}

    peer.answers["/me"] = answer
    assert numbers(read(peer, tmp_path, type="link")) == [1, 2]


@pytest.mark.parametrize(
    "link", ["https://evil.example/x", "//evil.example/x", "http://127.0.0.1.evil.example/", "file:///etc/passwd"]
)
def test_a_link_to_another_server_is_refused(link: str, peer: Peer, tmp_path: Path) -> None:
    peer.answers["/me"] = {"items": [1], "next": link}
    outcome = read(peer, tmp_path, type="link", next="next")
    assert (outcome.status, len(peer.asked)) == ("failed", 1)
    assert "names a next page at another address" in outcome.reason


def test_a_list_without_an_end_is_said_to_have_none(peer: Peer, tmp_path: Path) -> None:
    peer.answers["/me"] = {"items": [1], "next": "again"}
    outcome = read(peer, tmp_path, type="cursor", next="next", parameter="at")
    assert (outcome.status, len(peer.asked)) == ("failed", MOST_PAGES)


def test_each_page_is_tried_again_by_itself(peer: Peer, tmp_path: Path) -> None:
    rows = iter([[1, 2], [3]])
    peer.answers["/me"] = lambda _: (200, {"items": next(rows)})
    peer.faults.extend(["500", "", "429"])
    assert numbers(read(peer, tmp_path, type="page", parameter="at", size=2)) == [1, 2, 3]


def test_a_search_looks_at_every_page_before_anything_is_made(peer: Peer, tmp_path: Path) -> None:
    pages = Pagination(type="page", items="items", parameter="page", size=2)
    find = ORDERS.operations["find"].model_copy(update={"pagination": pages})
    here = opened(tmp_path, peer.url, operations={**ORDERS.operations, "find": find})
    call = Call("orders", "searched", {"name": "x"})
    key = "4711"
    first = here.engine.send(call, key=key, now=NOW)
    ours = peer.orders[0]
    other = {"id": "o-9", "mark": "z", "key": None}

    def answer(asked: Asked) -> tuple[int, Any]:
        return 200, {"items": [ours] if asked.query.get("page") == "2" else [other, other]}

    peer.answers["/orders"] = answer
    again = here.engine.send(call, key=key, now=NOW)
    assert (again.duplicate, dict(again.result)) == (True, dict(first.result))
    assert {asked.method for asked in peer.asked[-2:]} == {"GET"}
