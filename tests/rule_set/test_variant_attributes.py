"""A column that only names the variant, as exporting tools add it, is no reason of anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.rule_set.mining.mining import MinedRules, mine_rules
from bpa_assets.settings import ProcessConfig
from tests.rule_set.planted_rules import source_of
from tests.stored_logs import write_rows

# a, then b once or more
NET = PetriNet(4, ("a", "b", None, None), ((0,), (2,), (3,), (3,)), ((2,), (3,), (2,), (1,)))
FIRST, HOUR = datetime(2024, 1, 1, 8), timedelta(hours=1)


def _mined(folder: Path, value: Callable[[int, int], str]) -> MinedRules:
    """600 cases with one to six b's; `value` of the number of the case and of its b's."""
    rows = [
        (f"c{case:03}", activity, FIRST + (10 * case + step) * HOUR, value(case, case * 7 % 6 + 1))
        for case in range(600)
        for step, activity in enumerate(["a", *["b"] * (case * 7 % 6 + 1)])
    ]
    case_id, activity, time, kind = (list(one) for one in zip(*rows, strict=True))
    file = write_rows(
        folder / "log.csv", case_id=case_id, activity=activity, start_time=[t.isoformat() for t in time], kind=kind
    )
    return mine_rules(source_of(file, NET, ProcessConfig.model_validate({"ends": ["b"]})))


def test_no_rule_is_learned_from_a_name_of_the_variant_and_that_is_told(tmp_path: Path) -> None:
    found = _mined(tmp_path, lambda _, repeats: f"Variant {repeats}")
    assert not [one for one in found.rules if "kind" in one.condition]
    told = "kind is another name of the variant, known when a case is over: no rule is learned from it."
    assert told in found.notes


def test_an_attribute_that_decides_between_few_ways_is_learned_from(tmp_path: Path) -> None:
    found = _mined(tmp_path, lambda _, repeats: "many" if repeats > 3 else "few")
    assert [one for one in found.rules if "kind" in one.condition]
    assert not [note for note in found.notes if "another name of the variant" in note]


def test_an_attribute_of_many_values_a_variant_is_no_name_of_it(tmp_path: Path) -> None:
    found = _mined(tmp_path, lambda case, repeats: f"{'many' if repeats > 3 else 'few'} {case % 5}")
    assert [one for one in found.rules if "kind" in one.condition]
