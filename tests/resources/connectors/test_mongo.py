"""The MongoDB driver on a server that speaks MongoDB's protocol (nx-27017)."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.resources.connectors.cut_wires import listener_that_says, wire_that_loses_the_answer_to
from tests.resources.connectors.shipped import KEY, Peer, a_connection, shipped_manifest
from tests.resources.connectors.started import started

pytest.importorskip("nx_27017", reason="no server of MongoDB's protocol is installed (nx-27017)")

NOTE = {"case_id": "c-1", "text": "late", "due": {"$date": "2024-05-01T00:00:00Z"}}


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    arguments = ("--db", "memory", "--host", "127.0.0.1", "-p")
    with started("nx_27017.nx_27017", "main", lambda port: [*arguments, str(port)]) as port:
        yield port


def peer_at(port: int, home: Path, **settings: str) -> Peer:
    given = {"url": f"mongodb://127.0.0.1:{port}", "database": "work", "collections": "notes, other", **settings}
    return Peer(a_connection(shipped_manifest("mongodb"), given), home)


@pytest.fixture
def notes(server: int) -> Iterator[Any]:
    """The collection itself, asked besides the driver."""
    from pymongo import MongoClient

    with MongoClient(f"mongodb://127.0.0.1:{server}") as client:
        collection = client["work"]["notes"]
        collection.drop()
        collection.create_index("case_id", unique=True)
        yield collection


@pytest.fixture
def peer(server: int, notes: Any, tmp_path: Path) -> Peer:
    return peer_at(server, tmp_path)


def test_a_document_is_added_once_however_often_it_is_sent(peer: Peer, notes: Any) -> None:
    first = peer.ask("add_document", collection="notes", values=NOTE)
    again = peer.ask("add_document", collection="notes", values={**NOTE, "text": "changed since"})
    assert (first.status, first.body) == (200, {"written": 1, "id": KEY})
    assert again.status == 409
    (document,) = notes.find()
    assert (document["_id"], document["text"], document["due"].year) == (KEY, "late", 2024)


def test_eight_tries_at_the_same_moment_add_one_document(peer: Peer, notes: Any) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(peer.ask("add_document", collection="notes", values=NOTE).status)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
    assert notes.count_documents({}) == 1


def test_a_document_is_written_changed_found_and_deleted_by_a_unique_index(peer: Peer) -> None:
    where = {"case_id": "c-1"}
    assert peer.ask("change_document", collection="notes", where=where, values={"text": "x"}).status == 404
    made = peer.ask("write_document", collection="notes", where=where, values={"text": "late", "by.name": "ann"})
    written = peer.ask("write_document", collection="notes", where=where, values={"text": "later"})
    assert (made.body, written.body) == ({"written": 1, "made": True}, {"written": 1, "made": False})
    found = peer.ask("find_documents", collection="notes", where=where).body
    ((document,), more) = found["documents"], found["more"]
    oid = document.pop("_id")
    assert (document, more) == ({"case_id": "c-1", "text": "later", "by": {"name": "ann"}}, False)
    assert peer.ask("change_document", collection="notes", where={"_id": oid}, values={"n": 1}).status == 200
    assert peer.ask("delete_document", collection="notes", where=where).body == {"written": 1}
    assert peer.ask("delete_document", collection="notes", where=where).body == {"written": 0}


def test_a_find_says_that_there_is_more(peer: Peer, notes: Any) -> None:
    notes.insert_many([{"_id": str(n), "case_id": str(n), "due": "x"} for n in (3, 1, 2)])
    found = peer.ask("find_documents", collection="notes", where={"due": "x"}, most=2).body
    assert ([document["_id"] for document in found["documents"]], found["more"]) == (["1", "2"], True)


def test_fields_that_several_documents_may_share_identify_none(peer: Peer, notes: Any) -> None:
    answer = peer.ask("write_document", collection="notes", where={"text": "late"}, values={"n": 1})
    assert (answer.status, answer.reason) == (400, "notes has no unique index on text; make one, or give _id")
    assert notes.count_documents({}) == 0


def test_a_value_that_another_document_has_is_a_refusal_and_no_duplicate(peer: Peer, notes: Any) -> None:
    notes.insert_one({"_id": "other", "case_id": "c-1"})
    assert peer.ask("add_document", collection="notes", values=NOTE).status == 422
    assert notes.count_documents({}) == 1


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("add_document", {"collection": "users", "values": {"a": 1}}, "is not listed in the connection"),
        ("find_documents", {"collection": "notes", "where": {"text": {"$ne": ""}}}, "'$ne' cannot be the name"),
        ("find_documents", {"collection": "notes", "where": {"$where": "sleep(1)"}}, "'$where' cannot be the name"),
        ("find_documents", {"collection": "notes", "where": {"$oid": "0" * 24}}, "'$oid' cannot be the name"),
        ("write_document", {"collection": "notes", "where": {"_id": 1}, "values": {"$set": {}}}, "'$set' cannot"),
        ("write_document", {"collection": "notes", "where": {"_id": 1}, "values": {"a": [{"$x": 1}]}}, "'$x' cannot"),
        ("write_document", {"collection": "notes", "where": {"_id": 1}, "values": {"_id": 2}}, "_id is no value"),
        ("add_document", {"collection": "notes", "values": {"a.b": 1}}, "'a.b' holds a dot"),
    ],
)
def test_no_value_becomes_an_operator(peer: Peer, name: str, given: dict[str, Any], why: str) -> None:
    (problem,) = peer.problems(name, **given)
    assert why in problem


def test_what_mongodb_cannot_hold_is_refused(peer: Peer, notes: Any) -> None:
    for values in ({"n": 2**70}, {"due": {"$date": "soon"}}, {"by": {"$oid": "no"}}):
        assert peer.ask("add_document", collection="notes", values=values).status == 422
    assert notes.count_documents({}) == 0


def test_a_lost_answer_is_ambiguous_and_the_second_try_finds_the_document(
    server: int, peer: Peer, notes: Any, tmp_path: Path
) -> None:
    with wire_that_loses_the_answer_to(b"setOnInsert", server) as port:
        lost = peer_at(port, tmp_path).ask("add_document", collection="notes", values=NOTE)
    assert (lost.kind, lost.sent) == ("no_answer", True)
    assert peer.ask("add_document", collection="notes", values=NOTE).status == 409
    assert notes.count_documents({}) == 1


def test_a_server_that_is_not_there_was_sent_nothing(tmp_path: Path) -> None:
    answer = peer_at(9, tmp_path).ask("add_document", collection="notes", values=NOTE, seconds=0.3)
    assert (answer.kind, answer.sent) == ("no_answer", False)
    assert "cannot be reached" in answer.reason


def test_a_server_elsewhere_is_spoken_to_encrypted_only(tmp_path: Path) -> None:
    with listener_that_says(b"no", "127.0.0.2") as (port, heard):  # stands for another machine
        answer = peer_at(port, tmp_path, url=f"mongodb://127.0.0.2:{port}").ask("reach", seconds=0.3)
    assert (answer.kind, answer.sent) == ("no_answer", False)
    assert heard[0][:2] == b"\x16\x03"  # a TLS handshake (RFC 8446, 5.1), and nothing in the clear


def test_an_address_with_a_password_or_options_is_refused(tmp_path: Path) -> None:
    for url in ("mongodb://bpa:hunter2@db", "mongodb://db/?tlsInsecure=true", "https://db", "mongodb://db/admin"):
        answer = peer_at(1, tmp_path, url=url).ask("reach")
        assert (answer.sent, answer.status) == (False, 400)
        assert "hunter2" not in answer.reason
