"""The repair of a log in one place: learned from its first bucket, applied to every bucket, told in one table."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.imputation.missing_events import MissingEvents, learn_missing_events
from bpa_assets.event_log.imputation.records import Records, Repaired, learn_records
from bpa_assets.event_log.imputation.values import Columns, Outcome, Values, learn_values
from bpa_assets.event_log.waits import Integers

IMPUTATION = pa.schema(
    [
        ("column_name", pa.string()),
        ("kind", pa.string()),
        ("rows_absent", pa.int64()),
        ("filled", pa.int64()),
        ("context", pa.string()),
        ("accuracy", pa.float64()),
        ("plain_accuracy", pa.float64()),
        ("drift", pa.float64()),
        ("abstained_because", pa.string()),
    ]
)


@dataclass
class Repairs:
    """What can be told from the rest of the log; each may be None: there is nothing to fill in."""

    records: Records | None = None
    values: Values | None = None
    events: MissingEvents | None = None

    def repair(self, records: pa.Table) -> Repaired | None:
        """A bucket's records with what could be told filled in; None: nothing is absent."""
        return self.records.repair(records) if self.records else None

    def learn_from_records(self, first: pa.Table) -> pa.Table:
        """Learn activities and times from the first bucket; returns its records that have both."""
        self.records = learn_records(first)
        has_time = pc.or_(first["start_time"].is_valid(), first["end_time"].is_valid())
        return first.filter(pc.and_(first["activity"].is_valid(), has_time)).combine_chunks()

    def learn_from_instances(self, columns: Columns, case: Integers, *, values: bool, events: bool) -> None:
        """Learn the `values` of instances (as `Values.fill` gets them) and which `events` are missing, as asked."""
        if values:
            self.values = learn_values(columns, case)
        if events:
            self.events = learn_missing_events(columns["activity"], case)

    def table(self) -> pa.Table:
        """One row a column with absent values: columns of `IMPUTATION`."""
        return pa.Table.from_pylist([*self._rows()], schema=IMPUTATION)

    def _rows(self) -> Iterator[dict[str, object]]:
        if self.records is not None:
            for name, model in (("activity", self.records.activity), ("time", self.records.time)):
                yield from _row(name, name, model.sentence(), model.abstains_because, self.records.outcomes[name])
        if self.events is not None:
            yield from _row(
                "event", "event", "the step that stands there in nearly all cases", None, self.events.outcome
            )
        for target in self.values.targets if self.values is not None else ():
            model, outcome = target.model, self.values.outcomes[target.name] if self.values else Outcome()
            yield from _row(target.name, model.kind, model.sentence(), model.abstains_because, outcome)


def _row(
    name: str, kind: str, method: str, abstains_because: str | None, outcome: Outcome
) -> Iterator[dict[str, object]]:
    if not outcome.absent:
        return
    filled = outcome.filled
    yield {
        "column_name": name,
        "kind": kind,
        "rows_absent": outcome.absent,
        "filled": filled,
        "context": method if filled else None,
        "accuracy": outcome.accuracy / filled if filled else None,
        "plain_accuracy": outcome.plain / filled if filled and kind != "event" else None,
        "drift": outcome.drift(),
        "abstained_because": abstains_because or (None if filled else "no guess is more likely right than wrong"),
    }
