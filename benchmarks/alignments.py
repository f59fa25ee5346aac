"""Our exact alignments beside pm4py's token replay, same model and cases: `python -m benchmarks.alignments LOG…`.

Both are given the log in memory; what is printed are CPU seconds after a first use. pm4py replays each variant once.
"""

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from benchmarks.discovery import variants_in
from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.evaluation import net_of
from bpa_assets.process_model.discovery.miners import Variants, most_frequent, split_miner
from bpa_assets.process_model.discovery.state_space import state_space


def main() -> None:
    """Print a line a log."""
    warnings.simplefilter("ignore")
    for path in map(Path, sys.argv[1:]):
        variants = variants_in(path)
        mined = split_miner(most_frequent(variants, share=0.7), eta=0.8, epsilon=0.0)
        ours, theirs = _ours(mined, variants), _token_replay(mined, variants)
        said = f"alignments {ours:.2f} CPU-s, token replay {theirs:.2f}: {theirs / ours:.1f} times"
        print(f"{path.name}: {len(variants):,} variants, {said}", flush=True)


def _ours(mined: object, variants: Variants) -> float:
    net = net_of(mined)
    align(state_space(net), [*variants][:1])
    return _cpu_seconds(lambda: align(state_space(net), [*variants]))


def _token_replay(mined: object, variants: Variants) -> float:
    """One case a variant: that is what pm4py replays, of many cases alike too."""
    from pm4py.algo.conformance.tokenreplay import algorithm
    from pm4py.objects.conversion.bpmn import converter
    from pm4py.objects.log.obj import Event, EventLog, Trace

    net = converter.apply(mined)
    log = EventLog([Trace([Event({"concept:name": activity}) for activity in one]) for one in variants])
    parameters = {"show_progress_bar": False}
    algorithm.apply(EventLog([*log][:1]), *net, parameters=parameters)
    return _cpu_seconds(lambda: algorithm.apply(log, *net, parameters=parameters))


def _cpu_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
