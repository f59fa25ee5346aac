"""MongoDB: one document of a collection a try, found again by its id or by a unique index.

An operation's `request` is `{document: add | write | change | delete | find, collection, where, values, key, most}`
(see `mongo_documents`), or `{ping: true}`.

Statuses are those HTTP would have: 401 and 403, 404 no such document, 409 the document of this key is there already,
400 and 422 what the database refuses. Before the write, the server is pinged: what breaks until then surely had no
effect (`sent` is false). Add here what concerns connecting and what errors mean.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools, mongo_documents
from bpa_resources.connectors.hosts import LOOPBACK
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import filled, values_of
from bpa_resources.errors import InputError, one_line

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection

    Documents = Collection[dict[str, Any]]

_ADDRESS = re.compile(r"(?P<scheme>mongodb(?:\+srv)?)://(?P<hosts>[A-Za-z0-9.,:\[\]-]+)/?")

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
        return tuple(mongo_documents.problems(request, connection.settings)) if "document" in request else ()

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """Do it to one document; `body`: `written`, or `documents` for a read."""
        from pymongo.errors import PyMongoError

        request = filled(operation.request, values_of(connection, operation, given, key=this.key), absent={})
        try:
            client = _client(connection, self._home, this.seconds)
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
    from pymongo.errors import PyMongoError

    try:
        return mongo_documents.do(collection, request)
    except PyMongoError as error:
        return _refusal(error)
    except (BSONError, OverflowError, ValueError, TypeError) as error:
        return Answer("answer", sent=False, status=422, reason=f"MongoDB cannot hold it: {one_line(str(error))[:200]}")


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
