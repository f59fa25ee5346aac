"""OData against a gateway that wants a CSRF token of its session, and keeps the id of each request."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.drivers.edmx import read_service
from bpa_resources.connectors.manifest_files import load_manifest
from bpa_resources.connectors.retry import Retry
from bpa_resources.errors import InputError
from tests.resources.connectors.faulty_peer import Asked, Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, Opened, opened

_SAP = load_manifest("sap_s4hana")
GATEWAY = ORDERS.model_copy(
    update={"driver": "odata", "operations": _SAP.operations, "errors": _SAP.errors, "verify": _SAP.verify}
)
ORDER = {
    "organization": "1710", "channel": "10", "division": "00", "customer": "17100001",
    "items": [{"material": "TG11", "quantity": "2"}],
}  # fmt: skip

EDMX = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
<Schema Namespace="S" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
  <EntityType Name="Order">
    <Property Name="SalesOrderType" Type="Edm.String" MaxLength="4"/>
    <Property Name="SalesOrganization" Type="Edm.String"/>
    <Property Name="DistributionChannel" Type="Edm.String"/><Property Name="OrganizationDivision" Type="Edm.String"/>
    <Property Name="SoldToParty" Type="Edm.String" MaxLength="5"/><Property Name="Priority" Type="Edm.Int16"/>
    <NavigationProperty Name="to_Item" Relationship="S.Items" FromRole="Order" ToRole="Item"/>
  </EntityType>
  <EntityType Name="Item"><Property Name="Material" Type="Edm.String"/></EntityType>
  <Association Name="Items"><End Type="S.Order" Role="Order"/><End Type="S.Item" Role="Item"/></Association>
  <EntityContainer Name="C"><EntitySet Name="A_SalesOrder" EntityType="S.Order"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


@dataclass
class Gateway:
    """What it holds; a token is good for the session whose cookie it was given with."""

    peer: Peer
    token: str = "csrf-1"  # noqa: S105
    kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.peer.answers.update({"/": self.root, "/A_SalesOrder": self.order})

    def root(self, asked: Asked) -> tuple[int, Any]:
        wanted = asked.headers.get("x-csrf-token") == "Fetch"
        self.peer.headers = {"X-CSRF-Token": self.token, "Set-Cookie": "SAP=1; Path=/"} if wanted else {}
        return 200, {}

    def order(self, asked: Asked) -> tuple[int, Any]:
        self.peer.headers = {}
        if asked.method == "GET":
            return 200, {"d": {"results": []}}
        if asked.headers.get("x-csrf-token") != self.token or asked.headers.get("cookie") != "SAP=1":
            self.peer.headers = {"X-CSRF-Token": "Required"}
            return 403, {"error": {"message": {"value": "CSRF token validation failed"}}}
        key = asked.headers["requestid"]
        self.kept.setdefault(key, {"d": {"SalesOrder": str(len(self.kept) + 1)}})
        return 201, self.kept[key]


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def create(here: Opened, key: str = "k-1") -> Outcome:
    return here.engine.send(Call("orders", "create_sales_order", ORDER), key=key, now=NOW)


def test_a_token_is_fetched_once_and_sent_with_the_cookie_of_its_session(peer: Peer, tmp_path: Path) -> None:
    gateway = Gateway(peer)
    here = opened(tmp_path, peer.url, manifest=GATEWAY)
    assert [dict(create(here, key).result) for key in ("a", "b")] == [{"order": "1"}, {"order": "2"}]
    assert [asked.path for asked in peer.asked] == ["/", "/A_SalesOrder", "/A_SalesOrder"]
    assert {len(key) for key in gateway.kept} == {32}


def test_a_token_that_ended_is_fetched_anew(peer: Peer, tmp_path: Path) -> None:
    gateway = Gateway(peer)
    here = opened(tmp_path, peer.url, manifest=GATEWAY)
    create(here, "a")
    gateway.token = "csrf-2"  # noqa: S105
    assert (create(here, "b").status, len(gateway.kept)) == ("done", 2)
    assert [asked.path for asked in peer.asked[2:]] == ["/A_SalesOrder", "/", "/A_SalesOrder"]


def test_a_lost_order_is_sent_again_as_the_same_request(peer: Peer, tmp_path: Path) -> None:
    gateway = Gateway(peer)
    peer.faults.extend(["", "drop_after"])
    assert dict(create(opened(tmp_path, peer.url, manifest=GATEWAY)).result) == {"order": "1"}
    assert len(gateway.kept) == 1
    first, second = (asked for asked in peer.asked if asked.method == "POST")
    for name in ("requestid", "repeatabilitycreation"):
        assert first.headers[name] == second.headers[name]
    assert parsedate_to_datetime(first.headers["repeatabilitycreation"]).tzinfo is not None


def test_an_order_that_another_process_sends_again_says_when_it_was_first_sent(peer: Peer, tmp_path: Path) -> None:
    gateway, call = Gateway(peer), Call("orders", "create_sales_order", ORDER)
    here = opened(tmp_path, peer.url, manifest=GATEWAY, retry=Retry(attempts=1))
    here.state.until = NOW + timedelta(seconds=5)  # it waits for its turn, and the ledger has noted NOW
    peer.faults.extend(["", "drop_after"])
    assert here.engine.send(call, key="k-1", now=NOW).maybe_done
    other = opened(tmp_path, peer.url, manifest=GATEWAY)
    again = other.engine.send(call, key="k-1", now=NOW + timedelta(minutes=20), first_sent=NOW)
    assert (again.status, len(gateway.kept)) == ("done", 1)
    moments = [asked.headers["repeatabilitycreation"] for asked in peer.asked if asked.method == "POST"]
    assert {parsedate_to_datetime(moment) for moment in moments} == {NOW}
    assert len(moments) == 2


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500", "503", "429:1"])
def test_a_token_that_could_not_be_fetched_changed_nothing(fault: str, peer: Peer, tmp_path: Path) -> None:
    """So also what the system cannot tell apart is tried again."""
    gateway = Gateway(peer)
    plain = GATEWAY.operations["create_sales_order"].model_copy(
        update={"idempotency": ORDERS.operations["plain"].idempotency}
    )
    here = opened(tmp_path, peer.url, manifest=GATEWAY, operations={**GATEWAY.operations, "create_sales_order": plain})
    peer.answers["/A_SalesOrder"] = lambda asked: gateway.order(
        Asked(asked.method, asked.path, {}, {**asked.headers, "requestid": "x"}, asked.text)
    )
    peer.faults.append(fault)
    assert (create(here).status, len(gateway.kept)) == ("done", 1)


def test_reading_needs_no_token(peer: Peer, tmp_path: Path) -> None:
    Gateway(peer)
    assert opened(tmp_path, peer.url, manifest=GATEWAY).engine.check("orders").status == "done"
    assert [asked.method for asked in peer.asked] == ["GET"]


def test_a_request_id_that_was_forgotten_is_for_a_person(peer: Peer, tmp_path: Path) -> None:
    Gateway(peer)
    said = {"error": {"code": "/IWBEP/CM_COS/005", "message": {"value": "RequestID is outdated"}}}
    peer.answers["/A_SalesOrder"] = lambda _: (400, said)
    outcome = create(opened(tmp_path, peer.url, manifest=GATEWAY))
    assert (outcome.status, outcome.reason) == ("unknown", "Orders answered 400: RequestID is outdated")


def test_a_body_that_the_service_has_no_place_for_is_not_sent(peer: Peer, tmp_path: Path) -> None:
    (tmp_path / "sap.xml").write_text(EDMX)
    here = opened(tmp_path, peer.url, manifest=GATEWAY, more=", metadata: sap.xml")
    assert here.engine.problems(Call("orders", "create_sales_order", ORDER)) == (
        "SoldToParty is longer than 5",
        "to_Item.RequestedQuantity is no property of Item",
    )


def test_types_names_and_sets_are_checked() -> None:
    service = read_service(EDMX.encode())
    assert service.problems("/A_SalesOrder('1')", {"Priority": 3, "@odata.type": "x", "SoldToParty": None}) == ()
    assert service.problems("/A_SalesOrdr", {}) == ("the service has no 'A_SalesOrdr'; did you mean 'A_SalesOrder'?",)
    assert service.problems("/A_SalesOrder", {"Priority": "3", "SoldToPary": 1, "SoldToParty": 1}) == (
        "Priority is a text and should be Edm.Int16",
        "SoldToPary is no property of Order; did you mean 'SoldToParty'?",
        "SoldToParty is no text",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a>", "no XML"),
        ("<a/>", "no schema"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "document type"),
    ],
)
def test_metadata_that_is_none_or_does_harm_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_service(text.encode())
