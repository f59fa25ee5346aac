"""What model of a log is discovered, and what that costs: `python -m benchmarks.discovery LOG…` prints a line a log.

Variants in, alignments of all variants out; the reading of the log is not measured. CPU: of this process and of the
workers that mine (Linux). first: seconds of processor time until there was a sound model. pm4py: whether what it
reads from the BPMN file allows the same sequences.
"""

import os
import sys
import tempfile
import time
from multiprocessing import forkserver
from pathlib import Path

from benchmarks.language import TooLargeError, automaton
from bpa_assets.event_log.reading import read_log
from bpa_assets.process_model.behaviour import observe
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.discovery.discover import Discovered, discover
from bpa_assets.process_model.discovery.evaluation import Measured
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.petri_net import from_pm4py
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_assets.process_model.model_tables import variants_of
from bpa_assets.process_model.tables import behaviour_tables
from bpa_assets.settings import ProcessConfig

_MEMORY = 1 << 30
_UTIME, _CSTIME = 11, 15
"""Where the four times of a process and its ended children lie in /proc/PID/stat, after its name."""


def main() -> None:
    """Discover the model of every log that is named."""
    print(
        f"{'log':28} {'F1':>5} {'fit':>5} {'prec':>5} {'nodes':>5} {'align':>6} {'tried':>5} {'first':>5} "
        f"{'s':>5} {'CPU':>5} {'pm4py':>5}  model"
    )
    for path in map(Path, sys.argv[1:]):
        variants = variants_in(path)
        begun, used = time.perf_counter(), _cpu_seconds()
        found = discover(variants)
        wall, cpu = time.perf_counter() - begun, _cpu_seconds() - used
        said = f"{wall:5.1f} {cpu:5.1f} {read_again(found):>5}  {found.model.candidate}"
        print(f"{path.name[:28]:28} {_figures(found)} {said}", flush=True)


def variants_in(path: Path) -> Variants:
    """The variants of a log file, with their cases."""
    with tempfile.TemporaryDirectory() as folder:
        log = read_log([path], scratch=Path(folder), config=ProcessConfig(), process="log", memory_bytes=_MEMORY)
        tables = behaviour_tables(observe(log.event_log.files, config=ProcessConfig(), case_attributes=[]))
        return variants_of(tables.variants).cases


def read_again(found: Discovered) -> str:
    """Whether pm4py reads the same language from the BPMN file: `same`, `NO`, or `large` where that is not known."""
    import pm4py

    bpmn = found.model.bpmn
    if bpmn is None:
        return "-"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bpmn"
        path.write_bytes(bpmn_xml(bpmn, lay_out(bpmn), name="model"))
        again = from_pm4py(*pm4py.convert_to_petri_net(pm4py.read_bpmn(str(path))))
    try:
        both = [automaton(state_space(net)) for net in (found.model.net, again)]
    except TooLargeError:
        return "large"
    return "same" if both[0] == both[1] else "NO"


def _figures(found: Discovered) -> str:
    model = found.model
    figures = (model.f1, model.quality.fitness or 0.0, model.quality.precision or 0.0)
    share = f"{model.quality.aligned_share:6.1%}"
    tried = f"{len(found.tried):5} {_first_seconds(found):5.2f}"
    return " ".join([*(f"{one:5.3f}" for one in figures), f"{model.nodes:5}", share, tried])


def _first_seconds(found: Discovered) -> float:
    """What the candidates took up to the first that could be measured, which is sound; NaN if none was."""
    places = [place for place, one in enumerate(found.tried) if isinstance(one, Measured)]
    return sum(one.seconds for one in found.tried[: places[0] + 1]) if places else float("nan")


def _cpu_seconds() -> float:
    return time.process_time() + _of_workers()


def _of_workers() -> float:
    """The fork server's time, and that of the workers that it has ended: they are its children, not ours."""
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[_UTIME:_CSTIME])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
