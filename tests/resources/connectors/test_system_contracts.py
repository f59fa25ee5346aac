"""Every operation of every system sends what the vendor's own description allows.

The descriptions are slices of the vendors' files; they are not part of this repository, so most of these tests need
BPA_SHARED and skip visibly without it. Where a description is wrong or short, overlays/<system>.yaml says so and why.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.drivers.edmx import read_service
from bpa_resources.connectors.manifest_files import load_manifest, systems
from bpa_resources.connectors.pagination import first_page
from bpa_resources.connectors.request_template import Request, build_request
from tests.resources.connectors.sample_inputs import sample_inputs
from tests.resources.connectors.vendor_contract import HERE, complaints, described, unread

KEY = "0123456789abcdef0123456789abcdef"

SLICES: Mapping[str, tuple[str, ...]] = {
    "hubspot": ("hubspot_crm_company", "hubspot_crm_contact", "hubspot_crm_deal", "hubspot_crm_ticket"),
    "microsoft_teams": ("msgraph",),
    "onedrive": ("msgraph",),
    "oracle_fusion": ("oracle_fusion_gl",),
    "outlook_mail": ("msgraph",),
}
OURS = ("salesforce",)  # no vendor's description exists: our own, in descriptions/
# How each write is kept from happening twice. A wrong one repeats an action at a customer: change it knowingly.
STRATEGIES = {
    "asana": {"search_then_create": "create_task comment", "natural_upsert": "update_task delete_task"},
    "bitbucket": {"search_then_create": "create_issue comment", "none": "run_pipeline"},
    "github": {"search_then_create": "create_issue comment", "natural_upsert": "close_issue", "none": "start_workflow"},
    "google_calendar": {"client_id": "create_event", "natural_upsert": "update_event delete_event"},
    "google_drive": {"search_then_create": "create_file", "natural_upsert": "upload_text share trash_file"},
    "hubspot": {"natural_upsert": "create_record update_record archive_record"},
    "jira": {"search_then_create": "create_issue comment", "natural_upsert": "update_issue delete_issue"},
    "microsoft_teams": {"none": "post_message reply post_chat_message"},
    "notion": {"search_then_create": "create_page comment", "natural_upsert": "update_page trash_page"},
    "onedrive": {"natural_upsert": "upload_text create_folder share delete_item"},
    "oracle_fusion": {
        "natural_upsert": "update_journal_batch delete_journal_batch",
        "none": "create_budget_transaction",
    },
    "outlook_mail": {"none": "send create_draft"},
    "salesforce": {"natural_upsert": "create_case create_record update_record", "none": "comment_case"},
    "sap_s4hana": {"key_header": "create_sales_order", "natural_upsert": "set_blocks set_delivery_date"},
    "servicenow": {
        "search_then_create": "create_incident",
        "natural_upsert": "update_record delete_record",
        "none": "add_work_note",
    },
    "slack": {"natural_upsert": "open_conversation update_message delete_message", "none": "post_message"},
    "trello": {"search_then_create": "create_card comment", "natural_upsert": "update_card archive_card"},
}

REST = [system for system in STRATEGIES if load_manifest(system).driver == "rest"]


def connection_of(system: str) -> Connection:
    manifest = load_manifest(system)
    settings = {
        name: setting.default or ("example.com" if setting.type == "host" else "acme")
        for name, setting in manifest.connection.items()
        if not setting.secret
    }
    secrets = {name: "s3cret" for name, setting in manifest.connection.items() if setting.secret}
    return Connection(system, manifest, settings, secrets)


def description_of(system: str, shared_specs: Path) -> dict[str, Any]:
    names = SLICES.get(system, (system,))
    folder = HERE / "descriptions" if system in OURS else shared_specs
    base_url = (load_manifest(system).base_url or "").replace("${connection.", "${").replace("${", "{")
    for name, value in connection_of(system).settings.items():
        base_url = base_url.replace(f"{{{name}}}", value)
    return described([folder / f"{name}.json" for name in names], HERE / "overlays" / f"{system}.yaml", base_url)


# openapi-core warns of a keyword in a vendor's description.
@pytest.mark.filterwarnings("ignore:Use of allowEmptyValue:DeprecationWarning")
@pytest.mark.parametrize("system", REST)
def test_every_request_is_one_that_the_vendor_describes(system: str, shared_specs: Path) -> None:
    description, connection = description_of(system, shared_specs), connection_of(system)
    wrong = {
        f"{name} {sample}": found
        for name, operation in connection.manifest.operations.items()
        for sample in sample_inputs(operation.input)
        if (found := complaints(description, build_request(connection, first_page(operation), sample, key=KEY)))
    }
    assert wrong == {}


@pytest.mark.parametrize("system", REST)
def test_what_is_read_from_an_answer_is_in_the_answer_that_the_vendor_describes(
    system: str, shared_specs: Path
) -> None:
    description, connection = description_of(system, shared_specs), connection_of(system)
    operations = connection.manifest.operations
    read: dict[str, set[str]] = {name: set(operation.output.values()) for name, operation in operations.items()}
    for name, operation in operations.items():
        if operation.pagination:
            read[name] |= {operation.pagination.items, operation.pagination.next or ""}
        how = operation.idempotency
        if how.search is not None:
            record = f"{how.found}.0" if how.found else "0"
            record = record if how.search != "get_task" else str(how.found)  # one record, no list
            result = how.found_output or operation.output
            read[how.search] |= {str(how.found), *(f"{record}.{path}" for path in result.values())}
    wrong = {}
    for name, operation in operations.items():
        sample = next(sample_inputs(operation.input))
        request = build_request(connection, operation, sample, key=KEY)
        if found := unread(description, request, sorted(read[name])):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize("system", [*REST, "sap_s4hana"])
def test_an_address_goes_over_the_wire_as_it_was_built(system: str) -> None:
    connection = connection_of(system)
    for operation in connection.manifest.operations.values():
        for sample in sample_inputs(operation.input):
            url = build_request(connection, operation, sample, key=KEY).url
            assert httpx.URL(url).raw_path.decode() == url.removeprefix(f"https://{httpx.URL(url).host}")


def test_every_request_to_sap_fits_the_edmx() -> None:
    """Our EDMX: names and lengths from SAP's help. What its reader finds wrong is tested with the driver."""
    service, connection = (
        read_service((HERE / "descriptions" / "sap_s4hana.edmx").read_bytes()),
        connection_of("sap_s4hana"),
    )
    properties = service.types[service.sets["A_SalesOrder"]].properties
    for operation in connection.manifest.operations.values():
        for sample in sample_inputs(operation.input):
            request = build_request(connection, operation, sample, key=KEY)
            path = request.url.removeprefix("https://example.com/sap/opu/odata/sap/API_SALES_ORDER_SRV")
            assert service.problems(path, request.body or {}) == ()
            chosen = dict(request.query).get("$select", "SalesOrder").split(",")
            read = [path.removeprefix("d.") for path in operation.output.values() if path != "d.results"]
            assert {*chosen, *read} <= set(properties)


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "desk", "version": "1"},
    "servers": [{"url": "https://desk.example"}],
    "paths": {
        "/tasks/{id}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "notify", "in": "query", "schema": {"type": "boolean"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/task"}}},
                },
                "responses": {"200": {"description": ""}},
            }
        }
    },
    "components": {
        "schemas": {
            "task": {"allOf": [{"$ref": "#/components/schemas/named"}, {"properties": {"steps": {"type": "array"}}}]},
            "named": {"properties": {"name": {"type": "string"}, "who": {"properties": {"id": {"type": "string"}}}}},
        }
    },
}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({}, ""),
        ({"url": "https://desk.example/task/7"}, "PathNotFound"),
        ({"url": "https://desk.example/tasks/x"}, "ParameterValidationError"),
        ({"method": "POST"}, "OperationNotFound"),
        ({"query": (("notify", "maybe"),)}, "ParameterValidationError"),
        ({"query": (("notfy", "true"),)}, "query parameter notfy"),
        ({"body": {"name": 7}}, "InvalidRequestBody"),
        ({"body": {"name": "a", "nme": "b"}}, "body.nme"),
        ({"body": {"who": {"id": "a", "nme": "b"}}}, "body.who.nme"),
        ({"body": None, "form": (("name", "a"),)}, "mimetype not found"),
        ({"body": None}, "MissingRequiredRequestBody"),
    ],
)
def test_what_a_description_does_not_allow_is_complained_of(changes: dict[str, Any], complaint: str) -> None:
    parts = {
        "method": "PUT",
        "url": "https://desk.example/tasks/7",
        "query": (("notify", "true"),),
        "body": {"name": "a"},
    }
    found = complaints(DESCRIPTION, Request(**{**parts, **changes}))
    assert len(found) == (1 if complaint else 0), found
    assert complaint in "".join(found)


@pytest.mark.parametrize("system", sorted(STRATEGIES))
def test_how_each_write_is_kept_from_happening_twice(system: str) -> None:
    found: dict[str, set[str]] = {}
    for name, operation in load_manifest(system).operations.items():
        if operation.effect != "read":
            found.setdefault(operation.idempotency.strategy, set()).add(name)
    assert found == {strategy: set(names.split()) for strategy, names in STRATEGIES[system].items()}


def test_nothing_that_deletes_or_moves_money_is_of_low_risk() -> None:
    for system in systems():
        for name, operation in load_manifest(system).operations.items():
            assert operation.effect != "delete" or operation.risk == "high", (system, name)
            assert operation.effect != "read" or operation.risk == "low", (system, name)
    for name in ("create_budget_transaction", "update_journal_batch"):
        assert load_manifest("oracle_fusion").operations[name].risk == "high"
    assert load_manifest("sap_s4hana").operations["create_sales_order"].risk == "high"
