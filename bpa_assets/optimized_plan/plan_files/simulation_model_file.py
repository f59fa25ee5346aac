"""The calibrated simulation as one file, so that it is calibrated once a run and read by whatever asks it.

An .npz archive: an entry `header` (JSON of what is no array, UTF-8 bytes as numbers) and an entry an array, named by
its place in the model (`traces.activity`). No pickle on either side. A new field of the model is written by itself;
what a field means stays in `process_simulation_model`.
"""

import io
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from zipfile import BadZipFile

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_resources.errors import InputError

FORMAT = "bpa-simulation-1"
SUFFIX = "simulation.npz"
_HEADER = "header"


def simulation_model_bytes(model: SimulationModel) -> bytes:
    """The file; the same model gives the same bytes."""
    arrays: dict[str, Any] = {}
    document = {"format": FORMAT, "model": _taken_apart(model, "", arrays)}
    text = json.dumps(document, ensure_ascii=True, sort_keys=True).encode()
    written = io.BytesIO()
    np.savez_compressed(written, **{_HEADER: np.frombuffer(text, np.uint8), **arrays})
    return written.getvalue()


def read_simulation_model(file: Path) -> SimulationModel:
    """The model of a file. Errors: InputError where it is none of this version, or damaged."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        document = json.loads(arrays[_HEADER].tobytes())
        if document["format"] != FORMAT:
            raise InputError(f"{file.name} is a simulation of another version: run the process again")
        model: SimulationModel = _put_together(SimulationModel, document["model"], "", arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as error:
        raise InputError(f"{file.name} is no stored simulation ({error}): run the process again") from error
    return model


def _taken_apart(value: Any, place: str, arrays: dict[str, Any]) -> Any:
    """A value as JSON takes it; arrays are set aside under their place."""
    if isinstance(value, np.ndarray):
        arrays[place] = value
        return None
    if is_dataclass(value):
        return {one.name: _taken_apart(getattr(value, one.name), _below(place, one.name), arrays)
                for one in fields(value)}  # fmt: skip
    if isinstance(value, tuple):
        return [_taken_apart(one, _below(place, str(number)), arrays) for number, one in enumerate(value)]
    return value.isoformat() if isinstance(value, datetime) else value


def _put_together(kind: Any, value: Any, place: str, arrays: dict[str, Any]) -> Any:
    """The value of a declared type."""
    if place in arrays:
        return arrays[place]
    if is_dataclass(kind) and isinstance(kind, type):
        types = get_type_hints(kind)
        return kind(**{one.name: _put_together(types[one.name], value[one.name], _below(place, one.name), arrays)
                       for one in fields(kind)})  # fmt: skip
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(_put_together(inner, one, _below(place, str(number)), arrays) for number, one in enumerate(value))
    if kind is datetime:
        return datetime.fromisoformat(value)
    if get_origin(kind) is UnionType:
        raise TypeError(f"{place}: a field of the model has one type")
    return value


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
