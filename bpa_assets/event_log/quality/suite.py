"""The judges: a Great Expectations suite over the one row of `log_profile`.

An expectation a pattern: its share is at most the one that warns. Patterns that can stop a run have a second one, of
the severity `critical`. What is measured, and the limits, are the catalog's; this module only asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bpa_assets.event_log.quality.catalog import PATTERNS
from bpa_assets.event_log.quality.patterns import Issue, Pattern
from bpa_resources.light_imports import import_when_used

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Verdict:
    """What the suite says of one pattern. `stops`: a model of this log would be wrong."""

    pattern: Pattern
    passed: bool
    stops: bool
    rows: int
    share: float
    told: str


@dataclass(frozen=True)
class Judgement:
    """All verdicts, in the order of the catalog, and the suite's own result for its data docs."""

    verdicts: tuple[Verdict, ...]
    validation: Any


def judge(profile: "pa.Table", issues: Sequence[Issue]) -> Judgement:
    """Judge the profile of a log. Nothing is written, sent or looked up."""
    validation = _validate(profile)
    failed = [result.expectation_config for result in validation.results if not result.success]
    failed_patterns = {one.meta["pattern"] for one in failed}
    critical = {one.meta["pattern"] for one in failed if one.severity == "critical"}
    row = profile.to_pylist()[0]
    verdicts = [
        Verdict(
            pattern,
            passed=pattern.name not in failed_patterns,
            stops=pattern.name in critical,
            rows=row[f"{pattern.name}_rows"],
            share=row[f"{pattern.name}_share"],
            told=_told(pattern, issues),
        )
        for pattern in PATTERNS
    ]
    return Judgement(tuple(verdicts), validation)


def _told(pattern: Pattern, issues: Sequence[Issue]) -> str:
    """What was found in which columns, and the first example, in a sentence."""
    found = [issue for issue in issues if issue.pattern is pattern]
    if not found:
        return f"Not found: {pattern.meaning}."
    sentence = "; ".join(f"{issue.told} ({issue.share:.1%})" for issue in found[:3])
    if len(found) > 3:
        sentence += f"; and {len(found) - 3} more columns"
    first = next((example for issue in found for example in issue.examples), None)
    if first is None or first.source_row is None:
        return sentence
    value = f": {first.value}" if first.value else ""
    return f"{sentence}; for example row {first.source_row:,} of {first.source_file}{value}"


def _validate(profile: "pa.Table") -> Any:
    # For expectations about distributions, of which there is none here: 2 of the 4 s that the import takes.
    import_when_used("scipy.stats")
    import great_expectations as gx

    context = _context()
    frame = profile.to_pandas()
    asset = context.data_sources.add_pandas("lake").add_dataframe_asset("log_profile")
    batch = asset.add_batch_definition_whole_dataframe("run")
    suite = context.suites.add(gx.ExpectationSuite(name="log_quality", expectations=_expectations()))
    validation = gx.ValidationDefinition(name="log_quality", data=batch, suite=suite)
    return context.validation_definitions.add(validation).run(batch_parameters={"dataframe": frame})


def _context() -> Any:
    """A context in memory: no files, no progress bars, and no analytics, whatever the environment says."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _expectations() -> list[Any]:
    from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity

    limits = [(pattern, pattern.warns_above, FailureSeverity.WARNING) for pattern in PATTERNS]
    limits += [
        (pattern, pattern.stops_above, FailureSeverity.CRITICAL)
        for pattern in PATTERNS
        if pattern.stops_above is not None
    ]
    return [
        ExpectColumnValuesToBeBetween(
            column=f"{pattern.name}_share",
            min_value=0,
            max_value=limit,
            severity=severity,
            notes=f"{pattern.meaning}: {pattern.because}",
            meta={"pattern": pattern.name},
        )
        for pattern, limit, severity in limits
    ]
