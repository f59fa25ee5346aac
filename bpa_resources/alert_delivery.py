"""Sends alerts: to a web address as JSON, by mail. The only module that speaks HTTP or SMTP for them.

What is secret (the address of the webhook, the password of the mail account) appears in no message of ours.
"""

import smtplib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from bpa_resources.alert_files import Alert, AlertFiles
from bpa_resources.environment import MailSettings
from bpa_resources.errors import one_line

SECONDS = 40
"""Of the 60 s after which Dagster breaks a look off."""

_WEB_SECONDS, _MAIL_SECONDS = 10, 15
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 10, 3600
_GIVE_UP_SECONDS = 7 * 86400

Send = Callable[[Alert], None]


class NotSentError(Exception):
    """It was not sent; the text says why, without secrets."""


def deliver(files: AlertFiles, ways: Mapping[str, Send], *, now: float, until: float) -> list[str]:
    """Send what waits, each by each of its ways once; returns sentences about what could not be sent.

    A way that fails is left alone for the rest of this call and tried again later, later each time; what could not be
    sent within a week is given up. `until`: as `time.monotonic`; what is left then waits for the next call.
    """
    closed: dict[str, str] = {}
    for alert in files.all():
        if time.monotonic() > until:
            break
        if alert.open_ways and alert.next_try_at <= now:
            _send(alert, files, ways, closed, now=now)
    return [f"alerts by {way} wait: {why}" for way, why in closed.items()]


def _send(alert: Alert, files: AlertFiles, ways: Mapping[str, Send], closed: dict[str, str], *, now: float) -> None:
    """Send an alert by its open ways; each success is noted before the next is tried, so that nothing is sent twice."""
    for way in alert.open_ways:
        if way in closed:
            continue
        send = ways.get(way)
        if send is None or now - alert.raised_at > _GIVE_UP_SECONDS:  # the setting is gone, or nobody ever answered
            alert = replace(alert, sent={**alert.sent, way: 0.0})
        elif why := _problem(send, alert):
            closed[way] = why
            continue
        else:
            alert = replace(alert, sent={**alert.sent, way: now})
        files.note(alert)
    if alert.open_ways:
        pause = min(_FIRST_RETRY_SECONDS * 2**alert.attempts, _LONGEST_RETRY_SECONDS)
        files.note(replace(alert, attempts=alert.attempts + 1, next_try_at=now + pause))


def _problem(send: Send, alert: Alert) -> str | None:
    """Why it could not be sent. What nobody foresaw holds up no other alert, and is told by its kind: no secrets."""
    try:
        send(alert)
    except NotSentError as error:
        return str(error)
    except Exception as error:
        return f"it cannot be sent ({type(error).__name__})"
    return None


def to_webhook(url: str) -> Send:
    """Post an alert as JSON: `text` is what Slack, Teams and Mattermost show, the rest is for programs.

    A receiver that got it twice, because its answer was lost, knows by the header `Idempotency-Key`.
    """

    def send(alert: Alert) -> None:
        import logging

        import httpx

        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs the address, which is a secret
        content = {
            "text": alert.text, "id": alert.id, "kind": alert.kind, "process": alert.process,
            "subject": alert.subject, "details": dict(alert.details),
            "raised_at": datetime.fromtimestamp(alert.raised_at, UTC).isoformat(),
        }  # fmt: skip
        try:
            answer = httpx.post(url, json=content, headers={"Idempotency-Key": alert.id}, timeout=_WEB_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotSentError(f"the webhook does not answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise NotSentError(f"the webhook answered {answer.status_code}")

    return send


def to_mail(settings: MailSettings) -> Send:
    """Mail an alert, encrypted unless the settings say otherwise."""

    def send(alert: Alert) -> None:
        try:
            with _connection(settings) as session:
                if settings.security == "starttls":
                    session.starttls(context=ssl.create_default_context())
                if settings.user:
                    session.login(settings.user, settings.password)
                session.send_message(_mail(alert, settings))
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(f"the mail server {settings.host} refused ({type(error).__name__})") from None

    return send


def _connection(settings: MailSettings) -> smtplib.SMTP:
    if settings.security == "ssl":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_MAIL_SECONDS, context=trusted)
    return smtplib.SMTP(settings.host, settings.port, timeout=_MAIL_SECONDS)


def _mail(alert: Alert, settings: MailSettings) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"[bpa] {one_line(alert.subject)}"[:200]
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(alert.raised_at, UTC))
    mail["Message-ID"] = f"<{alert.id}@bpa.invalid>"  # the same at each try: a program that reads mail shows it once
    lines = [alert.text, "", *(f"{name}: {value}" for name, value in alert.details.items())]
    mail.set_content("\n".join(lines))
    return mail
