"""What the tables of conformance say of a log and its reference model, by hand and by pm4py."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from bpa_assets.process_model.conformance.accepted import Acceptances
from bpa_assets.process_model.conformance.conformance import Conformance, accuracy, conform
from bpa_assets.process_model.conformance.conformance_tables import TABLES, Deviating, conformance_tables
from bpa_assets.process_model.conformance.languages import compare, jaccard, overlap, relations
from bpa_assets.process_model.conformance.stored_models import compare_files, stored_net
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.discovery.alignments import shortest_path
from bpa_assets.process_model.discovery.evaluation import bpmn_of, net_of
from bpa_assets.process_model.discovery.pnml import pnml
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_assets.process_model.model_tables import VariantIds
from bpa_assets.settings import AcceptedDeviation
from bpa_resources.errors import InputError
from bpa_resources.lake_tables import LAKE_TABLES
from tests.process_model.conformance.documents import END, START, bpmn, document, node, process, space_of, task
from tests.process_model.diagram.mined_models import variants_of
from tests.process_model.discovery.nets import net, tree

REGISTER, CASUALLY, TICKET, DECIDE = "register request", "examine casually", "check ticket", "decide"
PAY, CALL = "pay compensation", "call customer"
# Of the running example: register, then examine casually or thoroughly beside check ticket, decide, and again or end.
LOG = {
    (REGISTER, CASUALLY, TICKET, DECIDE, PAY): 4,
    (REGISTER, DECIDE, PAY): 2,
    (REGISTER, TICKET, CASUALLY, DECIDE, CALL, PAY): 1,
    (REGISTER, CASUALLY, DECIDE, TICKET, PAY): 1,
}
IDS = VariantIds({variant: f"v{number}" for number, variant in enumerate(LOG)}, LOG)
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def reference(shared_logs: Path) -> Path:
    return shared_logs.parent / "models" / "running-example.bpmn"


@pytest.fixture(scope="module")
def found(reference: Path) -> Conformance:
    return conform(reference, LOG, {})


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Cycle times: 10, 20, 30, 40 and open of v0; 100, 200 of v1; 60 of v2; 70 of v3."""
    file = tmp_path_factory.mktemp("cases") / "cases.parquet"
    columns = {
        "variant_id": ["v0", "v1", "v0", "v0", "v1", "v0", "v2", "v3", "v0"],
        "is_open": [False] * 8 + [True],
        "cycle_time_seconds": [10.0, 200.0, 20.0, 30.0, 100.0, 40.0, 60.0, 70.0, 999.0],
    }
    pyarrow.parquet.write_table(pa.table(columns), file)
    return [file]


def tables(found: Conformance | None, cases: list[Path], *accepted: AcceptedDeviation) -> Any:
    return conformance_tables(
        found,
        accuracy(found, net(f"->( '{REGISTER}', '{DECIDE}', '{PAY}' )")) if found else None,
        variants=IDS,
        discovered=Deviating("discovered", [{"variant_id": "v3", "kind": "swapped", "activity": TICKET}],
                             frozenset(IDS.ids.values())),
        cases=cases,
        accepted=Acceptances(accepted, TODAY),
    )  # fmt: skip


@pytest.mark.shared
def test_the_figures_and_deviations_are_those_by_hand(found: Conformance, cases: list[Path]) -> None:
    made, told = tables(found, cases)
    assert told == []
    assert all(tuple(made[name].column_names) == LAKE_TABLES[name].column_names for name in TABLES)
    # The shortest way through the model has 5 activities.
    by_hand = (4 * 1 + 2 * (1 - 2 / (3 + 5)) + (1 - 1 / (6 + 5)) + (1 - 2 / (5 + 5))) / 8
    (model,) = made["reference_model"].to_pylist()
    assert model["fitness"] == pytest.approx(by_hand, abs=1e-12)
    assert (model["sound"], model["aligned_share"], model["matched_activities"]) == (True, 1.0, 5)
    # Of 8 activities the mined model has 3, and of its two pairs one is among the 16 of the reference.
    assert model["activities_accuracy"] == pytest.approx(3 / 8)
    assert model["relations_accuracy"] == pytest.approx(2 * 1 / (2 + 16))
    costs = {row["variant_id"]: row["cost"] for row in made["reference_alignment"].to_pylist()}
    assert costs == {"v0": 0, "v1": 2, "v2": 1, "v3": 2}
    rows = [(row["variant_id"], row["kind"], row["activity"], row["cases"])
            for row in made["reference_deviation"].to_pylist()]  # fmt: skip
    assert rows == [
        ("v1", "skipped", TICKET, 2),
        ("v1", "skipped", CASUALLY, 2),
        ("v2", "inserted", CALL, 1),
        ("v3", "swapped", TICKET, 1),
    ]


@pytest.mark.shared
def test_what_deviations_go_along_with_is_that_by_hand(found: Conformance, cases: list[Path]) -> None:
    made, _ = tables(found, cases)
    columns = ("cases", "share", "median_cycle_seconds_with", "median_cycle_seconds_without", "difference_seconds")
    rows = {(row["model"], row["kind"], row["activity"]): tuple(row[name] for name in columns)
            for row in made["deviation_effect"].to_pylist()}  # fmt: skip
    assert rows == {
        ("reference", "skipped", TICKET): (2, 2 / 8, 150.0, 35.0, 115.0),  # 100, 200; 10, 20, 30, 40, 60, 70
        ("reference", "skipped", CASUALLY): (2, 2 / 8, 150.0, 35.0, 115.0),
        ("reference", "inserted", CALL): (1, 1 / 8, 60.0, 40.0, 20.0),  # 60; 10, 20, 30, 40, 70, 100, 200
        ("reference", "swapped", TICKET): (1, 1 / 8, 70.0, 40.0, 30.0),
        ("discovered", "swapped", TICKET): (1, 1 / 8, 70.0, 40.0, 30.0),
    }


@pytest.mark.shared
def test_an_accepted_deviation_says_by_whom_until_its_last_day(found: Conformance, cases: list[Path]) -> None:
    def accepted(activity: str, kind: str | None, until: date) -> AcceptedDeviation:
        return AcceptedDeviation(activity=activity, kind=kind, by="Ann", until=until)

    made, told = tables(
        found,
        cases,
        accepted(TICKET, "skipped", TODAY),
        accepted(CALL, None, date(2026, 11, 20)),
        accepted(PAY, "skipped", date(2027, 1, 1)),
    )
    rows = made["reference_deviation"].to_pylist()
    by = {(row["kind"], row["activity"]): (row["accepted_by"], row["accepted_until"]) for row in rows}
    assert by == {
        ("skipped", TICKET): ("Ann", TODAY),
        ("skipped", CASUALLY): (None, None),
        ("inserted", CALL): (None, None),
        ("swapped", TICKET): (None, None),
    }
    assert told == [
        f"any deviation of '{CALL}', accepted by Ann: that ended on 2026-11-20 and no longer counts",
        f"skipped '{PAY}', accepted by Ann: no case deviates so",
    ]


def test_without_a_reference_only_the_effects_of_the_discovered_model_are_told(cases: list[Path]) -> None:
    made, told = tables(None, cases)
    assert {name: made[name].num_rows for name in TABLES} == {**dict.fromkeys(TABLES, 0), "deviation_effect": 1}
    assert told == []


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("log", "model", "most"),
    [("running-example.csv", "running-example", 6), ("P2P.csv.gz", "PurchasingExample", 8),
     ("LoanApp_simplified_train.csv.gz", "LoanApp_simplified", 12)],
)  # fmt: skip
def test_the_fitness_of_each_variant_is_that_of_pm4py(
    log: str, model: str, most: int, shared_logs: Path, tmp_path: Path
) -> None:
    import pm4py
    from pm4py.algo.conformance.alignments.petri_net import algorithm
    from pm4py.objects.log.obj import Event, EventLog, Trace

    variants = dict(Counter(variants_of(shared_logs / log, tmp_path)).most_common(most))
    file = shared_logs.parent / "models" / f"{model}.bpmn"
    found = conform(file, variants, {})
    shortest = shortest_path(found.space)
    ours = [1 - one.cost / (len(variant) + shortest)
            for variant, one in zip(found.variants, found.alignments, strict=True) if one]  # fmt: skip
    names = {match.activity: match.label for match in found.matches if match.activity}
    logged = EventLog(
        [Trace([Event({"concept:name": names.get(one, one)}) for one in variant]) for variant in found.variants]
    )
    model_of_theirs = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(file)))
    theirs = algorithm.apply(logged, *model_of_theirs, parameters={"show_progress_bar": False})
    assert ours == pytest.approx([float(one["fitness"]) for one in theirs], abs=1e-3)


def test_labels_that_are_written_otherwise_are_matched_and_process_yaml_has_the_last_word(tmp_path: Path) -> None:
    file = tmp_path / "reference.bpmn"
    file.write_text(
        bpmn(START.replace("/>", ' name="Started"/>'), task("Check_Ticket"), task("Archive"), task("Pay"), END,
             flows="s-Check_Ticket Check_Ticket-Archive Archive-Pay Pay-e")
    )  # fmt: skip
    log = {("check ticket", "Archive", "pay"): 3, ("check ticket", "pay"): 1}
    found = conform(file, log, {})
    assert [one.cost for one in found.alignments if one] == [0, 1]
    assert [(one.label, one.activity, one.how) for one in found.matches] == [
        ("Check_Ticket", "check ticket", "folded"), ("Archive", "Archive", "exact"), ("Pay", "pay", "folded"),
    ]  # fmt: skip
    # What nothing in the log is, the log does not record: no case can skip it.
    found = conform(file, log, {"Archive": "null"})
    assert [one.cost for one in found.alignments if one] == [1, 0]
    assert found.net.activities == {"check ticket", "pay"}
    # What is left without a match is a task that no case can do, even where an activity has its name.
    found = conform(file, log, {"Pay": "Archive"})
    assert [one.cost for one in found.alignments if one] == [2, 3]
    assert found.net.activities == {"check ticket", "Archive", "Archive (reference)"}
    with pytest.raises(InputError, match="label_matches: 'Archiv' is no label"):
        conform(file, log, {"Archiv": "null"})


def test_a_reference_of_another_process_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reference.bpmn"
    file.write_text(bpmn(START, task("a"), END, flows="s-a a-e"))
    with pytest.raises(InputError, match=r"^reference.bpmn: none of its activities \('a', …\) is in the log \('x'"):
        conform(file, {("x",): 1}, {})


def test_of_several_pools_the_one_that_shares_most_activities_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "reference.bpmn"
    customer = process(node("startEvent", "s2"), task("a"), flows="s2-a", name="Customer")
    seller = process(START, task("a"), task("b"), END, flows="s-a a-b b-e", name="Seller")
    file.write_text(document(customer, seller))
    found = conform(file, {("a", "b"): 1}, {})
    assert found.process == "Seller"
    assert found.notes == (
        "of 2 pools 'Seller' is compared with the log: it shares most activities with it (2 of 2)",
    )  # fmt: skip


def test_a_pool_without_meaning_is_refused_only_if_the_log_is_of_it(tmp_path: Path) -> None:
    file = tmp_path / "reference.bpmn"
    odd = process(node("complexGateway", "x"), task("c"), task("d"), flows="x-c", name="Odd")
    file.write_text(document(odd, process(START, task("a"), END, flows="s-a a-e", name="Plain")))
    assert conform(file, {("a",): 1}, {}).process == "Plain"
    with pytest.raises(InputError, match=r"complexGateway \(line 4\) cannot be compared"):
        conform(file, {("c", "d"): 1}, {})


def test_when_time_is_up_the_aligned_share_says_so(tmp_path: Path) -> None:
    file = tmp_path / "reference.bpmn"
    file.write_text(bpmn(START, task("a"), END, flows="s-a a-e"))
    found = conform(file, {("a",): 3, ("a", "a"): 1}, {}, seconds=-1.0)
    assert found.quality.aligned_share == 0.0
    assert found.quality.fitness is None


def test_relations_are_the_pairs_that_can_follow_each_other(tmp_path: Path) -> None:
    # a, then b and c in any order, then d or back to the beginning by way of nothing.
    space = state_space(net("*( ->( 'a', +( 'b', 'c' ), X( 'd', tau ) ), tau )"))
    pairs = {"ab", "ac", "bc", "cb", "bd", "cd", "ba", "ca", "da"}
    assert relations(space) == {(one[0], one[1]) for one in pairs}
    assert overlap(frozenset({("a", "b")}), relations(space)) == pytest.approx(2 / 10)
    assert (overlap(frozenset(), frozenset()), jaccard(frozenset("ab"), frozenset("bc"))) == (1.0, 1 / 3)


def test_languages_that_differ_are_told_by_the_shortest_sequence_that_shows_it(tmp_path: Path) -> None:
    one = space_of(bpmn(START, task("a"), task("b"), END, flows="s-a a-b b-e"), tmp_path)
    assert compare(one, state_space(net("->( 'a', 'b' )"))).same
    assert compare(one, state_space(net("->( 'a', X( 'b', tau ) )"))).difference == ("a",)
    assert compare(one, state_space(net("->( 'a', *( 'b', tau ) )"))).difference == ("a", "b", "b")
    assert compare(one, one, most_pairs=1).same is None


def test_the_files_of_a_model_are_compared_as_they_are_stored(tmp_path: Path) -> None:
    odd = "pay \x07 <b>"
    mined = tree(f"->( 'a', +( '{odd}', 'c' ), *( 'd', 'e' ) )")
    model, of_mined = bpmn_of(mined), net_of(mined)
    drawn, stored = tmp_path / "model.bpmn", tmp_path / "model.pnml"
    drawn.write_bytes(bpmn_xml(model, lay_out(model), name="p"))
    stored.write_text(pnml(of_mined, name="p"))
    assert compare_files(drawn, stored).same
    back = stored_net(stored, [odd, "a"])
    assert back.activities == of_mined.activities
    assert compare(state_space(back), state_space(of_mined)).same
    stored.write_text(pnml(net("->( 'a', 'c' )"), name="p"))
    assert compare_files(drawn, stored).difference == ("a", "pay � <b>")


def test_the_cost_in_time_is_the_same_for_ten_thousand_cases_by_a_plain_loop(tmp_path: Path) -> None:
    from statistics import median

    from bpa_assets.process_model.conformance.effects import closed_cases, effects

    random = np.random.default_rng(1)
    ids = [f"v{number}" for number in range(50)]
    variants, seconds = random.integers(0, 50, 10_000), random.integers(0, 99, 10_000).astype(float)
    is_open = random.random(10_000) < 0.2
    file = tmp_path / "cases.parquet"
    columns = {"variant_id": [ids[one] for one in variants], "is_open": is_open, "cycle_time_seconds": seconds}
    pyarrow.parquet.write_table(pa.table(columns), file, row_group_size=3_000)
    aligned = np.arange(50) != 7
    deviating = {3, 5, 8, 21}
    (row,) = effects("m", [(one, "skipped", "a") for one in deviating], aligned, np.bincount(variants, minlength=50),
                     closed_cases([file], ids))  # fmt: skip
    kept = [(one, second) for one, second, still in zip(variants, seconds, is_open, strict=True) if not still]
    assert row["median_cycle_seconds_with"] == median(second for one, second in kept if one in deviating)
    assert row["median_cycle_seconds_without"] == median(
        second for one, second in kept if one not in deviating and one != 7
    )
