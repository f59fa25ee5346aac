"""The files of the home that people look at, and nothing else."""

import http.client
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
import uvicorn

from bpa_resources.file_server import file_app
from bpa_resources.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a report, and with what must stay private."""
    home = Home(tmp_path / "home")
    for path, content in {
        "reports/orders/index.html": "<h1>orders</h1>",
        "reports/orders/quality/index.html": "quality",
        "reports/orders/.hidden.html": "hidden",
        "reports/.private/page.html": "hidden",
        "reports/<b>.html": "odd name",
        "kpis.duckdb": "database",
        "ledger.sqlite": "ledger",
        "dagster/dagster.yaml": "storage",
    }.items():
        (home.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (home.folder / path).write_text(content)
    (home.reports / "orders" / "link.html").symlink_to(home.folder / "ledger.sqlite")
    (home.reports / "linked").symlink_to(home.folder / "dagster")
    return home


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    text: str
    headers: Message


@contextmanager
def serving(home: Home) -> Iterator[Callable[..., Answer]]:
    """The real server on loopback; what is asked for is sent as it is written, dots and all."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(file_app(home, ui="http://127.0.0.1:3000"), log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    def ask(path: str, *, method: str = "GET", host: str = "127.0.0.1") -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=30)) as connection:
            connection.request(method, path, headers={"Host": host})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.headers)

    try:
        yield ask
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def asked(home: Home) -> Iterator[Callable[..., Answer]]:
    with serving(home) as ask:
        yield ask


Ask = Callable[..., Answer]


def test_reports_are_served_and_listed(asked: Ask) -> None:
    page = asked("/reports/orders/")
    assert (page.status, page.text) == (200, "<h1>orders</h1>")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert asked("/reports/orders/quality/index.html").text == "quality"
    index = asked("/")
    assert index.status == 200
    assert '<a href="/reports/orders/index.html">report</a>' in index.text
    assert 'href="http://127.0.0.1:3000"' in index.text
    assert "<b>" not in index.text
    assert "hidden" not in index.text
    assert "link.html" not in index.text
    assert "linked" not in index.text


def test_nothing_else_is_served(asked: Ask) -> None:
    for path in (
        "/kpis.duckdb", "/ledger.sqlite", "/dagster/dagster.yaml", "/reports/../ledger.sqlite",
        "/reports/%2e%2e/ledger.sqlite", "/reports/..%2fledger.sqlite", "/reports//etc/passwd",
        "/reports/orders/link.html", "/reports/linked/dagster.yaml", "/reports/orders/.hidden.html",
        "/reports/.private/page.html", "/reports/%2eprivate/page.html", "/reports/orders/none.html",
        "/reports/orders/%00.html", "/reports/" + "a" * 300,
    ):  # fmt: skip
        answer = asked(path)
        assert answer.status == 404, path
        for secret in ("database", "ledger", "storage", "hidden", "root:"):
            assert secret not in answer.text


def test_a_page_from_elsewhere_that_points_its_name_here_is_turned_away(asked: Ask) -> None:
    for host in ("evil.example", "evil.example:3001", "127.0.0.1.evil.example", "0.0.0.0"):  # noqa: S104
        assert asked("/reports/orders/", host=host).status == 400
    assert asked("/reports/orders/", host="localhost:3001").status == 200


def test_nothing_can_be_written(asked: Ask, home: Home) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert asked("/reports/orders/index.html", method=method).status == 405
    assert (home.reports / "orders" / "index.html").read_text() == "<h1>orders</h1>"


def test_pages_are_listed_by_process_the_newest_first(home: Home, asked: Ask) -> None:
    quality = home.reports / "orders" / "quality"
    for number, name in enumerate(("old.html", "new.html")):
        (quality / name).write_text(name)
        os.utime(quality / name, (number * 3600, number * 3600))
    text = asked("/").text
    assert text.count("<h2>orders</h2>") == 1
    assert text.index("new.html") < text.index("1970-01-01 01:00 UTC") < text.index("old.html")


def test_a_home_without_reports_says_so(tmp_path: Path) -> None:
    with serving(Home(tmp_path)) as asked:
        assert "no report yet" in asked("/").text
        assert asked("/reports/orders/").status == 404
