"""Models of the variants of real logs as the two miners find them, and random graphs of gateways."""

from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, BpmnNode
from tests.stored_logs import read, tables_of

LOGS = ("running-example.csv", "sepsis.xes.gz", "receipt.xes.gz", "bpi2013-incidents.xes.gz", "P2P.csv.gz")
Variants = dict[tuple[str, ...], int]


def variants_of(log: Path, folder: Path) -> Variants:
    """The variants of a log with their numbers of cases."""
    link = folder / log.name
    link.symlink_to(log)
    rows = tables_of(read([link])).variants.to_pylist()
    return {tuple(row["activities"]): row["cases"] for row in sorted(rows, key=lambda row: row["variant_id"])}


def split_model(variants: Variants, *, eta: float = 0.4, epsilon: float = 0.1) -> Any:
    """What pm4py's split miner finds."""
    from pm4py.algo.discovery.split_miner.variants.classic import ClassicSplitMiner, Parameters
    from pm4py.objects.log.obj import Event, EventLog, Trace

    log = EventLog()
    for activities, cases in variants.items():
        trace = Trace([Event({"concept:name": activity}) for activity in activities])
        for _ in range(cases):
            log.append(trace)
    return ClassicSplitMiner().apply(log, {Parameters.ETA: eta, Parameters.EPSILON: epsilon})


def inductive_tree(variants: Variants, *, noise: float = 0.2) -> Any:
    """What pm4py's inductive miner finds."""
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL

    return IMFUVCL({}).apply(IMDataStructureUVCL(Counter(variants)), {"noise_threshold": noise})


def activity_frequencies(model: BpmnModel, variants: Variants) -> dict[int, int]:
    """How often the activity of each task occurs."""
    counts = Counter[str]()
    for activities, cases in variants.items():
        for activity in activities:
            counts[activity] += cases
    return {node.id: counts[node.label] for node in model.nodes if node.kind == "task"}


@st.composite
def graphs(draw: st.DrawFn, gateways: int) -> BpmnModel:
    """Graphs of gateways joined at random, tasks between some of them; seldom a process that makes sense."""
    count = draw(st.integers(1, gateways))
    kinds = draw(st.lists(st.sampled_from(GATEWAYS), min_size=count, max_size=count))
    nodes = [BpmnNode(0, "start"), BpmnNode(1, "end"), *(BpmnNode(2 + n, kind) for n, kind in enumerate(kinds))]
    place = st.integers(2, count + 1)
    flows = [(0, 2), (count + 1, 1), *draw(st.lists(st.tuples(place, place), max_size=int(2.5 * count)))]
    edges: list[tuple[int, int]] = []
    for source, target in flows:
        if source == target or (source, target) in edges or draw(st.booleans()):
            label = draw(st.sampled_from(["check", "a" * 40, "a long label of many words " * 20]))
            nodes.append(BpmnNode(len(nodes), "task", label))
            edges += [(source, len(nodes) - 1), (len(nodes) - 1, target)]
        else:
            edges.append((source, target))
    return BpmnModel(tuple(nodes), tuple(edges))
