"""The stored simulation: the same model again, in the same bytes, and a sentence where the file is none."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpa_assets.optimized_plan.plan_files.simulation_model_file import read_simulation_model, simulation_model_bytes
from bpa_assets.optimized_plan.process_simulation_model import Parameter
from bpa_assets.optimized_plan.simulation.arriving_cases import drawn_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_resources.errors import InputError
from tests.optimized_plan.small_models import OFFICE, model

BOUGHT = model(
    [[{"processing": 600.0, "resource": 0}, {"activity": 1, "processing": 60.0}], [{"processing": 1e-9}]],
    candidates=[{0: 1.0}, {}],
    hours=(OFFICE,),
    days_off=[[3, 9]],
    arrived=(3600.0, 90_000.5),
)
NAMED = replace(
    BOUGHT,
    activities=("Prüfen\ud800", 'a "b"'),
    parameters=(Parameter("mean", 1.5, float("-inf"), float("inf")), Parameter("share", float("nan"), 0.0, 1.0)),
)


def test_a_stored_model_is_read_again_field_by_field(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(simulation_model_bytes(NAMED))
    again = read_simulation_model(tmp_path / "m.npz")
    assert_same(NAMED, again)


def test_a_stored_model_is_simulated_to_the_same_log(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(simulation_model_bytes(BOUGHT))
    again = read_simulation_model(tmp_path / "m.npz")
    one, other = (simulate(prepare(m), drawn_cases(m, 7, start=m.start, end=m.end)).rows for m in (BOUGHT, again))
    assert one.tobytes() == other.tobytes()


def test_the_same_model_gives_the_same_bytes() -> None:
    assert simulation_model_bytes(NAMED) == simulation_model_bytes(replace(NAMED))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04pickle", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_ends_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"^m\.npz is no stored simulation .*: run the process again$"):
        read_simulation_model(tmp_path / "m.npz")


def test_what_was_pickled_is_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", header=np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(InputError):
        read_simulation_model(tmp_path / "m.npz")


def assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_same(left, right)
    else:
        assert one == other or (one != one and other != other)
