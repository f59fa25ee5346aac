"""Where an activity has several tasks in the model: what was measured at each of them.

Which task an event is of is told by the alignment of its variant; events that the model does not expect are of none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.waits import waiting
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.stable_ids import stable_ids
from bpa_assets.process_model.discovery.bpmn_net import tasks_of_net
from bpa_assets.process_model.discovery.discover import Discovered
from bpa_assets.process_model.event_chunks import EventChunk, Integers, activity_names, event_chunks
from bpa_assets.process_model.grouped_values import GroupedValues
from bpa_assets.process_model.model_tables import table_of
from bpa_assets.process_model.variants import Variants

_QUANTILES = (0.5, 0.9)
_OF_NONE = -1


def task_figures(files: Sequence[Path], found: Discovered) -> pa.Table:
    """The table `model_task`: a row for each task of the activities that have several, in the order of the model.

    `files`: the stored event log, which is read only where there are such activities.
    """
    tasks = _of_activities_with_several(found.model.bpmn)
    rows = [*_rows(files, found, tasks)] if tasks and found.model.bpmn else []
    return table_of("model_task", rows)


def _of_activities_with_several(model: BpmnModel | None) -> dict[int, str]:
    named = {node.id: node.label for node in model.nodes if node.kind == "task"} if model else {}
    times = Counter(named.values())
    return {node: label for node, label in named.items() if times[label] > 1}


def _rows(files: Sequence[Path], found: Discovered, tasks: Mapping[int, str]) -> Iterator[dict[str, object]]:
    model = found.model.bpmn
    assert model is not None  # noqa: S101 - it has tasks
    ids, _ = stable_ids(model)
    placed = _placed(found, tasks_of_net(model), tasks)
    processing, waits = GroupedValues[int](), GroupedValues[int]()
    cases = Counter[int]()
    for of, work, wait, of_cases in _events(files, placed):
        processing.add(of, work)
        waits.add(of, wait)
        cases.update(of_cases)
    for task, activity in tasks.items():
        yield {"task": ids[task], "activity": activity, **_figures(task, processing, waits), "cases": cases[task]}


def _figures(task: int, processing: GroupedValues[int], waits: GroupedValues[int]) -> dict[str, object]:
    if task not in waits.parts:
        return {"frequency": 0, "total_waiting_seconds": 0.0}
    work, wait = processing.pop(task, _QUANTILES), waits.pop(task, _QUANTILES)
    names = [f"{one}_{kind}_seconds" for kind in ("processing", "waiting") for one in ("mean", "median", "p90")]
    values = [work.mean, *work.quantiles, wait.mean, *wait.quantiles]
    return {"frequency": wait.count, "total_waiting_seconds": wait.total, **dict(zip(names, values, strict=True))}


def _placed(
    found: Discovered, task_of: Sequence[int | None], tasks: Mapping[int, str]
) -> dict[tuple[str, ...], list[int]]:
    """Of each aligned variant the task of each of its events; −1 where it is of none, or its activity has one task."""
    placed = {}
    for variant, alignment in zip(found.variants, found.alignments, strict=True):
        of_events = [_OF_NONE] * len(variant)
        moves = zip(alignment.moves, alignment.transitions, strict=True) if alignment else ()
        for (place, _), transition in moves:
            task = task_of[transition] if transition >= 0 else None
            if place is not None and task is not None and task in tasks:
                of_events[place] = task
        placed[variant] = of_events
    return placed


def _events(
    files: Sequence[Path], placed: Mapping[tuple[str, ...], list[int]]
) -> Iterator[tuple[Integers, Integers, Integers, dict[int, int]]]:
    """A chunk at a time, of the events that are of a task: which, processing and waiting (µs); and its cases."""
    names, variants, tasks = activity_names(files), Variants(), list[list[int]]()
    for chunk in event_chunks(files):
        variant = variants.add(chunk)
        for sequence in islice(variants.sequences, len(tasks), None):
            activities = tuple(names[code] for code in np.frombuffer(sequence, np.int32).tolist())
            tasks.append(placed.get(activities, [_OF_NONE] * len(activities)))
        task = _tasks(chunk, variant, tasks)
        known = np.flatnonzero(task != _OF_NONE)
        wait = waiting(chunk.case, chunk.start, chunk.end)
        case = np.repeat(np.arange(len(chunk.first)), chunk.lengths)[known]
        width = len(chunk.first)
        once = np.unique(task[known] * width + case) // max(width, 1)
        yield task[known], (chunk.end - chunk.start)[known], wait[known], dict(Counter(once.tolist()))


def _tasks(chunk: EventChunk, variant: Integers, tasks: Sequence[Sequence[int]]) -> Integers:
    """The task of each row of a chunk, from those of its case's variant."""
    flat = np.array([task for one in tasks for task in one], np.int64)
    begins = np.cumsum([0, *map(len, tasks)])[variant]
    place = np.arange(len(chunk.case)) - np.repeat(chunk.first, chunk.lengths)
    return np.asarray(flat[np.repeat(begins, chunk.lengths) + place])
