"""What can be done with one document of a collection: found again by its id or by a unique index.

A new document has the key of the action as `_id` ($setOnInsert, so a second try changes nothing). `where` must be `_id`
or the fields of a unique index. Values are JSON, and `{$oid: hex}` and `{$date: ISO 8601}` for what JSON has not
(MongoDB Extended JSON 2, relaxed); no other `$` is taken, so no value becomes an operator.

Add another thing to do with a document here. Connecting and what errors mean stay in `mongo`.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bpa_resources.connectors.driver import Answer

if TYPE_CHECKING:
    from pymongo.collection import Collection

    Documents = Collection[dict[str, Any]]

_READ_MOST = 100
_TYPES = frozenset({"$oid", "$date"})


def problems(request: Mapping[str, Any], settings: Mapping[str, str]) -> list[str]:
    """What is wrong with a request before the database is asked."""
    found = []
    listed = [name.strip() for name in settings.get("collections", "").split(",") if name.strip()]
    if request.get("collection") not in listed:
        found.append(
            f"collection {request.get('collection')!r} is not listed in the connection; it has {', '.join(listed)}"
        )
    for part in ("where", "values"):
        found += (f"{name!r} cannot be the name of a field; only $oid and $date begin with $"
                  for name in _wrong_names(request.get(part, {})))  # fmt: skip
    if "_id" in request.get("values", {}):
        found.append("_id is no value to write; it identifies the document")
    if request["document"] == "add":
        found += (f"{name!r} holds a dot; write a mapping" for name in request.get("values", {}) if "." in name)
    return found


def _wrong_names(value: Any, *, top: bool = True) -> list[str]:
    """Names in `value`, at any depth, that are operators or hold a NUL."""
    if isinstance(value, Mapping):
        is_typed = not top and len(value) == 1 and _TYPES.issuperset(value)
        own = [] if is_typed else [name for name in value if name.startswith("$") or "\0" in name or not name]
        return own + [name for part in value.values() for name in _wrong_names(part, top=False)]
    if isinstance(value, list | tuple):
        return [name for part in value for name in _wrong_names(part, top=False)]
    return []


def do(collection: "Documents", request: Mapping[str, Any]) -> Answer:
    """Carry a request out. Raises PyMongoError, and ValueError and the like for what BSON cannot hold."""
    from pymongo.errors import DuplicateKeyError

    where, values = _stored(request.get("where", {})), _stored(request.get("values", {}))
    try:
        return _ACTS[request["document"]](collection, where, values, request)
    except DuplicateKeyError:
        answer = _after_a_clash(collection, where, request)
        if answer is None:
            raise
        return answer


def _add(collection: "Documents", _where: Any, values: Any, request: Any) -> Answer:
    key = request["key"]
    result = collection.update_one({"_id": key}, {"$setOnInsert": values}, upsert=True)
    if result.matched_count:
        return _THERE
    return Answer("answer", status=200, body={"written": 1, "id": key})


def _write(collection: "Documents", where: Any, values: Any, request: Any) -> Answer:
    if problem := _not_unique(collection, where):
        return problem
    upsert = request["document"] == "write"
    result = collection.update_one(where, {"$set": values}, upsert=upsert)
    if not (result.matched_count or upsert):
        return Answer("answer", status=404, reason=f"{collection.name} has no such document")
    return Answer("answer", status=200, body={"written": 1, "made": not result.matched_count})


def _delete(collection: "Documents", where: Any, _values: Any, _request: Any) -> Answer:
    if problem := _not_unique(collection, where):
        return problem
    return Answer("answer", status=200, body={"written": collection.delete_one(where).deleted_count})


def _find(collection: "Documents", where: Any, _values: Any, request: Any) -> Answer:
    from bson import json_util

    most = int(request.get("most", _READ_MOST))
    found = list(collection.find(where).sort("_id", 1).limit(most + 1))
    shown = json.loads(json_util.dumps(found[:most], json_options=json_util.RELAXED_JSON_OPTIONS))
    return Answer("answer", status=200, body={"documents": shown, "more": len(found) > most})


_ACTS: Mapping[str, Callable[..., Answer]] = {
    "add": _add,
    "write": _write,
    "change": _write,
    "delete": _delete,
    "find": _find,
}
_THERE = Answer("answer", status=409, body={"written": 0}, reason="the document of this action is there already")


def _stored(value: Mapping[str, Any]) -> Any:
    """JSON as BSON: $oid and $date become what they stand for."""
    from bson import json_util

    return json_util.loads(json.dumps(value, allow_nan=False))


def _not_unique(collection: "Documents", where: Mapping[str, Any]) -> Answer | None:
    """Why `where` may mean several documents; None where the server itself allows one only."""
    if set(where) == {"_id"}:
        return None
    for index in collection.index_information().values():
        fields = {name for name, _ in index["key"]}
        if index.get("unique") and fields == set(where) and "partialFilterExpression" not in index:
            return None
    names = ", ".join(where)
    return Answer(
        "answer", status=400, reason=f"{collection.name} has no unique index on {names}; make one, or give _id"
    )


def _after_a_clash(collection: "Documents", where: Any, request: Mapping[str, Any]) -> Answer | None:
    """What a duplicate key meant: None when another document has the value."""
    if request["document"] == "add":
        return _THERE if collection.find_one({"_id": request["key"]}) else None
    if request["document"] == "write" and collection.find_one(where):
        return Answer("no_answer", sent=False, reason="somebody wrote this document at the same moment")
    return None
