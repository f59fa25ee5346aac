"""A connector manifest: what is said of one system in `systems/<system>.yaml`, and nothing that can be executed.

Add a key here in the same commit as the part of the engine that obeys it. Reading the files is in manifest_files.py,
what has to fit together within one in manifest_rules.py; what a driver does with an operation stays in `drivers`.
Format, with an example: docs/connectors.md.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Property(_Part):
    """A setting of a connection. `secret`: given in connections.yaml only as {env: NAME} or {file: PATH}."""

    meaning: str
    type: Literal["text", "host", "url", "number", "yes_no", "file"] = "text"
    secret: bool = False
    required: bool = True
    default: str | None = None


class Auth(_Part):
    """How requests are authenticated; `parameters` name settings as ${connection.x} or ${secret.x}.

    `none`: {}. `api_key`: {headers: {name: value}}, {query: {name: value}}, {cookies: {name: value}}, or several.
    `basic`: {username, password}. `bearer`: {token, prefix}.
    `oauth2_client_credentials`: {token_url, client_id, client_secret, scope, style: form | basic, extra: {name:
    value}}. `oauth2_refresh`: the same with {refresh_token}.
    `jwt_bearer` (RFC 7523): {token_url, issuer, subject, audience, private_key, algorithm, scope, key_id, lifetime,
    claims, exchange: form | bearer}.
    `two_step`: {path, method, headers, body or form, token, header, prefix, ends}: a request to `path` of the base URL
    that gives a token, and the dotted paths to it and to the seconds it is valid.
    """

    type: Literal[
        "none", "api_key", "basic", "bearer", "oauth2_client_credentials", "oauth2_refresh", "jwt_bearer", "two_step"
    ]
    parameters: dict[str, Any] = Field(default_factory=dict)


class RateLimit(_Part):
    """What the system allows, and the headers in which it says what is left."""

    rate: int = 0
    per_seconds: float = 1.0
    remaining_header: str | None = None
    reset_header: str | None = None


AUTH_PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {  # required, optional
    "none": (frozenset(), frozenset()),
    "api_key": (frozenset(), frozenset({"headers", "query", "cookies"})),
    "basic": (frozenset({"username"}), frozenset({"password"})),
    "bearer": (frozenset({"token"}), frozenset({"prefix"})),
    "oauth2_client_credentials": (
        frozenset({"token_url", "client_id"}),
        frozenset({"client_secret", "scope", "style", "extra"}),
    ),
    "oauth2_refresh": (
        frozenset({"token_url", "client_id", "refresh_token"}),
        frozenset({"client_secret", "scope", "style", "extra"}),
    ),
    "jwt_bearer": (
        frozenset({"token_url", "issuer", "private_key"}),
        frozenset({"audience", "subject", "algorithm", "scope", "key_id", "lifetime", "claims", "exchange", "extra"}),
    ),
    "two_step": (
        frozenset({"path", "token"}),
        frozenset({"method", "headers", "body", "form", "header", "prefix", "ends"}),
    ),
}


class ErrorRule(_Part):
    """What an answer means; the first rule that matches counts, those of the operation before those of the system.

    All that is named must hold. `headers`: name and exact value. `body`: dotted path (answer_path.py) and the value
    that must stand there, or a list of values of which one must.
    """

    status: tuple[int, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=dict)
    means: Literal["retry", "rate_limited", "refresh_then_retry", "duplicate", "fail", "ask_a_person"]
    error_class: str = "config"


class Pagination(_Part):
    """How a list goes on: a cursor in the answer, a next link, pages or an offset. Paths as in answer_path.py."""

    type: Literal["cursor", "link", "page", "offset"]
    items: str  # path to the list; "" where the answer is the list
    next: str | None = None  # path to the cursor or link; a link without it is in the header Link (RFC 8288)
    parameter: str | None = None  # what takes the cursor, page (from 1) or offset (from 0)
    place: Literal["query", "body"] = "query"  # where the parameters stand in the request
    size_parameter: str | None = None
    size: int = 100


class Idempotency(_Part):
    """How the same key has its effect once. The key stands in the request as ${key}, in `key_form`.

    `key_header`: the system keeps it (`header`). `natural_upsert`: the same request twice leaves the same record.
    `client_id`: the key is the id of what is made. `search_then_create`: before a second try, `search` (an operation
    that reads) is sent with `search_input` (a template: ${input.x}, ${key}), all its pages; a record at `found` (a path
    to one or to a list) counts if the key stands somewhere in it, and `found_output` reads the result from it. A search
    that is answered with 404 found nothing; one that fails otherwise shows nothing: no second try then. `none`: the
    system cannot tell, so there is no second try after an answer that was lost.
    """

    strategy: Literal["key_header", "natural_upsert", "client_id", "search_then_create", "none"]
    header: str | None = None
    marker: str | None = None  # in overlays: where the key goes in a described request, a dotted path in the input
    search: str | None = None
    search_input: dict[str, Any] = Field(default_factory=dict)
    found: str | None = None
    found_output: dict[str, str] = Field(default_factory=dict)  # empty: as the operation's output
    settles_seconds: float = 0  # so long after a try the search may not see what it made: only then it shows absence
    keeps_seconds: float = 0  # so long the system knows a key that it was sent (key_header); 0: for ever
    key_form: Literal["hex32", "hex64", "uuid", "letters_digits"] = "hex32"


class Operation(_Part):
    """Something a system does. `request` is the driver's own: request_template.py for REST; text for SQL, and so on.

    `input` says the properties, and nothing else may be given unless it says so itself.
    """

    meaning: str
    effect: Literal["read", "write", "delete"]
    risk: Literal["low", "medium", "high"]
    request: dict[str, Any]
    input: dict[str, Any]  # JSON Schema of what is given
    output: dict[str, str] = Field(default_factory=dict)  # name: dotted path in the answer
    idempotency: Idempotency = Idempotency(strategy="none")
    pagination: Pagination | None = None
    errors: tuple[ErrorRule, ...] = ()
    spec_operation: str | None = None  # operationId, or METHOD path, in the vendor's description
    undo: str | None = None  # operation that takes it back

    @field_validator("input")
    @classmethod
    def _closed(cls, schema: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": False, **schema}


class Manifest(_Part):
    """One system. `hosts`: the only ones a request or redirect may go to, may name settings."""

    system: str
    title: str
    driver: Literal["rest", "odata", "graphql", "soap", "sql", "mongo", "mail"]
    version: int = 1
    described_by: str  # which public description it was checked against, or what there is instead
    connection: dict[str, Property]
    base_url: str | None = None
    hosts: tuple[str, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    auth: Auth = Auth(type="none")
    limits: RateLimit = RateLimit()
    errors: tuple[ErrorRule, ...] = ()
    verify: str  # the operation that shows that a connection works
    operations: dict[str, Operation]
