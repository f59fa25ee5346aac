"""MongoDB: one document of a collection a try, found again by its id or by a unique index.

An operation's `request` is `{document: add | write | change | delete | find, collection, where, values, key, most}`, or
`{ping: true}`. A new document has the key of the action as `_id` ($setOnInsert, so a second try changes nothing).
`where` must be `_id` or the fields of a unique index. Values are JSON, and `{$oid: hex}` and `{$date: ISO 8601}` for
what JSON has not (MongoDB Extended JSON 2, relaxed); no other `$` is taken, so no value becomes an operator.

Statuses are those HTTP would have: 401 and 403, 404 no such document, 409 the document of this key is there already,
400 and 422 what the database refuses. Before the write, the server is pinged: what breaks until then surely had no
effect (`sent` is false). Add another thing to do with a document here.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpa_resources.connectors.driver import Answer, Connection
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.hosts import LOOPBACK
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import filled, values_of
from bpa_resources.errors import InputError, one_line

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection

    Documents = Collection[dict[str, Any]]

_ADDRESS = re.compile(r"(?P<scheme>mongodb(?:\+srv)?)://(?P<hosts>[A-Za-z0-9.,:\[\]-]+)/?")
_READ_MOST = 100
_TYPES = frozenset({"$oid", "$date"})

# Codes of the server: mongodb/mongo, src/mongo/base/error_codes.yml.
_STATUS = {18: 401, 13: 403, 8000: 401, 26: 404, 121: 422, 11000: 422, 10334: 422}
_BUSY = frozenset({112, 24, 46})  # a conflict of writes, or a lock that was not got: nothing was written


def make_driver(tools: DriverTools) -> "MongoDriver":
    """The driver; `ca_file` of a connection is relative to the home."""
    return MongoDriver(tools.home)


class MongoDriver:
    """Each try connects anew, so nothing stale is ever kept. The library's own second tries are off."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """A collection that the connection does not list, and names that MongoDB would take for operators."""
        request = filled(operation.request, values_of(connection, operation, given, key="0"), absent={})
        return tuple(_problems(request, connection.settings)) if "document" in request else ()

    def send(
        self, connection: Connection, operation: Operation, given: Mapping[str, Any], *, key: str, seconds: float
    ) -> Answer:
        """Do it to one document; `body`: `written`, or `documents` for a read."""
        from pymongo.errors import PyMongoError

        request = filled(operation.request, values_of(connection, operation, given, key=key), absent={})
        try:
            client = _client(connection, self._home, seconds)
        except InputError as error:
            return Answer("answer", sent=False, status=400, reason=str(error))
        with client:
            try:
                client.admin.command("ping")
            except PyMongoError as error:
                return _no_connection(error)
            if "ping" in request:
                return Answer("answer", status=200, body={"ok": 1})
            return _done(client[connection.settings["database"]][request["collection"]], request)

    def close(self) -> None:
        """Nothing is kept open."""


def _problems(request: Mapping[str, Any], settings: Mapping[str, str]) -> list[str]:
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


def _client(connection: Connection, home: Path, seconds: float) -> "MongoClient[dict[str, Any]]":
    """Encrypted, and the server's certificate checked, unless it is this machine."""
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    settings = connection.settings
    address = _ADDRESS.fullmatch(settings["url"])
    if not address:
        raise InputError(
            f"connection {connection.name}: url is no address of MongoDB, or holds a user or options; write "
            "mongodb://HOST:27017 and give user and password apart"
        )
    hosts = {_host(part) for part in address["hosts"].split(",")}
    options: dict[str, Any] = {"timeoutMS": int(seconds * 1000), "serverSelectionTimeoutMS": int(seconds * 1000)}
    if not hosts <= LOOPBACK:
        named = settings.get("ca_file")
        options |= {"tls": True, **({"tlsCAFile": str(home / named)} if named else {})}
    if user := settings.get("username"):
        options |= {"username": user, "password": connection.secrets.get("password")}
        options |= {"authSource": settings.get("auth_source", "admin")}
    if name := settings.get("replica_set"):
        options["replicaSet"] = name
    try:
        return MongoClient(settings["url"], appname="bpa", w="majority", retryWrites=False, retryReads=False, **options)
    except (PyMongoError, OSError, ValueError) as error:
        raise InputError(f"connection {connection.name}: {one_line(str(error))[:200]}") from None


def _host(part: str) -> str:
    return part[1:].partition("]")[0] if part.startswith("[") else part.partition(":")[0]


def _done(collection: "Documents", request: Mapping[str, Any]) -> Answer:
    from bson.errors import BSONError
    from pymongo.errors import DuplicateKeyError, PyMongoError

    try:
        where, values = _stored(request.get("where", {})), _stored(request.get("values", {}))
        try:
            return _ACTS[request["document"]](collection, where, values, request)
        except DuplicateKeyError as error:
            return _after_a_clash(collection, where, request) or _refusal(error)
    except PyMongoError as error:
        return _refusal(error)
    except (BSONError, OverflowError, ValueError, TypeError) as error:
        return Answer("answer", sent=False, status=422, reason=f"MongoDB cannot hold it: {one_line(str(error))[:200]}")


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


def _no_connection(error: Exception) -> Answer:
    from pymongo.errors import OperationFailure

    text = one_line(str(error))[:200]
    if isinstance(error, OperationFailure):
        status = _STATUS.get(error.code or 0, 500)
        return Answer("answer", sent=False, status=status, reason=f"the database refuses the user: {text}")
    return Answer("no_answer", sent=False, reason=f"the database cannot be reached: {text}")


def _refusal(error: Exception) -> Answer:
    from pymongo.errors import ExecutionTimeout, OperationFailure, WriteConcernError

    text = one_line(str(error))[:200]
    if isinstance(error, OperationFailure) and error.code in _BUSY:
        return Answer("no_answer", sent=False, reason=f"the database is busy: {text}")
    if isinstance(error, OperationFailure) and not isinstance(error, WriteConcernError | ExecutionTimeout):
        return Answer("answer", status=_STATUS.get(error.code or 0, 400), reason=f"the database refuses it: {text}")
    return Answer("no_answer", reason=f"the database did not confirm it: {text}")
