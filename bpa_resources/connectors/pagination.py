"""The next page of a list, as an operation with the page in its request: cursor, link, page number or offset.

What a server names as the next page is data: it is put in as a value, never as a template, and a link that leaves the
base URL of the connection is refused. Add here another way in which lists go on.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from bpa_resources.connectors.answer_path import value_at
from bpa_resources.connectors.driver import Answer, Connection
from bpa_resources.connectors.hosts import base_url_of
from bpa_resources.connectors.manifest import Operation, Pagination
from bpa_resources.errors import InputError

MOST_PAGES = 50

_PAGE = "bpa_page"

Given = Mapping[str, Any]


def first_page(operation: Operation) -> Operation:
    """The operation with the size of a page in its request, where the system takes one."""
    pages = operation.pagination
    if pages is None or pages.size_parameter is None:
        return operation
    return _with_parameter(operation, pages, pages.size_parameter, pages.size)


def next_page(
    connection: Connection, operation: Operation, given: Given, answer: Answer, page: int
) -> tuple[Operation, Given] | None:
    """The operation and input of the page after number `page` (from 1), whose answer this is; None after the last.

    Raises InputError for a link to another server.
    """
    pages = operation.pagination
    if pages is None:
        return None
    if pages.type == "link":
        link = value_at(answer.body, pages.next) if pages.next else _link_header(answer.headers.get("link", ""))
        return _linked(connection, operation, given, link) if isinstance(link, str) and link else None
    value = _next_value(pages, answer, page)
    if value is None or pages.parameter is None:
        return None
    return _with_parameter(operation, pages, pages.parameter, f"${{input.{_PAGE}}}"), {**given, _PAGE: value}


def _next_value(pages: Pagination, answer: Answer, page: int) -> str | int | None:
    if pages.type == "cursor":
        cursor = value_at(answer.body, pages.next or "")
        return cursor if isinstance(cursor, str | int) and not isinstance(cursor, bool) and cursor != "" else None
    items = value_at(answer.body, pages.items)
    if not isinstance(items, list) or len(items) < pages.size:
        return None
    return page + 1 if pages.type == "page" else page * pages.size


def _with_parameter(operation: Operation, pages: Pagination, name: str, value: Any) -> Operation:
    """The operation with one more entry in its query, its body, or the variables of its GraphQL text."""
    part = "query" if pages.place == "query" else "variables" if "variables" in operation.request else "body"
    request = {**operation.request, part: {**operation.request.get(part, {}), name: value}}
    return operation.model_copy(update={"request": request})


def _linked(connection: Connection, operation: Operation, given: Given, link: str) -> tuple[Operation, Given]:
    base = base_url_of(connection)
    try:
        url = urlsplit(urljoin(f"{base}/", link))
    except ValueError:
        raise InputError(f"{connection.manifest.title} names a next page that is no address") from None
    whole = f"{url.scheme}://{url.netloc}{url.path}"
    if not whole.startswith(f"{base}/") or "/../" in whole:
        raise InputError(f"{connection.manifest.title} names a next page at another address ({url.hostname})")
    pairs = parse_qsl(url.query, keep_blank_values=True)
    names = list(dict.fromkeys(name for name, _ in pairs))
    query = {_literal(name): f"${{input.{_PAGE}_{number}}}" for number, name in enumerate(names)}
    values = {f"{_PAGE}_{number}": [v for n, v in pairs if n == name] for number, name in enumerate(names)}
    request = {**operation.request, "path": _literal(whole.removeprefix(base)), "query": query}
    return operation.model_copy(update={"request": request}), {**given, **values}


def _literal(text: str) -> str:
    """A text of the server's that no template sees a placeholder in."""
    return text.replace("${", "%24%7B")


def _link_header(header: str) -> str | None:
    """The target of rel="next" (RFC 8288)."""
    for part in header.split(","):
        target, _, parameters = part.strip().partition(">")
        if target.startswith("<") and 'rel="next"' in parameters.replace("rel=next", 'rel="next"'):
            return target[1:]
    return None
