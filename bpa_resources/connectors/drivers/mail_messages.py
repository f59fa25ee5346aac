"""A mail as it is sent, and what can be none: addresses and headers that would smuggle something in.

Add here what any message may need. Servers, and what they answer, stay in `mail`.
"""

import re
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import Any

# WHATWG HTML, 4.10.5.1.5: nothing that could end a header or an SMTP command.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
POLICY = SMTP.clone(cte_type="7bit")


def message_problems(request: Mapping[str, Any], settings: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with recipients and subject, one sentence each."""
    allowed = [name.strip().casefold() for name in settings.get("recipient_domains", "").split(",") if name.strip()]
    addresses = [*request["to"], *request.get("cc", ()), *([request["reply_to"]] if "reply_to" in request else ())]
    for address in addresses:
        if not ADDRESS.fullmatch(address):
            yield f"{address!r} is no address; write name@example.com"
        elif allowed and address.rpartition("@")[2].casefold() not in allowed:
            yield f"{address} may get no mail of this connection; it writes to {', '.join(allowed)}"
    if not request["subject"].isprintable():
        yield "the subject holds a line break or another character that no header can hold; write it on one line"


def message_id(settings: Mapping[str, str], key: str) -> str:
    """The Message-ID of a key: the same at every try."""
    return f"<{key}@{settings['sender'].rpartition('@')[2]}>"


def message_of(request: Mapping[str, Any], settings: Mapping[str, str]) -> EmailMessage:
    """The message of a request that `message_problems` finds nothing wrong with."""
    message = EmailMessage(policy=POLICY)
    message["Message-ID"] = message_id(settings, request["key"])
    message["Date"] = format_datetime(localtime())
    message["From"] = settings["sender"]
    message["To"] = ", ".join(request["to"])
    if request.get("cc"):
        message["Cc"] = ", ".join(request["cc"])
    if "reply_to" in request:
        message["Reply-To"] = request["reply_to"]
    message["Subject"] = request["subject"]
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply to it
    message.set_content(request["text"])
    return message
