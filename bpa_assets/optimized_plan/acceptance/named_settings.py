"""Whether the roles and activities that the settings of a plan name are in the log."""

from collections.abc import Iterator

from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.settings import ProcessConfig
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean, shown


def check_names(config: ProcessConfig, model: SimulationModel) -> None:
    """Raise InputError naming the first role or activity that the log does not have."""
    known = {"role": model.workforce.roles, "activity": model.activities}
    for key, kind, name in _named(config):
        if name not in known[kind]:
            hint = did_you_mean(name, known[kind]) or f"; {kind} names are those of the log"
            raise InputError(f"process.yaml: {key} names the {kind} {shown(name)}, which the log does not have{hint}")


def _named(config: ProcessConfig) -> Iterator[tuple[str, str, str]]:
    """Each name with its key and what it has to be."""
    for role in config.labour.staff:
        yield "labour.staff", "role", role
    for pair in config.labour.separate:
        for activity in pair:
            yield "labour.separate", "activity", activity
    for activity, how in config.eligibility.items():
        yield "eligibility", "activity", activity
        for other in (how.merge_with, how.parallel_to):
            if other is not None:
                yield f"eligibility.{activity}", "activity", other
        for role in how.by:
            yield f"eligibility.{activity}.by", "role", role
