"""A connector manifest: what is said of one system in `systems/<system>.yaml`, and nothing that can be executed.

Add a key here in the same commit as the part of the engine that obeys it. Which systems there are stays in the files;
what a driver does with an operation stays in `drivers`. Format, with an example: docs/connectors.md.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


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
    """How requests are authenticated; `parameters` name settings as ${connection.x} or ${secret.x}."""

    type: Literal[
        "none", "api_key", "basic", "bearer", "oauth2_client_credentials", "oauth2_refresh", "jwt_bearer", "two_step"
    ]
    parameters: dict[str, Any] = Field(default_factory=dict)


class RateLimit(_Part):
    """What the system allows, and the headers in which it says what is left."""

    rate: int = 0
    per_seconds: float = 1.0
    concurrency: int = 4
    remaining_header: str | None = None
    reset_header: str | None = None


class ErrorRule(_Part):
    """What an answer means; the first rule that matches counts. `body`: dotted path to what its value must be."""

    status: tuple[int, ...] = ()
    body: dict[str, Any] = Field(default_factory=dict)
    means: Literal["retry", "rate_limited", "refresh_then_retry", "duplicate", "fail", "ask_a_person"]
    error_class: str = "config"


class Pagination(_Part):
    """How a list goes on: a cursor in the answer, a next link, pages or an offset."""

    type: Literal["cursor", "link", "page", "offset"]
    items: str  # dotted path to the list
    next: str | None = None  # dotted path to the cursor or link
    parameter: str | None = None  # query parameter that takes it
    size_parameter: str | None = None
    size: int = 100


class Idempotency(_Part):
    """How the same key has its effect once.

    `key_header`: the system keeps it (`header`). `natural_upsert`: the request writes the record of that key.
    `client_id`: the key is the id of what is made. `search_then_create`: `search` (an operation, its input with {key})
    finds what is there by the `marker` that the request carries. `none`: it cannot tell, so no second try after an
    answer that was lost.
    """

    strategy: Literal["key_header", "natural_upsert", "client_id", "search_then_create", "none"]
    header: str | None = None
    marker: str | None = None  # where the key goes in the request: dotted path in the input
    search: str | None = None
    search_input: dict[str, Any] = Field(default_factory=dict)
    found: str | None = None  # dotted path in the answer of the search; something there: it was done
    match: str | None = None  # where `found` is a list of what may be ours: dotted path in an item to the key
    settle_seconds: float = 0.0  # so long can it take until the search finds what was made
    key_form: Literal["hex32", "hex64", "uuid", "letters_digits"] = "hex32"


class Operation(_Part):
    """Something a system does. `request` is the driver's own: method, path, body for REST; text for SQL, and so on."""

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
