"""The model of a log: sound, of every frequent activity, good on real logs, the same each time; it never hangs."""

import random
from pathlib import Path

import pytest

from benchmarks.discovery import read_again
from bpa_assets.process_model import model_tables
from bpa_assets.process_model.discovery import discover as stage
from bpa_assets.process_model.discovery.choice import best_first, frequent_activities
from bpa_assets.process_model.discovery.discover import discover
from bpa_assets.process_model.discovery.evaluation import Measured, Refused, evaluated, net_of, sample_of
from bpa_assets.process_model.discovery.flower import NAME as FLOWER
from bpa_assets.process_model.discovery.flower import flower
from bpa_assets.process_model.discovery.miners import Variants, inductive_miner, most_frequent, split_miner
from bpa_assets.process_model.discovery.pnml import pnml
from bpa_assets.process_model.discovery.portfolio import PORTFOLIO, Candidate
from bpa_assets.process_model.discovery.quality import Quality
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_assets.process_model.discovery.workers import evaluations
from bpa_resources.lake_tables import LAKE_TABLES
from tests.stored_logs import read, tables_of

# F1 at least; pm4py's inductive miner with noise 0.2 has .86, .80 and .80 on the same variants.
REAL = {"running-example.csv": 0.95, "receipt.xes.gz": 0.98, "P2P.csv.gz": 0.99}


def variants_in(path: Path, folder: Path) -> model_tables.VariantIds:
    (link := folder / path.name).symlink_to(path)
    return model_tables.variants_of(tables_of(read([link])).variants)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")  # pm4py's
@pytest.mark.parametrize("name", REAL)
def test_the_model_of_a_real_log_is_sound_fits_and_is_precise(name: str, shared_logs: Path, tmp_path: Path) -> None:
    known = variants_in(shared_logs / name, tmp_path)
    found = discover(known.cases, search_seconds=60)
    quality = found.model.quality
    assert state_space(found.model.net).size > 1  # raises where it is not sound
    assert frequent_activities(known.cases) <= found.model.net.activities
    assert quality.fitness is not None
    assert quality.fitness >= 0.7
    assert found.model.f1 >= REAL[name]
    assert quality.aligned_share == 1
    assert read_again(found) == "same"
    tables = model_tables.model_tables(found, known)
    for table in model_tables.TABLES:
        assert tuple(tables[table].column_names) == LAKE_TABLES[table].column_names
    assert tables["variant_alignment"].num_rows == len(known.cases)
    assert sum(row["taken"] for row in tables["model_candidate"].to_pylist()) == 1
    keys = [(row["variant_id"], row["position"]) for row in tables["deviation"].to_pylist()]
    assert len(keys) == len(set(keys))
    costs = {row["variant_id"]: row["cost"] for row in tables["variant_alignment"].to_pylist()}
    assert {variant for variant, _ in keys} == {variant for variant, cost in costs.items() if cost}


def unlike(cases: int, activities: int, length: int) -> Variants:
    drawn = random.Random(1)
    names = [f"step {number}" for number in range(activities)]
    return {tuple(drawn.choice(names) for _ in range(length)): 1 for _ in range(cases)}


@pytest.mark.parametrize(
    ("log", "seconds"),
    [
        ({("a",): 1}, 20), ({("a", "a", "a"): 3}, 20), ({("a", "b"): 5, ("b", "a"): 5}, 20),
        ({('say "<b>&amp;"', "\x00\u202e😀"): 2}, 20), ({("a", "b") * 3_000: 1}, 2), (unlike(150, 150, 12), 3),
    ],
    ids=["one event", "one activity", "two orders", "strange names", "one long case", "no two cases alike"],
)  # fmt: skip
def test_it_gives_a_sound_model_of_any_log(log: Variants, seconds: float) -> None:
    found = discover(log, search_seconds=seconds)
    assert state_space(found.model.net).end >= 0
    assert {activity for variant in log for activity in variant} >= found.model.net.activities
    assert len(found.alignments) == len(found.variants) == len(log)
    assert pnml(found.model.net, name="x").startswith("<?xml")


def test_of_too_many_activities_none_is_mined() -> None:
    found = discover({tuple(f"step {number}" for number in range(1_001)): 1})
    assert (found.model.candidate, found.tried, found.alignments) == (FLOWER, (), (None,))


def test_of_many_activities_the_frequent_ones_are_in_the_model() -> None:
    frequent = [f"step {number}" for number in range(8)]
    log = {(*frequent[:4], f"rare {number}", *frequent[4:]): 1 for number in range(100)}
    found = discover(log)
    assert found.model.net.activities == set(frequent)
    assert found.model.quality.precision == 1
    assert found.model.quality.fitness == pytest.approx(1 - 1 / (9 + 8))


def test_of_thousands_of_activities_each_of_which_is_rare_none_is_mined() -> None:
    found = discover({(f"step {number}", f"step {number + 1}"): 1 for number in range(3_000)})
    assert (found.model.candidate, found.tried) == (FLOWER, ())


def test_the_same_log_gives_the_same_model_twice() -> None:
    log = unlike(6, 5, 4)
    one, other = discover(log), discover(log)
    assert (one.model.net, one.model.quality, one.alignments) == (
        other.model.net,
        other.model.quality,
        other.alignments,
    )


def sleep(_: Variants) -> object:
    import time

    return time.sleep(60)


def fail(_: Variants) -> object:
    raise ValueError("no\nsuch model")


def die(_: Variants) -> object:
    import os

    os._exit(1)


def test_a_candidate_that_fails_dies_or_takes_too_long_is_told_and_the_next_is_tried() -> None:
    log = {("a", "b"): 2}
    candidates = [Candidate(one.__name__, one, seconds=1.0) for one in (sleep, fail, die)]
    found = [*evaluations([*candidates, PORTFOLIO[0]], log, sample_of(log), seconds=60)]
    assert [one.why for one in found if isinstance(one, Refused)] == [
        "took too long", "ValueError: no such model", "its process ended, perhaps for want of memory",
    ]  # fmt: skip
    assert isinstance(found[-1], Measured)


def test_where_nothing_is_mined_in_time_it_is_the_flower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "PORTFOLIO", (Candidate("fail", fail),))
    monkeypatch.setattr(stage, "COSTLY", ())
    monkeypatch.setattr(stage, "of_two_kinds", lambda _: ())
    found = discover({("a", "b"): 2, ("c",): 1})
    assert found.model.candidate == FLOWER
    assert found.model.quality.fitness == 1
    assert [one.cost for one in found.alignments if one] == [0, 0]


def measured(name: str, fitness: float, precision: float, activities: str = "ab", nodes: int = 3) -> Measured:
    net = flower({tuple(activities): 1}).net
    padded = type(net)(net.places + nodes, net.labels, net.inputs, net.outputs)
    return Measured(name, padded, Quality(fitness, precision, 0.5, 0.5, 1.0), 0.0)


def test_the_best_has_the_frequent_activities_fits_and_is_small_before_it_is_precise() -> None:
    models = [
        measured("good", 0.9, 0.9), measured("alike and smaller", 0.895, 0.9, nodes=1),
        measured("better", 0.97, 0.95, "a"),
        measured("unfit", 0.6, 1.0), measured("large", 1.0, 1.0, nodes=500),
    ]  # fmt: skip
    assert [one.candidate for one in best_first(models, {"a", "b"})] == [
        "alike and smaller", "good", "large", "unfit", "better",
    ]  # fmt: skip


def test_the_most_frequent_variants_hold_their_share() -> None:
    log = {("a",): 5, ("b",): 3, ("c",): 1, ("d",): 1}
    assert most_frequent(log, share=0.8) == {("a",): 5, ("b",): 3}
    assert most_frequent(log, share=0.81) == {("a",): 5, ("b",): 3, ("c",): 1}


def test_a_sample_stands_for_all_cases() -> None:
    log = {(str(number),): 1 + number % 3 for number in range(1_000)}
    sample = sample_of(log)
    assert len(sample) == 400
    assert sum(sample.values()) == pytest.approx(sum(log.values()))
    assert sample == sample_of(log)


@pytest.mark.filterwarnings("ignore")
def test_the_split_miner_gives_on_variants_what_it_gives_on_every_case() -> None:
    import pandas as pd
    from pm4py.algo.discovery.split_miner import algorithm

    log = {tuple("abcd"): 4, tuple("acbd"): 3, tuple("abbd"): 1, tuple("acacd"): 2}
    events = [
        (f"{place}.{copy}", activity, pd.Timestamp(2026, 1, 1) + pd.Timedelta(hours=hour))
        for place, (variant, count) in enumerate(log.items())
        for copy in range(count)
        for hour, activity in enumerate(variant)
    ]
    frame = pd.DataFrame(events, columns=["case:concept:name", "concept:name", "time:timestamp"])
    ours, theirs = split_miner(log, eta=0.4, epsilon=0.1), algorithm.apply(frame)
    assert net_of(ours) == net_of(theirs)


@pytest.mark.filterwarnings("ignore")
def test_the_pnml_is_read_back_as_the_same_net(tmp_path: Path) -> None:
    import pm4py

    log = {tuple("abcd"): 4, tuple("acbd"): 3, ("a", "<&\"'>", "d"): 1}
    model = net_of(inductive_miner(log, noise=0.0))
    (path := tmp_path / "model.pnml").write_text(pnml(model, name="<Ümläut>"), encoding="utf-8")
    from bpa_assets.process_model.discovery.petri_net import from_pm4py

    assert from_pm4py(*pm4py.read_pnml(str(path))) == model


def test_a_miner_that_gives_no_workflow_net_is_refused() -> None:
    found = evaluated(Candidate("none", lambda _: None), {("a",): 1}, {("a",): 1.0})
    assert isinstance(found, Refused)
