"""Alerts are written once and sent once by each way, whatever is down between."""

import email
import logging
import smtplib
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bpa_resources import alert_delivery
from bpa_resources.alert_delivery import NotSentError, deliver, to_mail, to_webhook
from bpa_resources.alert_files import KEPT_SECONDS, Alert, AlertFiles, alert_id
from bpa_resources.environment import MailSettings
from tests.sensors.receivers import mail_server, webhook


def alert(name: str = "run-1", *ways: str) -> Alert:
    return Alert(
        id=name, kind="failed_run", process="orders", subject="orders: refresh_process failed",
        text="orders: refresh_process failed in read_event_log: orders.csv is empty.",
        details={"step": "read_event_log"}, ways=ways or ("webhook",),
    )  # fmt: skip


def deliver_now(files: AlertFiles, url: str, *, now: float) -> list[str]:
    return deliver(files, {"webhook": to_webhook(url)}, now=now, until=time.monotonic() + 60)


def test_the_same_alert_is_raised_once(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    assert files.raise_once(alert())
    assert not AlertFiles(tmp_path).raise_once(alert())
    assert [one.id for one in files.all()] == ["run-1"]
    assert alert_id("check", "orders", "a") == alert_id("check", "orders", "a")
    assert len({alert_id("check", "orders", "a"), alert_id("check", "orders-a"), alert_id("check", "orders", "b")}) == 3
    assert "/" not in alert_id("inbox", "../../etc/passwd")


def test_an_alert_is_posted_once_as_json_that_says_what_and_where(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert())
    with webhook() as received:
        url = f"http://127.0.0.1:{received.port}/secret"
        for look in range(3):
            assert deliver_now(AlertFiles(tmp_path), url, now=time.time() + look) == []
    (post,) = received.posts
    assert received.keys == ["run-1"]
    assert post["text"].startswith("orders: refresh_process failed in read_event_log: orders.csv is empty")
    assert (post["id"], post["kind"], post["process"]) == ("run-1", "failed_run", "orders")
    assert post["details"] == {"step": "read_event_log"}


def test_a_webhook_that_was_down_gets_each_alert_once_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    files = AlertFiles(tmp_path)
    files.raise_once(alert("run-1"))
    files.raise_once(alert("run-2"))
    now = files.all()[0].raised_at
    with webhook() as received:
        url = f"http://127.0.0.1:{received.port}/secret"
        received.status = 503
        (problem,) = deliver_now(files, url, now=now)
        assert "503" in problem
        assert files.all()[0].next_try_at > now
        assert deliver_now(files, url, now=now + 1) == []  # not before its time
        received.status = 200
        assert deliver_now(files, url, now=now + 3600) == []
        assert deliver_now(files, url, now=now + 7200) == []
    assert [post["id"] for post in received.posts] == ["run-1", "run-2"]
    assert "secret" not in caplog.text
    files.raise_once(alert("run-3"))
    (problem,) = deliver_now(files, url, now=now + 7200)  # the server is gone
    assert "does not answer" in problem
    assert "secret" not in problem
    assert "secret" not in caplog.text


def test_one_way_that_is_closed_does_not_hold_up_the_other_nor_send_it_twice(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert("run-1", "webhook", "mail"))
    sent: list[str] = []

    def closed(_: Alert) -> None:
        raise NotSentError("closed")

    now = files.all()[0].raised_at
    mailed = lambda one: sent.append(one.id)  # noqa: E731
    for look in range(4):
        deliver(files, {"webhook": closed, "mail": mailed}, now=now + 4000 * look, until=time.monotonic() + 60)
    assert sent == ["run-1"]
    assert files.all()[0].open_ways == ("webhook",)


def test_what_nobody_foresaw_is_tried_later_and_sends_nothing_twice(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert("run-1", "webhook", "mail"))
    files.raise_once(alert("run-2", "webhook", "mail"))
    sent: list[str] = []

    def broken(_: Alert) -> None:
        raise UnicodeEncodeError("ascii", "pässwörd", 1, 2, "ordinal not in range(128)")

    now = files.all()[0].raised_at
    ways = {"webhook": lambda one: sent.append(one.id), "mail": broken}
    problems = [deliver(files, ways, now=now + look, until=time.monotonic() + 60) for look in range(4)]
    assert sent == ["run-1", "run-2"]
    assert problems == [["alerts by mail wait: it cannot be sent (UnicodeEncodeError)"], [], [], []]


def test_a_name_that_is_no_text_is_written_in_letters(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(replace(alert(), text="M\udce4rz.csv is not read", details={"path": "M\udce4rz.csv"}))
    (one,) = files.all()
    assert (one.text, one.details["path"]) == ("M\\udce4rz.csv is not read", "M\\udce4rz.csv")


def test_a_damaged_file_holds_up_no_alert(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert())
    (tmp_path / "empty.json").touch()
    (tmp_path / "list.json").write_text("[1]")
    assert [one.id for one in files.all()] == ["run-1"]
    assert sorted(path.name for path in tmp_path.glob("*.unreadable")) == ["empty.unreadable", "list.unreadable"]


def test_what_nobody_takes_for_a_week_is_given_up_and_in_time_forgotten(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert())
    raised_at = files.all()[0].raised_at
    deliver_now(files, "http://127.0.0.1:9/", now=raised_at + 8 * 86400)
    assert files.all()[0].open_ways == ()
    files.forget_old(now=raised_at + KEPT_SECONDS - 1)
    assert len(files.all()) == 1
    files.forget_old(now=raised_at + KEPT_SECONDS + 1)
    assert files.all() == []


def test_a_look_ends_in_time_and_the_next_goes_on(tmp_path: Path) -> None:
    files = AlertFiles(tmp_path)
    files.raise_once(alert())
    sent: list[str] = []
    ways = {"webhook": lambda one: sent.append(one.id)}
    deliver(files, ways, now=time.time(), until=time.monotonic() - 1)
    assert sent == []
    deliver(files, ways, now=time.time(), until=time.monotonic() + 60)
    assert sent == ["run-1"]


def test_an_alert_is_mailed_to_everybody(tmp_path: Path) -> None:
    with mail_server() as received:
        settings = MailSettings(
            ("ann@example.org", "bob@example.org"), "bpa@example.org", "127.0.0.1", received.port, "none"
        )
        to_mail(settings)(alert("run-1"))
    (letter,) = received.letters
    mail = email.message_from_string(letter)
    assert mail["To"] == "ann@example.org, bob@example.org"
    assert mail["Subject"] == "[bpa] orders: refresh_process failed"
    assert mail["Message-ID"] == "<run-1@bpa.invalid>"
    assert "orders.csv is empty" in str(mail.get_payload())
    assert "step: read_event_log" in str(mail.get_payload())


def test_mail_is_not_sent_unencrypted_where_encryption_is_asked_for() -> None:
    with mail_server() as received:
        settings = MailSettings(
            ("ann@example.org",), "bpa@example.org", "127.0.0.1", received.port, "starttls", "bpa", "secret"
        )
        with pytest.raises(NotSentError) as refused:
            to_mail(settings)(alert())
    assert received.letters == []
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(settings)


def test_encrypted_mail_checks_who_it_talks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the edge is replaced: what smtplib is asked for."""
    asked: list[object] = []

    class Session:
        def __init__(self, host: str, port: int, **options: object) -> None:
            asked.append((host, port, options.get("context")))

        def __enter__(self) -> "Session":
            return self

        def __exit__(self, *_: object) -> None:
            """Closed."""

        def login(self, user: str, password: str) -> None:
            asked.append((user, password))

        def send_message(self, mail: object) -> None:
            asked.append(mail)

    monkeypatch.setattr(smtplib, "SMTP_SSL", Session)
    to_mail(MailSettings(("ann@example.org",), "bpa@example.org", "mail", 465, "ssl", "bpa", "secret"))(alert())
    (host, port, context), login, _ = asked
    assert (host, port, login) == ("mail", 465, ("bpa", "secret"))
    assert context.check_hostname
    assert context.verify_mode == alert_delivery.ssl.CERT_REQUIRED
