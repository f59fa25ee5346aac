"""What the answers of each system mean: bodies as their documentation shows them."""

from typing import Any

import pytest

from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.manifest_files import load_manifest
from bpa_resources.connectors.meaning import meaning_of
from tests.resources.connectors.test_system_contracts import STRATEGIES

SALESFORCE_LIMIT = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
GOOGLE_LIMIT = {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}]}}
GOOGLE_DENIED = {"error": {"code": 403, "errors": [{"domain": "global", "reason": "insufficientPermissions"}]}}
SAP_FORGOTTEN = {"error": {"code": "/IWBEP/CM_COS/005", "message": {"lang": "en", "value": "Request outdated"}}}
LOST = {"ok": False, "error": "fatal_error"}


@pytest.mark.parametrize(
    ("operation", "status", "body", "headers", "kind", "error_class"),
    [
        ("slack.post_message", 200, {"ok": True, "ts": "1.2"}, {}, "done", ""),
        ("slack.post_message", 200, {"ok": False, "error": "ratelimited"}, {}, "rate_limited", "rate_limited"),
        ("slack.post_message", 200, {"ok": False, "error": "invalid_auth"}, {}, "fail", "auth"),
        ("slack.post_message", 200, {"ok": False, "error": "channel_not_found"}, {}, "fail", "config"),
        ("slack.post_message", 200, LOST, {}, "ask_a_person", "ambiguous"),  # it may be there, and is not sent again
        ("slack.find_user", 200, LOST, {}, "retry", "transient"),
        ("slack.delete_message", 200, {"ok": False, "error": "message_not_found"}, {}, "duplicate", ""),
        ("salesforce.create_case", 403, SALESFORCE_LIMIT, {}, "rate_limited", "rate_limited"),
        ("salesforce.create_case", 300, ["/services/data/v62.0/sobjects/Case/1"], {}, "ask_a_person", ""),
        ("salesforce.create_case", 401, [{"errorCode": "INVALID_SESSION_ID"}], {}, "refresh_then_retry", "auth"),
        ("github.create_issue", 403, {"message": "API rate limit"}, {"x-ratelimit-remaining": "0"}, "rate_limited", ""),
        ("github.create_issue", 403, {"message": "Forbidden"}, {"x-ratelimit-remaining": "9"}, "fail", "config"),
        ("google_drive.create_file", 403, GOOGLE_LIMIT, {}, "rate_limited", "rate_limited"),
        ("google_drive.create_file", 403, GOOGLE_DENIED, {}, "fail", "config"),
        ("google_calendar.create_event", 409, {"error": {"code": 409}}, {}, "duplicate", ""),
        ("google_calendar.update_event", 409, {"error": {"code": 409}}, {}, "fail", "config"),
        ("google_calendar.delete_event", 410, {"error": {"code": 410}}, {}, "duplicate", ""),
        ("hubspot.create_record", 207, {"status": "COMPLETE", "numErrors": 1}, {}, "fail", "config"),
        ("onedrive.create_folder", 409, {"error": {"code": "nameAlreadyExists"}}, {}, "duplicate", ""),
        ("notion.update_page", 409, {"code": "conflict_error"}, {}, "retry", "transient"),
        ("sap_s4hana.create_sales_order", 400, SAP_FORGOTTEN, {}, "ask_a_person", "ambiguous"),
        ("sap_s4hana.set_blocks", 403, "CSRF token", {"x-csrf-token": "Required"}, "refresh_then_retry", "auth"),
        ("jira.create_issue", 400, {"errorMessages": [], "errors": {"project": "required"}}, {}, "fail", "config"),
        ("jira.delete_issue", 404, {"errorMessages": ["Issue does not exist"]}, {}, "duplicate", ""),
    ],
)
def test_what_an_answer_means(
    operation: str, status: int, body: Any, headers: dict[str, str], kind: str, error_class: str
) -> None:
    system, _, name = operation.partition(".")
    manifest = load_manifest(system)
    meaning = meaning_of(
        Answer("answer", status=status, body=body, headers=headers), manifest, manifest.operations[name]
    )
    assert meaning.kind == kind
    assert error_class in ("", meaning.error_class)


@pytest.mark.parametrize("system", sorted(STRATEGIES))
def test_what_every_system_may_answer(system: str) -> None:
    manifest = load_manifest(system)
    for operation in manifest.operations.values():
        kinds = {
            status: meaning_of(Answer("answer", status=status, body={"ok": True}), manifest, operation)
            for status in (200, 400, 401, 403, 429, 500, 503)
        }
        assert [kinds[status].kind for status in (200, 400, 403)] == ["done", "fail", "fail"]
        assert kinds[401].error_class == "auth"
        assert kinds[429].kind == "rate_limited"
        assert [kinds[status].kind for status in (500, 503)] == ["retry", "retry"]
        assert kinds[500].maybe_done
